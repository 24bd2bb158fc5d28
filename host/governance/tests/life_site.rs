//! Automations that run as a site or a team (FIL-39, FIL-40): who speaks for it lets it act, and is recorded.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::{World, settings, version, who};
use mandate_governance::{Happening, Preset};

/// Runs as the site since its admin `b` edited it.
fn of_site() -> World {
    World::new(Preset::Files).after("a create; a publish 1; a enable 1; b publish 2")
}

#[test]
fn an_admin_edits_and_the_site_owns_it() {
    let world = of_site();
    assert_eq!(world.outcome("b enable 2"), "on 2 s2/b s", "FIL-39");
    assert_eq!(world.runs().as_deref(), Some("s"));
    let consented = Happening::Consented { principal: who("s"), version: version(2), by: who("b") };
    assert!(world.happened("b enable 2").contains(&consented), "`by` is the person");
    let mut left = world;
    left.admins.clear();
    left.speaks.clear();
    assert_eq!(left.runs().as_deref(), Some("s"), "FIL-39: it survives the admin's leaving");
}

#[test]
fn a_folder_admin_edits_and_it_is_theirs() {
    let world = of_site();
    assert_eq!(world.outcome("c publish 1 as c from s"), "on 1 c1 c", "FIL-40");
    assert_eq!(world.outcome("c rename y as c from s"), "on 2 c2 c", "FIL-38");
    assert_eq!(world.outcome("c rename y as s from s"), "!not-theirs");
}

/// An admin of the site who does not hold `consent-for` on it lets nothing act for it; turning off needs no consent.
#[test]
fn who_does_not_speak_for_the_site_cannot_let_it_act() {
    let mut world = World::new(Preset::Files).after("a create; a publish 1; a enable 1");
    world.speaks.clear();
    for line in ["b publish 2 as s from a", "b rename y as s from a", "b enable 1 as s from a"] {
        assert_eq!(world.outcome(line), "!only-run-as", "{line}");
    }
    assert_eq!(world.outcome("b disable as s from a"), "off 1 - s", "VEN-24: stopping is easier than starting");
    let mut owned = of_site();
    owned.speaks.clear();
    assert_eq!(owned.outcome("b publish 1"), "on 1 - s");
    assert_eq!(owned.outcome("b publish 1 consents"), "!only-run-as");
    assert_eq!(owned.outcome("b consent 2"), "!only-run-as");
    assert_eq!(owned.outcome("b revoke"), "!only-run-as");
    assert_eq!(owned.outcome("b disable"), "off 2 - s", "turning it on asks again");
}

/// Turning off makes the actor the one that it runs as, in `files`; it lets nothing act, so that nobody else can turn it on.
#[test]
fn turning_off_lets_nothing_act() {
    let off = of_site().after("b disable");
    assert_eq!(off.outcome("b enable 2"), "on 2 s2/b s");
    let mut other = off;
    other.speaks.clear();
    other.admins = [who("c")].into();
    assert_eq!(other.outcome("c enable 2"), "on 2 - s");
    let world = World::new(Preset::Files).after("a create; a publish 1; a enable 1");
    assert_eq!(world.outcome("c disable as c from a"), "off 1 - c");
    assert_eq!(world.outcome("c disable as c from b"), "!stale");
    assert_eq!(world.outcome("c disable as d from a"), "!not-theirs");
}

/// An offer to a team or a site is accepted by who speaks for it, for it: not for themself.
#[test]
fn an_offer_to_a_team_is_accepted_for_the_team() {
    let settings = settings(Preset::Mandate, "owner_kinds = ['user', 'team', 'site']");
    let mut world = World::of(settings).after("a create; a publish 1; a enable 1; a offer t");
    world.admins.clear();
    assert_eq!(world.outcome("b accept as t from a"), "!not-offered");
    world.speaks = [(who("b"), [who("t")].into())].into();
    assert_eq!(world.outcome("b accept as b from a"), "!not-theirs");
    assert_eq!(world.outcome("b accept as t from a"), "on 1 t1/b t");
    let team = world.after("b accept as t from a");
    assert_eq!(team.outcome("b offer c"), "on 1 t1/b t>c");
    assert_eq!(team.outcome("c offer c"), "!only-run-as");
    assert_eq!(team.outcome("b revoke"), "on 1 - t");
}

/// The same of a site admin, for whom acts of `acquire_on` make it run as the site.
#[test]
fn an_offer_to_an_admin_is_accepted_for_themself() {
    let settings = settings(Preset::Files, "transfer = ['offer']");
    let world = World::of(settings).after("a create; a publish 1; a enable 1; a offer b");
    assert_eq!(world.outcome("b accept as b from a"), "on 1 b1 b");
    assert_eq!(world.outcome("b accept as s from a"), "!not-theirs");
}

/// One consent, once, also where saving both makes the actor run_as and says that they let it act.
#[test]
fn a_consent_is_recorded_once() {
    let world = World::new(Preset::Foundry).after("a create; a publish 1");
    let happened = world.happened("b publish 2 consents as b from a");
    assert_eq!(happened.iter().filter(|one| matches!(one, Happening::Consented { .. })).count(), 1);
}
