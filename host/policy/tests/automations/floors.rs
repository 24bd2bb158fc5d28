//! What nothing lifts, not even a policy that permits everything; and what nothing takes away.

use mandate_policy::{Act, Permission, Rule};

use crate::world::{World, id, ids, site, words};

const EVERYTHING: &str = "permit (principal, action, resource);";
const NOTHING: &str = "@id(\"stop\") forbid (principal, action, resource);";

/// Ana, to whom everything is permitted in every way.
fn mighty() -> World {
    World::new(Rule::ALL).with(|world| {
        EVERYTHING.clone_into(&mut world.custom);
        world.actor.permissions = Permission::ALL.iter().copied().collect();
        world.target.managers = ids(&["user:ana"]);
        world.actor.workspaces = words(&["sales"]);
    })
}

fn except(acts: &[Act]) -> String {
    let left = Act::ALL.iter().filter(|act| !acts.contains(act)).map(|act| act.as_str());
    left.collect::<Vec<_>>().join(" ")
}

#[test]
fn without_run_as_and_draft_only_these_two_are_missing() {
    assert_eq!(mighty().allowed(), except(&[Act::Consent, Act::ViewDraft]));
}

#[test]
fn one22_no_act_reaches_another_site() {
    for act in Act::ALL {
        let foreign = mighty().with(|world| {
            world.target.site = site("globex");
            world.target.run_as = Some(id("user:ana"));
            world.target.draft_of = Some(id("user:ana"));
            // Its workspace has the same name as one of hers, and is another.
        });
        let reason = "policy `site-wall` forbids it: it belongs to another site";
        assert_eq!(foreign.denied(*act), reason, "{act}");
        let nowhere = foreign.with(|world| world.target.workspace = None);
        assert_eq!(nowhere.denied(*act), reason, "{act}");
    }
}

#[test]
fn who_is_not_active_does_nothing() {
    let gone = mighty().with(|world| {
        world.actor.active = false;
        world.target.run_as = Some(id("user:ana"));
        world.target.draft_of = Some(id("user:ana"));
    });
    for act in Act::ALL {
        assert_eq!(gone.denied(*act), "policy `active` forbids it: they are not active", "{act}");
    }
}

#[test]
fn one18_nobody_consents_for_another_person() {
    let reason =
        "policy `consent` forbids it: only whom it runs as consents, or who holds `consent-for` on that team or site";
    assert_eq!(mighty().denied(Act::Consent), reason);
    let holder = mighty().with(|world| world.circumstances.consents_for_run_as = true);
    assert_eq!(holder.denied(Act::Consent), reason);
    assert_eq!(holder.with(|world| world.target.run_as = None).denied(Act::Consent), reason);
    let team = mighty().with(|world| {
        world.target.run_as = Some(id("team:emea"));
        world.actor.teams = ids(&["team:emea"]);
    });
    assert_eq!(team.denied(Act::Consent), reason);
}

#[test]
fn mon13_mon14_drafts_are_private() {
    let reason = "policy `draft-privacy` forbids it: a draft is seen by its editor alone";
    assert_eq!(mighty().denied(Act::ViewDraft), reason);
    for other in ["user:bob", "team:ana", "site:ana"] {
        assert_eq!(mighty().with(|world| world.target.draft_of = Some(id(other))).denied(Act::ViewDraft), reason);
    }
}

#[test]
fn ven06_ven24_powers_are_needed_where_the_site_asks_but_never_to_stop() {
    let short = mighty().with(|world| world.circumstances.must_hold = true);
    assert_eq!(short.allowed(), "disable");
    assert_eq!(short.denied(Act::Enable), "policy `footprint` forbids it: they do not hold every declared power");
    let holder = short.with(|world| world.circumstances.holds_all = true);
    assert_eq!(holder.allowed(), except(&[Act::Consent, Act::ViewDraft]));
}

#[test]
fn several_reasons_are_all_said() {
    let both = mighty().with(|world| {
        world.actor.active = false;
        world.custom = format!("{EVERYTHING}{NOTHING}");
    });
    assert_eq!(both.denied(Act::View), "policy `active` forbids it: they are not active; policy `stop` forbids it");
}

#[test]
fn only_people_act() {
    for other in ["team:ana", "site:acme"] {
        let actor = mighty().with(|world| {
            world.actor.id = id(other);
            world.target.run_as = Some(id(other));
        });
        assert_eq!(actor.allowed(), "", "{other}");
        assert_eq!(actor.denied(Act::View), format!("only people act on automations: `{other}` is none"));
    }
}

#[test]
fn ven24_nobody_is_kept_from_stopping_what_runs_as_them() {
    let overflow = "forbid (principal, action, resource) when { if principal.active then 9223372036854775807 + 1 > 0 else false };";
    for custom in [NOTHING, overflow] {
        let own = World::new(&[]).with(|world| {
            world.custom = custom.to_owned();
            world.target.run_as = Some(id("user:ana"));
            world.circumstances.must_hold = true;
        });
        assert_eq!(own.allowed(), "disable", "{custom}");
        assert_eq!(own.with(|world| world.target.run_as = Some(id("user:bob"))).allowed(), "");
        assert_eq!(own.with(|world| world.actor.active = false).allowed(), "");
        assert_eq!(own.with(|world| world.actor.site = site("globex")).allowed(), "");
    }
    // Managers have no such guarantee.
    let manager = mighty().with(|world| world.custom = NOTHING.to_owned());
    assert_eq!(manager.denied(Act::Disable), "policy `stop` forbids it");
}
