//! A13: what cannot be decided is a no, also where another policy permits.

use mandate_policy::{Act, Permission, Rule};

use crate::world::{World, id, ids};

/// Beyond 64 bits, where it is evaluated at all.
const OVERFLOW: &str = "if principal.active then 9223372036854775807 + 1 > 0 else false";

fn world(custom: &str) -> World {
    World::new(&[Rule::HistoryViewers]).with(|world| {
        world.custom = format!("permit (principal, action, resource); {custom}");
        world.target.draft_of = Some(id("user:ana"));
        world.target.run_as = Some(id("team:emea"));
        world.circumstances.consents_for_run_as = true;
    })
}

#[test]
fn a13_an_erring_policy_denies_all_that_it_can_touch() {
    assert_eq!(world("").allowed().split(' ').count(), Act::ALL.len());
    for effect in ["permit", "forbid"] {
        let erring = world(&format!("@id(\"limit\") {effect} (principal, action, resource) when {{ {OVERFLOW} }};"));
        for act in Act::ALL {
            let reason = erring.denied(*act);
            assert!(reason.starts_with("cannot decide: policy `limit`: integer overflow"), "{act}: {reason}");
        }
    }
}

#[test]
fn a13_an_erring_policy_denies_nothing_else() {
    for (scope, touched) in [
        ("principal, action == Action::\"edit\", resource", "edit"),
        ("principal == User::\"bob\", action, resource", ""),
        ("principal, action, resource in Workspace::\"legal\"", ""),
        ("principal, action, resource is Site", "set-policy"),
        // Who sees an automation may depend on it, and so may who sees its history.
        ("principal, action == Action::\"view\", resource", "view view-history"),
        ("principal, action == Action::\"view-history\", resource", "view-history"),
    ] {
        let erring = world(&format!("forbid ({scope}) when {{ {OVERFLOW} }};"));
        let left = erring.allowed();
        let denied = Act::ALL.iter().map(|act| act.as_str()).filter(|act| !left.split(' ').any(|one| one == *act));
        assert_eq!(denied.collect::<Vec<_>>().join(" "), touched, "{scope}");
        for act in touched.split(' ').filter_map(Act::parse) {
            assert!(erring.denied(act).starts_with("cannot decide: policy `policy1`"), "{scope}");
        }
    }
}

#[test]
fn a13_facts_that_do_not_fit_deny() {
    let fine = World::new(&[]).with(|world| world.actor.permissions = Permission::ALL.iter().copied().collect());
    assert!(fine.decide(Act::View).is_allow());
    let wrong_manager = fine.with(|world| world.target.managers = ids(&["site:acme"]));
    let reason = "cannot decide: `site:acme` is among its managers, who are users and teams";
    assert_eq!(wrong_manager.denied(Act::View), reason);
    // Where managers do not count, they are not looked at.
    assert!(wrong_manager.decide(Act::Create).is_allow());
    let wrong_member = fine.with(|world| world.target.members = ids(&["site:acme"]));
    assert!(wrong_member.denied(Act::View).contains("among its members"));
    for odd in ["user:bob", "site:acme"] {
        let wrong_team = fine.with(|world| world.actor.teams = ids(&[odd]));
        assert_eq!(wrong_team.denied(Act::View), format!("cannot decide: `{odd}` is said to be a team of who asks"));
    }
}

#[test]
fn names_are_taken_as_they_are() {
    let odd = "sales\"; permit (principal, action, resource); \u{0}é";
    let world = World::new(&[Rule::MainWorkspaceSees]).with(|world| {
        world.target.kind = mandate_model::AutomationKind::Main;
        world.target.workspace = Some(odd.to_owned());
        world.actor.roles = [odd.to_owned()].into();
    });
    assert_eq!(world.allowed(), "");
    assert_eq!(world.with(|world| world.actor.workspaces = [odd.to_owned()].into()).allowed(), "view");
}

#[test]
fn long_conditions_fit_into_any_stack() {
    let any: Vec<_> = (0..120).map(|number| format!("principal in Role::\"r{number}\"")).collect();
    let custom = format!("permit (principal, action, resource) when {{ {} }};", any.join(" || "));
    let world = World::new(&[]).with(|world| {
        world.custom = custom;
        world.actor.roles = ["r119".to_owned()].into();
    });
    let ask = move || {
        assert!(world.decide(Act::View).is_allow());
        assert_eq!(world.with(|world| world.actor.roles.clear()).denied(Act::View), "no policy permits it");
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(ask).unwrap().join().unwrap();
}
