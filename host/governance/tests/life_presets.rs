//! Where presets differ, and what holds in each of them; the behaviours by their ids.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{World, lack, rows, settings, version, who};
use mandate_governance::{Happening, Preset, State};
use mandate_policy::Decision;

fn preset(word: &str) -> Preset {
    Preset::parse(word).unwrap()
}

/// On, published by `a` and run as `a`, with consent.
fn on(preset: Preset) -> World {
    World::new(preset).after("a create; a publish 1; a enable 1")
}

/// What becomes of each line in each preset, as it stands or confirmed; a cell may end with an id.
fn check(table: &str, start: impl Fn(Preset) -> World) {
    let (columns, rows) = rows(table);
    for row in &rows {
        for (column, cell) in columns.iter().zip(row).skip(1) {
            let (before, line) = row[0].rsplit_once(';').unwrap_or(("", row[0]));
            let world = start(preset(column)).after(before);
            let outcome = common::outcome(&world.confirmed(line.trim()));
            assert_eq!(outcome, *cell, "`{}` in `{column}`", row[0]);
        }
    }
    assert_eq!(columns.len(), 7);
}

/// VEN-12, ONE-07, FIL-39: a consent outlives being turned off by another where the preset does not ask each time, and never
/// being turned off by the one whom it binds. `b` is a site admin: in `files` the automation runs as the site from then on.
#[test]
fn consent_and_the_switch() {
    check(
        "
line                    | vendasta  | foundry   | oneup     | monday    | files        | mandate
b disable               | off 1 - a | off 1 a1 a | off 1 a1 a | off 1 - a | off 1 - s  | off 1 - a
b disable; b enable 1   | on 1 - a  | on 1 a1 a | on 1 a1 a | on 1 - a  | on 1 s1/b s  | on 1 - a
a disable; b enable 1   | on 1 - a  | on 1 - a  | on 1 - a  | on 1 - a  | on 1 s1/b s  | on 1 - a
a disable; a enable 1   | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 a1 a    | on 1 a1 a
b disable; a enable 1   | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 a1 a    | on 1 a1 a
a revoke; b enable 1    | on 1 - a  | on 1 - a  | on 1 - a  | on 1 - a  | on 1 s1/b s  | on 1 - a
b enable 1              | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 s1/b s  | on 1 a1 a
",
        on,
    );
}

/// A10, MON-17, FND-16, FIL-24: publishing; in no preset does a version run that its run_as has not let.
#[test]
fn publishing() {
    check(
        "
line                    | vendasta     | foundry      | oneup        | monday    | files        | mandate
b publish 2             | on 2 - a     | on 2 b2 b    | on 2 - a     | on 2 - a  | on 2 s2/b s  | on 2 - a
a publish 2             | on 2 - a     | on 2 - a     | on 2 - a     | on 2 - a  | on 2 - a     | on 2 - a
a publish 2 consents    | on 2 a2 a    | on 2 a2 a    | on 2 a2 a    | on 2 a2 a | on 2 a2 a    | on 2 a2 a
a publish 2 on 9        | !stale-draft | !stale-draft | !stale-draft | on 2 - a  | !stale-draft | !stale-draft
a publish 2; a publish 1 | on 1 - a    | on 1 - a     | on 1 - a     | on 1 - a  | on 1 - a     | on 1 - a
",
        on,
    );
}

/// VEN-03, ONE-16, MON-29, FIL-42: taken, offered or moved, where the preset says so.
#[test]
fn handing_over() {
    check(
        "
line               | vendasta     | foundry      | oneup        | monday       | files        | mandate
b take as b from a | on 1 b1 b    | !no-transfer | !no-transfer | !no-transfer | !no-transfer | on 1 b1 b
a offer b          | !no-transfer | !no-transfer | on 1 a1 a>b  | !no-transfer | !no-transfer | on 1 a1 a>b
b move c from a    | !no-transfer | !no-transfer | !no-transfer | off 1 - c    | off 1 - c    | off 1 - c
b move s from a    | !no-transfer | !no-transfer | !no-transfer | !owner-kind  | off 1 - s    | !owner-kind
",
        on,
    );
    let refused = on(Preset::Foundry).attempt("b take as b from a").unwrap_err().to_string();
    let expected =
        "in this site automations are not handed over in this way; its setting `transfer` does not list `pull`";
    assert_eq!(refused, expected);
    let pull = World::of(settings(Preset::Foundry, "transfer = ['pull']")).after("a create");
    assert_eq!(pull.outcome("b take as b from a"), "!does-not-move", "taking is not listed in `acquire_on`");
}

/// VEN-18, FIL-41, FND-15: a lost power stops it, or only that run fails.
#[test]
fn lost_powers() {
    check(
        "
line                | vendasta      | foundry   | oneup         | monday        | files     | mandate
lost                | stopped 1 - a | on 1 a1 a | stopped 1 - a | stopped 1 - a | on 1 a1 a | stopped 1 - a
a disable; lost     | off 1 - a     | off 1 - a | off 1 - a     | off 1 - a     | off 1 - a | off 1 - a
lost; a enable 1    | on 1 a1 a     | on 1 a1 a | on 1 a1 a     | on 1 a1 a     | on 1 a1 a | on 1 a1 a
lost b              | on 1 a1 a     | on 1 a1 a | on 1 a1 a     | on 1 a1 a     | on 1 a1 a | on 1 a1 a
",
        on,
    );
}

/// VEN-06, VEN-07, VEN-24, MON-25, FIL-07, FIL-11: who lacks a declared power is refused, with what they lack.
#[test]
fn prechecks() {
    let lacking = |preset| {
        let mut world = on(preset);
        world.facts.lacks = vec![lack("b")];
        world
    };
    let first = |preset| {
        let mut world = World::new(preset).after("a create");
        world.facts.lacks = vec![lack("a")];
        world
    };
    check(
        "
line                 | vendasta     | foundry      | oneup        | monday       | files        | mandate
b enable 1           | !lacks       | !lacks       | !lacks       | on 1 a1 a    | on 1 s1/b s  | !lacks
a consent 1          | !lacks       | !lacks       | !lacks       | on 1 a1 a    | on 1 a1 a    | !lacks
b take as b from a   | !lacks       | !lacks       | !lacks       | !no-transfer | !no-transfer | !lacks
b accept as b from a | !lacks       | !lacks       | !lacks       | !not-offered | !not-offered | !lacks
b publish 2          | on 2 - a     | !lacks       | on 2 - a     | !lacks       | !lacks       | on 2 - a
a disable            | off 1 - a    | off 1 - a    | off 1 - a    | off 1 - a    | off 1 - a    | off 1 - a
b disable            | off 1 - a    | off 1 a1 a   | off 1 a1 a   | off 1 - a    | off 1 - s    | off 1 - a
a revoke             | on 1 - a     | on 1 - a     | on 1 - a     | on 1 - a     | on 1 - a     | on 1 - a
b delete             | deleted 1 - a | deleted 1 - a | deleted 1 - a | deleted 1 - a | deleted 1 - a | deleted 1 - a
",
        lacking,
    );
    check(
        "
line        | vendasta  | foundry    | oneup     | monday | files  | mandate
a publish 1 | off 1 - - | off 1 - a  | off 1 - a | !lacks | !lacks | off 1 - a
",
        first,
    );
    let mut create = World::of(settings(Preset::Mandate, "precheck = ['create']")).after("a create");
    create.facts.lacks = vec![lack("a")];
    assert_eq!(create.outcome("a publish 1"), "!lacks");
    create.facts.lacks.clear();
    let mut published = create.after("a publish 1");
    published.facts.lacks = vec![lack("a")];
    assert_eq!(published.outcome("a publish 2"), "off 2 - a", "only the first version is its making");
}

/// VEN-08: the lack is said, with who could help.
#[test]
fn a_lack_is_said_with_who_could_help() {
    let mut world = on(Preset::Vendasta);
    world.facts.lacks = vec![lack("b")];
    world.facts.granters = [who("c")].into();
    let refused = world.attempt("b take as b from a").unwrap_err().to_string();
    assert_eq!(refused, "`user:b` may not change `deals`; `user:c` could change that");
}

/// VEN-21: by hand, with consent anew, and not while the power is missing; in every preset that stops.
#[test]
fn a_restart_needs_the_power() {
    for preset in [Preset::Vendasta, Preset::Oneup, Preset::Monday, Preset::Mandate] {
        let mut world = on(preset).after("lost");
        assert_eq!(world.runs(), None, "{preset}: nothing is resumed");
        world.facts.run_as_lacks = vec![lack("a")];
        assert_eq!(world.outcome("a enable 1"), "!lacks", "{preset}");
        assert_eq!(world.outcome("b enable 1"), "!lacks", "{preset}");
        assert_eq!(world.outcome("a disable"), "off 1 - a", "{preset}");
        assert_eq!(world.outcome("a publish 2"), "stopped 2 - a", "{preset}: what it needs can be mended");
        world.facts.run_as_lacks.clear();
        let consented = Happening::Consented { principal: who("a"), version: version(1), by: who("a") };
        assert_eq!(world.happened("a enable 1"), [consented, Happening::Enabled], "{preset}");
        assert_eq!(world.outcome("b enable 1"), "on 1 - a", "{preset}: only `a` lets it act");
    }
}

/// VEN-21: what would be stopped at once is not turned on. Where a lost power fails the run alone (FIL-41) it is, unless it stands stopped
/// from when the site was governed otherwise.
#[test]
fn what_lacks_a_power_is_turned_on_only_where_that_stops_nothing() {
    for (preset, off, stopped) in [
        (Preset::Vendasta, "!lacks", "!lacks"),
        (Preset::Mandate, "!lacks", "!lacks"),
        (Preset::Foundry, "on 1 a1 a", "!lacks"),
        (Preset::Files, "on 1 a1 a", "!lacks"),
    ] {
        let mut world = on(preset).after("a disable");
        world.facts.run_as_lacks = vec![lack("a")];
        assert_eq!(world.outcome("a enable 1"), off, "{preset}");
        world.life.as_mut().unwrap().automation.state = State::Stopped;
        assert_eq!(world.outcome("a enable 1"), stopped, "{preset}");
    }
}

/// VEN-11, VEN-12, VEN-13, VEN-15: consent is given each time, and nothing changes without it.
#[test]
fn vendasta_asks_each_time() {
    let gives = |world: &World, line: &str| {
        let happened = world.happened(line);
        happened.iter().filter(|one| matches!(one, Happening::Consented { .. })).count()
    };
    let ready = World::new(Preset::Vendasta).after("a create; a publish 1");
    assert_eq!(ready.outcome("a enable 1"), "!would-move", "VEN-15");
    assert_eq!(gives(&ready, "a enable 1"), 1, "VEN-11");
    let off = ready.after("a enable 1; a disable");
    assert_eq!((off.outcome("a enable 1"), gives(&off, "a enable 1")), ("on 1 a1 a".to_owned(), 1), "VEN-12");
    assert_eq!(gives(&off, "b take as b from a"), 1, "VEN-13");
    assert_eq!(off.outcome("b take as b from a let -"), "!not-confirmed", "VEN-15");
    let refused = off.attempt("b take as b from a let -").unwrap_err().to_string();
    let shown = version(1);
    assert_eq!(refused, format!("`user:b` would let `{shown}` act for them; look at it and say that they do"));
    assert_eq!(off.after("b take as b from a").outcome("b disable"), "off 1 - b", "VEN-04");
}

/// VEN-14: a migrated consent runs without having been asked for, until it is turned off.
#[test]
fn a_migrated_consent_ends_when_it_is_turned_off() {
    for preset in [Preset::Foundry, Preset::Oneup, Preset::Monday, Preset::Mandate] {
        let world = World::new(preset).planted().after("a publish 1; b migrate 1");
        assert_eq!(world.outcome("b run-now"), "on 1 a1~/b a", "{preset}");
        assert_eq!(world.runs().as_deref(), Some("a"), "{preset}");
        let off = world.clone().after("b disable");
        assert_eq!(off.outcome("b enable 1"), "on 1 - a", "{preset}");
        assert_eq!(off.outcome("b migrate 1"), "!not-migrated", "{preset}");
        assert_eq!(world.clone().after("a publish 2").runs(), None, "{preset}");
        assert_eq!(world.outcome("a enable 1"), "on 1 a1 a", "{preset}: now it is their own");
    }
    let off = World::new(Preset::Vendasta).planted().after("a publish 1; a enable 1; b disable");
    let refused = off.attempt("b migrate 1").unwrap_err().to_string();
    assert_eq!(refused, "the automation was turned on here before; only `user:a` can let it act for them");
}

/// MON-10, MON-11: members first.
#[test]
fn members_before_managers() {
    let world = on(Preset::Monday);
    assert_eq!(world.outcome("a share +c"), "!members-first", "MON-11");
    let refused = world.attempt("a share +c").unwrap_err().to_string();
    assert_eq!(refused, "`user:c` is no member; invite them first");
    let crowned = world.clone().after("a invite +c +d; a share +c");
    assert_eq!(crowned.outcome("a invite -c"), "!still-manages");
    let refused = crowned.attempt("a invite -c").unwrap_err().to_string();
    assert_eq!(refused, "`user:c` manages the automation; take that away first");
    let life = crowned.clone().after("a invite -d; a share -c; a invite -c").life.unwrap();
    assert_eq!((life.automation.managers.len(), life.automation.members.len()), (0, 0));
    assert_eq!(crowned.outcome("a share +t"), "!no-co-owners", "teams do not become owners there");
    let life = on(Preset::Oneup).after("a invite +c; a share +c; a invite -c").life.unwrap();
    assert_eq!(life.automation.managers, [who("c")].into(), "elsewhere members and managers are apart");
}

/// ONE-04, ONE-05, ONE-12, ONE-16; in `vendasta` and `files` nobody is a manager by name.
#[test]
fn sharing() {
    check(
        "
line          | vendasta      | foundry       | oneup         | monday         | files         | mandate
a share +c    | !no-co-owners | on 1 a1 a     | on 1 a1 a     | !members-first | !no-co-owners | on 1 a1 a
a share +t    | !no-co-owners | on 1 a1 a     | on 1 a1 a     | !no-co-owners  | !no-co-owners | on 1 a1 a
a share +s    | !no-co-owners | !no-co-owners | !no-co-owners | !no-co-owners  | !no-co-owners | !no-co-owners
b share -a    | !is-run-as    | !is-run-as    | !is-run-as    | !is-run-as     | !is-run-as    | !is-run-as
",
        on,
    );
    let world = on(Preset::Oneup).after("a share +c +t");
    assert_eq!(world.outcome("c share +d -a"), "!is-run-as", "ONE-12: all or nothing");
    let both = world.clone().after("c share +d -c -t").life.unwrap();
    assert_eq!(both.automation.managers, [who("d")].into(), "ONE-08, ONE-15");
    let refused = world.attempt("c share -a").unwrap_err().to_string();
    assert_eq!(refused, "the automation runs as `user:a`, who cannot be removed; hand it over first");
    let text = on(Preset::Vendasta).attempt("a share +t").unwrap_err().to_string();
    assert_eq!(text, "in this site a team does not become a manager; its setting `co_owners` does not list that");
    let kept = world.after("a share +c -c").life.unwrap();
    assert!(kept.automation.managers.contains(&who("c")), "who is in both stays");
}

/// FIL-26, FIL-30, FIL-31 in every preset: off runs nothing, run-now only on what runs, deleted is the end.
#[test]
fn off_and_deleted_run_nothing() {
    check(
        "
line                | vendasta | foundry  | oneup    | monday   | files    | mandate
b run-now           | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 a1 a | on 1 a1 a
a disable; b run-now | !off    | !off     | !off     | !off     | !off     | !off
a delete; b run-now | !deleted | !deleted | !deleted | !deleted | !deleted | !deleted
a delete; a enable 1 | !deleted | !deleted | !deleted | !deleted | !deleted | !deleted
a delete; lost      | deleted 1 - a | deleted 1 - a | deleted 1 - a | deleted 1 - a | deleted 1 - a | deleted 1 - a
",
        on,
    );
}

/// MON-13, MON-25: a draft changes nothing, and whoever could not publish it does not write it.
#[test]
fn a_draft_is_refused_as_publishing_is_and_changes_nothing() {
    for preset in Preset::ALL {
        let mut world = on(preset);
        let before = world.life.clone().unwrap();
        assert_eq!(world.attempt("b draft").unwrap(), (before, vec![]), "{preset}");
        world.facts.lacks = vec![lack("b")];
        let checked = matches!(preset, Preset::Monday | Preset::Files);
        assert_eq!(world.outcome("b draft") == "!lacks", checked, "{preset}");
        world.facts.may = Decision::Deny("no policy permits it".to_owned());
        assert_eq!(world.outcome("b draft"), "!denied", "{preset}: what is lacking is for who may otherwise");
        world.facts.sees = false;
        assert_eq!(world.outcome("b draft"), "!unknown", "{preset}");
    }
}
