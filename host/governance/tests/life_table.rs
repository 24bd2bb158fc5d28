//! Every command in every state of the default preset, by hand; what differs in other presets is in `life_presets.rs`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{World, outcome, rows, settings, version, who};
use mandate_governance::{Consent, Happening, Life, MAX_NAME, NotRunning, Preset, Refused, may_run};
use mandate_policy::{Act, Decision};

/// How each state comes about.
fn state(name: &str) -> World {
    let lines = match name {
        "none" => "",
        "draft" => "a create",
        "ready" => "a create; b publish 1",
        "on" => "a create; b publish 1; a enable 1",
        "off" => "a create; b publish 1; a enable 1; a disable",
        "newer" => "a create; b publish 1; a enable 1; b publish 2",
        "stopped" => "a create; b publish 1; a enable 1; lost",
        "offered" => "a create; b publish 1; a enable 1; a offer b",
        "deleted" => "a create; b publish 1; a enable 1; a delete",
        _ => panic!("no state `{name}`"),
    };
    World::new(Preset::Mandate).after(lines)
}

/// One line for each command, one cell for each state.
const TABLE: &str = "
command                  | none        | draft           | ready           | on              | off             | newer           | stopped         | offered         | deleted
a create                 | !would-move | !exists         | !exists         | !exists         | !exists         | !exists         | !exists         | !exists         | !exists
a create as a            | off - - a   | !exists         | !exists         | !exists         | !exists         | !exists         | !exists         | !exists         | !exists
a create as a from b     | !stale      | !exists         | !exists         | !exists         | !exists         | !exists         | !exists         | !exists         | !exists
a create as b            | !not-theirs | !exists         | !exists         | !exists         | !exists         | !exists         | !exists         | !exists         | !exists
b rename y               | !unknown    | off - - a       | off 1 - a       | on 1 a1 a       | off 1 - a       | on 2 - a        | stopped 1 - a   | on 1 a1 a>b     | !deleted
b rename y as b from a   | !unknown    | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !deleted
b kind                   | !unknown    | off - - a       | off 1 - a       | on 1 a1 a       | off 1 - a       | on 2 - a        | stopped 1 - a   | on 1 a1 a>b     | !deleted
b publish 1              | !unknown    | off 1 - a       | off 1 - a       | on 1 a1 a       | off 1 - a       | on 1 - a        | stopped 1 - a   | on 1 a1 a>b     | !deleted
b publish 2              | !unknown    | off 2 - a       | off 2 - a       | on 2 - a        | off 2 - a       | on 2 - a        | stopped 2 - a   | on 2 - a>b      | !deleted
a publish 2 consents     | !unknown    | off 2 a2 a      | off 2 a2 a      | on 2 a2 a       | off 2 a2 a      | on 2 a2 a       | stopped 2 a2 a  | on 2 a2 a>b     | !deleted
b publish 2 consents     | !unknown    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !deleted
b publish 2 on 9         | !unknown    | !stale-draft    | !stale-draft    | !stale-draft    | !stale-draft    | !stale-draft    | !stale-draft    | !stale-draft    | !deleted
b publish 2 as b from a  | !unknown    | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !deleted
a enable 1               | !unknown    | !unpublished    | on 1 a1 a       | on 1 a1 a       | on 1 a1 a       | !not-published  | on 1 a1 a       | on 1 a1 a>b     | !deleted
a enable 2               | !unknown    | !unpublished    | !not-published  | !not-published  | !not-published  | on 2 a2 a       | !not-published  | !not-published  | !deleted
b enable 1               | !unknown    | !unpublished    | on 1 - a        | on 1 a1 a       | on 1 - a        | !not-published  | on 1 - a        | on 1 a1 a>b     | !deleted
b enable 1 as b from a   | !unknown    | !unpublished    | !does-not-move  | !does-not-move  | !does-not-move  | !not-published  | !does-not-move  | !does-not-move  | !deleted
a disable                | !unknown    | off - - a       | off 1 - a       | off 1 - a       | off 1 - a       | off 2 - a       | off 1 - a       | off 1 - a>b     | !deleted
b disable                | !unknown    | off - - a       | off 1 - a       | off 1 - a       | off 1 - a       | off 2 - a       | off 1 - a       | off 1 - a>b     | !deleted
b disable as b from a    | !unknown    | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !does-not-move  | !deleted
a consent 1              | !unknown    | !unpublished    | off 1 a1 a      | on 1 a1 a       | off 1 a1 a      | !not-published  | stopped 1 a1 a  | on 1 a1 a>b     | !deleted
b consent 1              | !unknown    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !deleted
a revoke                 | !unknown    | off - - a       | off 1 - a       | on 1 - a        | off 1 - a       | on 2 - a        | stopped 1 - a   | on 1 - a>b      | !deleted
b revoke                 | !unknown    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !deleted
b take as b from a       | !unknown    | off - - b       | off 1 b1 b      | on 1 b1 b       | off 1 b1 b      | on 2 b2 b       | stopped 1 b1 b  | on 1 b1 b       | !deleted
a take as a from a       | !unknown    | off - - a       | off 1 a1 a      | on 1 a1 a       | off 1 a1 a      | on 2 a2 a       | stopped 1 a1 a  | on 1 a1 a>b     | !deleted
b take as b from c       | !unknown    | !stale          | !stale          | !stale          | !stale          | !stale          | !stale          | !stale          | !deleted
b take as c from a       | !unknown    | !not-theirs     | !not-theirs     | !not-theirs     | !not-theirs     | !not-theirs     | !not-theirs     | !not-theirs     | !deleted
b take as b from a let - | !unknown    | off - - b       | !not-confirmed  | !not-confirmed  | !not-confirmed  | !not-confirmed  | !not-confirmed  | !not-confirmed  | !deleted
b take as b from a let 9 | !unknown    | off - - b       | !not-published  | !not-published  | !not-published  | !not-published  | !not-published  | !not-published  | !deleted
a offer b                | !unknown    | off - - a>b     | off 1 - a>b     | on 1 a1 a>b     | off 1 - a>b     | on 2 - a>b      | stopped 1 - a>b | on 1 a1 a>b     | !deleted
a offer c                | !unknown    | off - - a>c     | off 1 - a>c     | on 1 a1 a>c     | off 1 - a>c     | on 2 - a>c      | stopped 1 - a>c | on 1 a1 a>c     | !deleted
a offer t                | !unknown    | !owner-kind     | !owner-kind     | !owner-kind     | !owner-kind     | !owner-kind     | !owner-kind     | !owner-kind     | !deleted
a offer                  | !unknown    | off - - a       | off 1 - a       | on 1 a1 a       | off 1 - a       | on 2 - a        | stopped 1 - a   | on 1 a1 a       | !deleted
b offer b                | !unknown    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !only-run-as    | !deleted
b accept as b from a     | !unknown    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | on 1 b1 b       | !deleted
b accept as b from c     | !unknown    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !stale          | !deleted
b accept as b from a let - | !unknown  | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-confirmed  | !deleted
b accept as c from a     | !unknown    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-theirs     | !deleted
c accept as c from a     | !unknown    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !deleted
b decline                | !unknown    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | on 1 a1 a       | !deleted
a decline                | !unknown    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !not-offered    | !deleted
b move c from a          | !unknown    | off - - c       | off 1 - c       | off 1 - c       | off 1 - c       | off 2 - c       | stopped 1 - c   | off 1 - c       | !deleted
b move a from a          | !unknown    | off - - a       | off 1 - a       | on 1 a1 a       | off 1 - a       | on 2 - a        | stopped 1 - a   | on 1 a1 a>b     | !deleted
b move c from b          | !unknown    | !stale          | !stale          | !stale          | !stale          | !stale          | !stale          | !stale          | !deleted
b move t from a          | !unknown    | !owner-kind     | !owner-kind     | !owner-kind     | !owner-kind     | !owner-kind     | !owner-kind     | !owner-kind     | !deleted
b share +b +t            | !unknown    | off - - a       | off 1 - a       | on 1 a1 a       | off 1 - a       | on 2 - a        | stopped 1 - a   | on 1 a1 a>b     | !deleted
b share -a               | !unknown    | !is-run-as      | !is-run-as      | !is-run-as      | !is-run-as      | !is-run-as      | !is-run-as      | !is-run-as      | !deleted
b share +s               | !unknown    | !no-co-owners   | !no-co-owners   | !no-co-owners   | !no-co-owners   | !no-co-owners   | !no-co-owners   | !no-co-owners   | !deleted
b invite +c              | !unknown    | off - - a       | off 1 - a       | on 1 a1 a       | off 1 - a       | on 2 - a        | stopped 1 - a   | on 1 a1 a>b     | !deleted
b run-now                | !unknown    | !unpublished    | !off            | on 1 a1 a       | !off            | !no-consent     | !stopped        | on 1 a1 a>b     | !deleted
b clone                  | !unknown    | off - - a       | off 1 - a       | on 1 a1 a       | off 1 - a       | on 2 - a        | stopped 1 - a   | on 1 a1 a>b     | !deleted
b migrate 1              | !unknown    | !made-here      | !made-here      | !made-here      | !made-here      | !made-here      | !made-here      | !made-here      | !deleted
b migrate 2              | !unknown    | !made-here      | !made-here      | !made-here      | !made-here      | !made-here      | !made-here      | !made-here      | !deleted
lost                     | !unknown    | off - - a       | off 1 - a       | stopped 1 - a   | off 1 - a       | stopped 2 - a   | stopped 1 - a   | stopped 1 - a>b | deleted 1 - a
b delete                 | !unknown    | deleted - - a   | deleted 1 - a   | deleted 1 - a   | deleted 1 - a   | deleted 2 - a   | deleted 1 - a   | deleted 1 - a   | !deleted
";

#[test]
fn every_state_and_every_command() {
    let (states, rows) = rows(TABLE);
    for row in &rows {
        for (name, cell) in states.iter().zip(row).skip(1) {
            assert_eq!(state(name).outcome(row[0]), *cell, "`{}` in state `{name}`", row[0]);
        }
    }
    assert_eq!((states.len() - 1, rows.len()), (9, 56));
}

#[test]
fn only_two_of_these_states_run() {
    let (states, _) = rows(TABLE);
    let runs: Vec<_> = states.into_iter().skip(2).filter(|name| state(name).runs().is_some()).collect();
    assert_eq!(runs, ["on", "offered"]);
}

#[test]
fn a_refusal_to_run_says_why_and_who_can_help() {
    let reason = |name: &str, number: u8| {
        let life = state(name).life.unwrap();
        may_run(&life.automation, &version(number), life.consent.as_ref()).map(|_| ()).unwrap_err()
    };
    let a = || who("a");
    assert_eq!(reason("draft", 1), NotRunning::Disabled { run_as: a() });
    assert_eq!(reason("stopped", 1), NotRunning::Stopped { run_as: a() });
    assert_eq!(reason("deleted", 1), NotRunning::Deleted);
    assert_eq!(reason("newer", 2), NotRunning::NoConsent { run_as: a(), version: version(2) });
    assert_eq!(reason("newer", 1), NotRunning::Superseded { version: version(1), published: version(2) });
    assert_eq!(reason("draft", 1).to_string(), "the automation is off; `user:a` can turn it on");
    let mut unpublished = state("on").life.unwrap();
    unpublished.automation.published = None;
    let answer = may_run(&unpublished.automation, &version(1), unpublished.consent.as_ref());
    assert_eq!(answer, Err(NotRunning::Unpublished));
    unpublished.automation.run_as = None;
    assert_eq!(may_run(&unpublished.automation, &version(1), None), Err(NotRunning::Nobody));
}

/// No command leads there; the gate before each run looks all the same.
#[test]
fn a_consent_of_another_or_to_another_version_runs_nothing() {
    let Life { automation, consent } = state("on").life.unwrap();
    let consent = consent.unwrap();
    let refused = NotRunning::NoConsent { run_as: who("a"), version: version(1) };
    let of_another = Consent { principal: who("b"), ..consent.clone() };
    assert_eq!(may_run(&automation, &version(1), Some(&of_another)), Err(refused.clone()));
    let to_another = Consent { version: version(2), ..consent.clone() };
    assert_eq!(may_run(&automation, &version(1), Some(&to_another)), Err(refused));
    assert_eq!(may_run(&automation, &version(1), Some(&consent)), Ok(&who("a")));
}

/// What is asked for in [`Act`]: denied by policy, every command but those that are about being who one is, is refused.
#[test]
fn what_policy_denies_is_refused_with_the_reason_and_who_can_help() {
    let (_, rows) = rows(TABLE);
    let own = ["revoke", "offer", "accept", "decline"];
    for row in &rows {
        let mut world = state("offered");
        let verb = row[0].split(' ').nth(1).unwrap_or("lost");
        if verb == "create" {
            world.life = None;
        }
        let allowed = world.outcome(row[0]);
        world.facts.may = Decision::Deny("no policy permits it".to_owned());
        let expected = if own.contains(&verb) || row[0] == "lost" { allowed } else { "!denied".to_owned() };
        assert_eq!(world.outcome(row[0]), expected, "{}", row[0]);
    }
    let mut world = state("on");
    world.facts.may = Decision::Deny("no policy permits it".to_owned());
    world.facts.granters = [who("c"), who("d")].into();
    let refused = world.attempt("b rename y").unwrap_err();
    let expected =
        "`user:b` may not rename this automation: no policy permits it; `user:c`, `user:d` could change that";
    assert_eq!(refused.to_string(), expected);
    world.life = None;
    let refused = world.attempt("b create as b").unwrap_err();
    assert!(matches!(refused, Refused::Denied { act: Act::Create, .. }), "{refused}");
}

/// A04: a secret automation is not there, whatever is asked, also when it is deleted.
#[test]
fn who_may_not_see_it_is_told_that_there_is_none() {
    let (_, rows) = rows(TABLE);
    for name in ["on", "offered", "deleted"] {
        let mut world = state(name);
        world.facts.sees = false;
        for row in rows.iter().filter(|row| row[0] != "lost" && !row[0].contains("create")) {
            assert_eq!(world.outcome(row[0]), "!unknown", "`{}` in state `{name}`", row[0]);
        }
    }
}

#[test]
fn happenings_tell_what_changed_and_nothing_else() {
    let happened = |name: &str, line: &str| state(name).happened(line);
    let ended = || Happening::ConsentEnded { principal: who("a"), version: version(1) };
    let consented = |name: &str| Happening::Consented { principal: who(name), version: version(1), by: who(name) };
    let changed = || Happening::RunAsChanged { from: Some(who("a")), to: who("b") };
    let offer_ended = || Happening::OfferEnded { to: who("b") };
    assert_eq!(happened("none", "a create as a"), [Happening::Created { cloned_from: None }]);
    assert_eq!(happened("ready", "a enable 1"), [consented("a"), Happening::Enabled]);
    assert_eq!(happened("on", "b publish 2"), [ended(), Happening::Published { version: version(2) }]);
    assert_eq!(happened("on", "a disable"), [ended(), Happening::Disabled]);
    assert_eq!(happened("on", "a revoke"), [ended()]);
    assert_eq!(happened("on", "b take as b from a"), [ended(), changed(), consented("b")]);
    assert_eq!(happened("on", "b move b from a"), [ended(), changed(), Happening::Disabled]);
    assert_eq!(happened("on", "a offer b"), [Happening::Offered { to: who("b") }]);
    assert_eq!(happened("offered", "a offer c"), [offer_ended(), Happening::Offered { to: who("c") }]);
    assert_eq!(happened("offered", "b decline"), [offer_ended()]);
    assert_eq!(happened("offered", "b accept as b from a"), [ended(), offer_ended(), changed(), consented("b")]);
    assert_eq!(happened("offered", "b delete"), [ended(), offer_ended(), Happening::Deleted]);
    assert_eq!(happened("on", "b run-now"), [Happening::RanNow]);
    assert_eq!(happened("on", "b clone"), [Happening::Cloned]);
    let renamed = Happening::Renamed { from: "x".to_owned(), to: "y".to_owned() };
    assert_eq!(happened("on", "b rename y"), [renamed]);
    let shared = Happening::Shared { added: [who("c")].into(), removed: [].into() };
    assert_eq!(happened("on", "b share +c -d"), [shared]);
    let invited = Happening::Invited { added: [who("c")].into(), removed: [].into() };
    assert_eq!(happened("on", "b invite +c -d"), [invited]);
    let lost = vec![common::lack("a")];
    assert_eq!(happened("on", "lost"), [ended(), Happening::Stopped { lost }]);
}

#[test]
fn nothing_happens_where_it_already_is_as_asked() {
    for (name, line) in [
        ("off", "a disable"),
        ("on", "b publish 1"),
        ("on", "b rename x"),
        ("offered", "a offer b"),
        ("on", "a offer"),
        ("off", "a revoke"),
        ("on", "b enable 1"),
        ("on", "b move a from a"),
        ("on", "b share"),
        ("on", "b share -c"),
        ("on", "b invite -c"),
        ("off", "lost"),
        ("stopped", "lost"),
    ] {
        let world = state(name);
        let (life, happened) = world.attempt(line).unwrap();
        assert_eq!((Some(life), happened), (world.life, vec![]), "`{line}` in state `{name}`");
    }
    let main = state("on").after("b kind");
    assert_eq!(main.happened("b kind"), []);
    assert_eq!(state("on").happened("b kind").len(), 1);
}

#[test]
fn a_name_has_a_length_and_can_be_shown() {
    for (name, good) in [("é".repeat(MAX_NAME), true), ("é".repeat(MAX_NAME + 1), false), ("a\u{7}b".to_owned(), false)]
    {
        let line = format!("a rename {name}");
        assert_eq!(state("on").attempt(&line).is_ok(), good, "{name}");
    }
    let refused = state("on").attempt("a rename").unwrap_err();
    assert_eq!(refused.to_string(), "a name has 1 to 200 characters, none of them control characters");
    let mut unnamed = state("none").command("a create as a");
    if let mandate_governance::Command::Asked { ask: mandate_governance::Ask::Create { name, .. }, .. } = &mut unnamed {
        name.clear();
    }
    let facts = state("none").facts_of(Some(&who("a")));
    assert_eq!(outcome(&mandate_governance::apply(None, &unnamed, &facts)), "!bad-name");
}

#[test]
fn refusals_say_what_to_do() {
    let text = |name: &str, line: &str| state(name).attempt(line).unwrap_err().to_string();
    let only = "only `user:a`, whom the automation runs as, can let it act for them; `user:b` cannot";
    assert_eq!(text("ready", "b consent 1"), only);
    assert_eq!(
        text("on", "b take as b from c"),
        "the automation runs as `user:a`, not as `user:c`; look again and decide again"
    );
    let moves = "this makes the automation run as `user:a` in place of nothing; confirm that, or leave it";
    assert_eq!(text("none", "a create"), moves);
    assert_eq!(text("on", "a offer t"), "in this site an automation does not run as a team, such as `team:t`");
    let nobody = World::of(settings(Preset::Vendasta, "acquire_on = ['take']")).after("a create; a publish 1");
    assert_eq!(nobody.outcome("a enable 1"), "!nobody");
    assert_eq!(
        text("ready", "b migrate 1"),
        "the automation was made here, so there is no consent from another product to take over; only whom it runs as can let it \
         act for them"
    );
}

/// VEN-14: only what the operator set up has a consent that can be taken over.
#[test]
fn what_was_planted_is_migrated_once() {
    let planted = World::new(Preset::Mandate).planted();
    assert_eq!(planted.outcome("b migrate 1"), "!unpublished");
    let ready = planted.after("b publish 1");
    assert_eq!(ready.outcome("b migrate 2"), "!not-published");
    assert_eq!(ready.outcome("b migrate 1 b"), "!stale", "it ran as `a`");
    assert_eq!(ready.outcome("b migrate 1 a"), "on 1 a1~/b a");
    let migrated = Happening::Migrated { principal: who("a"), version: version(1) };
    assert_eq!(ready.happened("b migrate 1"), [migrated, Happening::Enabled]);
    let on = ready.after("a enable 1");
    assert_eq!(on.outcome("b migrate 1"), "!not-migrated");
    let made = World::new(Preset::Mandate).after("a create copy; a publish 1");
    assert_eq!(made.outcome("b migrate 1"), "!made-here", "a copy is made here");
}
