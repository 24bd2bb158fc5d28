//! Invariant 8: in no reachable state does a version run that its run_as did not consent to, and no consent is another's.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeSet, HashSet, VecDeque};

use mandate_governance::{Command, Life, State, apply, may_run};
use mandate_model::{AutomationId, PrincipalId, SiteId, VersionId};

const PEOPLE: [&str; 3] = ["user:ana", "user:mia", "user:bob"];

fn people() -> [PrincipalId; 3] {
    PEOPLE.map(|name| PrincipalId::parse(name).unwrap())
}

fn versions() -> [VersionId; 2] {
    [1, 2].map(|number| VersionId::from_digest(&[number; 32]))
}

fn commands() -> Vec<Command> {
    let mut all = vec![Command::Stop];
    for actor in people() {
        for version in versions() {
            all.push(Command::Publish { actor: actor.clone(), version: version.clone() });
            all.push(Command::Enable { actor: actor.clone(), version, at: 0 });
        }
        all.push(Command::Disable { actor: actor.clone() });
        all.push(Command::Revoke { actor: actor.clone() });
        all.push(Command::Delete { actor: actor.clone() });
        for expected in people() {
            for new in people() {
                all.push(Command::RunAsChange { actor: actor.clone(), expected: expected.clone(), new });
            }
        }
    }
    all
}

/// What a person has said, kept apart from the code under test: the last thing each said about each version.
type Said = BTreeSet<(PrincipalId, VersionId)>;

/// The person's own words only: an accepted `enable` says yes, a `revoke` takes every yes of theirs back.
fn listen(said: &mut Said, command: &Command) {
    match command {
        Command::Enable { actor, version, .. } => {
            said.insert((actor.clone(), version.clone()));
        }
        Command::Revoke { actor } => said.retain(|(person, _)| person != actor),
        _ => {}
    }
}

fn start() -> Life {
    let [ana, mia, _] = people();
    let create = Command::Create {
        actor: mia.clone(),
        id: AutomationId::from_bytes([1; 16]),
        site: SiteId::parse("acme").unwrap(),
        name: "a".to_owned(),
        run_as: ana,
        managers: BTreeSet::from([mia]),
    };
    apply(None, &create).unwrap().0
}

fn hold(life: &Life, said: &Said) {
    let automation = &life.automation;
    for version in versions() {
        if may_run(automation, &version, life.consent.as_ref()).is_ok() {
            assert!(said.contains(&(automation.run_as.clone(), version.clone())), "{life:?}");
            assert_eq!(automation.published, Some(version));
            assert_eq!((automation.state, automation.deleted), (State::On, false));
        }
    }
    if let Some(consent) = &life.consent {
        assert_eq!(consent.principal, automation.run_as, "a consent outlived a change of run_as");
        assert_eq!(Some(&consent.version), automation.published.as_ref(), "a consent outlived its version");
    }
}

#[test]
fn invariant_8_holds_in_every_reachable_state() {
    let commands = commands();
    let mut seen = HashSet::new();
    let mut queue = VecDeque::from([(start(), Said::new())]);
    let mut running = 0;
    while let Some((life, said)) = queue.pop_front() {
        if !seen.insert((life.clone(), said.clone())) {
            continue;
        }
        hold(&life, &said);
        running += usize::from(versions().iter().any(|v| may_run(&life.automation, v, life.consent.as_ref()).is_ok()));
        for command in &commands {
            if let Ok((next, _)) = apply(Some(&life), command) {
                let mut said = said.clone();
                listen(&mut said, command);
                queue.push_back((next, said));
            }
        }
    }
    // The search has gone somewhere, and some of it runs.
    assert!(seen.len() > 500 && running > 10, "{} states, {running} run", seen.len());
}

#[test]
fn what_never_changes_never_changes() {
    let first = start();
    for command in commands() {
        if let Ok((life, _)) = apply(Some(&first), &command) {
            assert_eq!(life.automation.id, first.automation.id);
            assert_eq!(life.automation.site, first.automation.site);
            assert_eq!(life.automation.creator, first.automation.creator);
        }
    }
}
