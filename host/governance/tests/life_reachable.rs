//! Invariants at every state that can be reached, and at every step, in each preset: breadth first over a small universe until
//! nothing new is found. `a` and `b` are people, `t` is a team, `s` the site; there are two versions.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::{BTreeSet, HashSet, VecDeque};

use common::{World, lack, settings, version, who};
use mandate_governance::{
    Acquisition, Ask, Command, Facts, Happening, Life, Preset, Refused, Settings, State, Touches, apply, may_run,
    settings::CoOwner,
};
use mandate_model::{AutomationKind, PrincipalId, PrincipalKind, VersionId};
use mandate_policy::Decision;

const ACTORS: [&str; 2] = ["a", "b"];
const EVERYONE: [&str; 4] = ["a", "b", "t", "s"];

/// What the actor may be: themself; who speaks for the team and the site; a site admin, who acts as the site.
fn facts(settings: &Settings, actor: &str) -> Vec<Facts> {
    let plain = World::of(settings.clone()).facts;
    let plain = Facts { acquires_as: who(actor), ..plain };
    let speaks = Facts { consents_for: [who("t"), who("s")].into(), ..plain.clone() };
    let admin = Facts { acquires_as: who("s"), ..speaks.clone() };
    let silent = Facts { consents_for: BTreeSet::new(), ..admin.clone() };
    let site = settings.owner_kinds.contains(&PrincipalKind::Site);
    // Who acts as a site that nothing runs as is refused alike whether they speak for it.
    [plain, speaks, admin].into_iter().chain(site.then_some(silent)).collect()
}

/// The same, as far as it matters to managers and members.
fn facts_of_people(settings: &Settings, actor: &str) -> Vec<Facts> {
    facts(settings, actor).into_iter().filter(|facts| facts.consents_for.is_empty()).collect()
}

fn versions() -> [VersionId; 2] {
    [version(1), version(2)]
}

/// No confirmation, and each that names one of `expected`.
fn acquisitions(expected: &[Option<PrincipalId>]) -> Vec<Option<Acquisition>> {
    let mut all = vec![None];
    for expected in expected {
        for new in EVERYONE.map(who) {
            for version in [None, Some(version(1)), Some(version(2))] {
                all.push(Some(Acquisition { expected: expected.clone(), new: new.clone(), version }));
            }
        }
    }
    all
}

/// Everything that changes what may act for whom.
fn authority(life: &Life) -> Vec<Ask> {
    let actual = life.automation.run_as.clone();
    let wrong = if actual.is_none() { Some(who("a")) } else { None };
    let expected = [actual, wrong, Some(who("b"))];
    let mut asks = vec![Ask::Revoke, Ask::Decline, Ask::RunNow, Ask::Clone, Ask::Delete, Ask::Offer { to: None }];
    for acquisition in acquisitions(&expected) {
        asks.push(Ask::Rename { name: "x".to_owned(), acquisition: acquisition.clone() });
        asks.push(Ask::Disable { acquisition: acquisition.clone() });
        for version in versions() {
            asks.push(Ask::Enable { version: version.clone(), acquisition: acquisition.clone() });
            for (touches, consent) in [
                (Touches::Logic, false),
                (Touches::Logic, true),
                (Touches::Recipients, false),
                (Touches::Recipients, true),
            ] {
                let (version, base) = (version.clone(), life.automation.published.clone());
                asks.push(Ask::Publish { version, base, touches, consent, acquisition: acquisition.clone() });
            }
        }
        asks.extend(acquisition.clone().map(|acquisition| Ask::Take { acquisition }));
        asks.extend(acquisition.map(|acquisition| Ask::Accept { acquisition }));
    }
    for version in versions() {
        // Begun on something else than what is published.
        let base = if life.automation.published.is_none() { Some(version.clone()) } else { None };
        let touches = Touches::Logic;
        asks.push(Ask::Publish { version: version.clone(), base, touches, consent: true, acquisition: None });
        asks.extend([Ask::Consent { version: version.clone() }, Ask::Migrate { version, run_as: None }]);
    }
    for one in EVERYONE.map(who) {
        asks.push(Ask::Offer { to: Some(one.clone()) });
        asks.extend(expected.iter().map(|expected| Ask::Move { expected: expected.clone(), new: one.clone() }));
    }
    asks
}

/// Everything about who manages it and who sees it, and what bears on that.
fn people(life: &Life) -> Vec<Ask> {
    let none = BTreeSet::new;
    let mut asks =
        vec![Ask::Delete, Ask::SetKind { kind: AutomationKind::Main }, Ask::SetKind { kind: AutomationKind::Private }];
    for name in ["x", "y", ""] {
        asks.push(Ask::Rename { name: name.to_owned(), acquisition: None });
    }
    let expected = life.automation.run_as.clone();
    for one in EVERYONE.map(who) {
        let set = || BTreeSet::from([one.clone()]);
        asks.extend([Ask::Share { add: set(), remove: none() }, Ask::Share { add: none(), remove: set() }]);
        asks.extend([Ask::Invite { add: set(), remove: none() }, Ask::Invite { add: none(), remove: set() }]);
        asks.push(Ask::Move { expected: expected.clone(), new: one.clone() });
        asks.push(Ask::Take { acquisition: Acquisition { expected: expected.clone(), new: one, version: None } });
    }
    asks
}

/// What holds in every state.
fn holds(life: &Life, settings: &Settings) {
    let automation = &life.automation;
    for version in versions() {
        let Ok(run_as) = may_run(automation, &version, life.consent.as_ref()) else { continue };
        let consent = life.consent.as_ref().unwrap();
        assert_eq!(
            (run_as, &consent.version, automation.published.as_ref()),
            (&consent.principal, &version, Some(&version))
        );
        assert_eq!(
            (automation.run_as.as_ref(), automation.state, automation.deleted),
            (Some(run_as), State::On, false)
        );
    }
    if let Some(consent) = &life.consent {
        assert_eq!(
            Some(&consent.principal),
            automation.run_as.as_ref(),
            "a consent outlived a change of run_as: {life:?}"
        );
        assert_eq!(Some(&consent.version), automation.published.as_ref(), "a consent outlived its version: {life:?}");
        assert!(!automation.deleted && automation.state != State::Stopped || !consent.grandfathered, "{life:?}");
        assert!(automation.planted || !consent.grandfathered, "what was made here was migrated: {life:?}");
    }
    for one in automation.run_as.iter().chain(&automation.offered) {
        assert!(settings.owner_kinds.contains(&one.kind()), "{life:?}");
    }
    assert!(automation.managers.iter().all(|one| one.kind() != PrincipalKind::Site), "{life:?}");
    let members_first = settings.co_owners.contains(&CoOwner::MembersFirst);
    assert!(!members_first || automation.managers.is_subset(&automation.members), "{life:?}");
    assert!(automation.turned_on || automation.state == State::Off, "{life:?}");
    assert!(!automation.deleted || (automation.state, &life.consent) == (State::Off, &None), "{life:?}");
}

fn acquisition(ask: &Ask) -> Option<&Acquisition> {
    match ask {
        Ask::Rename { acquisition, .. }
        | Ask::Publish { acquisition, .. }
        | Ask::Enable { acquisition, .. }
        | Ask::Disable { acquisition } => acquisition.as_ref(),
        Ask::Take { acquisition } | Ask::Accept { acquisition } => Some(acquisition),
        _ => None,
    }
}

/// What an ask says to let act, if it says so.
fn lets(ask: &Ask) -> Option<VersionId> {
    match ask {
        Ask::Enable { version, .. } | Ask::Consent { version } | Ask::Publish { version, consent: true, .. } => {
            Some(version.clone())
        }
        Ask::Disable { .. } => None,
        ask => acquisition(ask).and_then(|acquisition| acquisition.version.clone()),
    }
}

/// What holds at every step that somebody's ask makes.
fn step_holds(before: &Life, actor: &PrincipalId, ask: &Ask, facts: &Facts, after: &Life) {
    let (old, new) = (&before.automation, &after.automation);
    let context = || format!("{actor} {ask:?}: {before:?} → {after:?}");
    assert!(!old.deleted, "{}", context());
    if old.run_as != new.run_as {
        let named = match ask {
            Ask::Move { expected, new } => (expected.clone(), Some(new.clone())),
            ask => acquisition(ask).map(|one| (one.expected.clone(), Some(one.new.clone()))).unwrap(),
        };
        assert_eq!(named, (old.run_as.clone(), new.run_as.clone()), "{}", context());
        let theirs = match ask {
            Ask::Move { .. } => new.run_as.as_ref(),
            Ask::Accept { .. } => old.offered.as_ref(),
            _ => Some(&facts.acquires_as),
        };
        assert_eq!(new.run_as.as_ref(), theirs, "{}", context());
        let moved = matches!(ask, Ask::Move { .. });
        assert!(!moved || (new.state != State::On && after.consent.is_none()), "{}", context());
    }
    if let Some(consent) = after.consent.as_ref().filter(|consent| before.consent.as_ref() != Some(*consent)) {
        assert_eq!(&consent.by, actor, "{}", context());
        if let Ask::Migrate { version, .. } = ask {
            assert!(
                consent.grandfathered && consent.version == *version && !old.turned_on && old.planted,
                "{}",
                context()
            );
        } else {
            let speaks = *actor == consent.principal || facts.consents_for.contains(&consent.principal);
            assert!(speaks && !consent.grandfathered, "{}", context());
            assert_eq!(lets(ask).as_ref(), Some(&consent.version), "{}", context());
        }
    }
    if let Some(to) = new.offered.as_ref().filter(|to| old.offered.as_ref() != Some(*to)) {
        let run_as = old.run_as.as_ref().unwrap();
        assert!(*actor == *run_as || facts.consents_for.contains(run_as), "{}", context());
        assert!(matches!(ask, Ask::Offer { to: Some(named) } if named == to), "{}", context());
    }
}

/// What holds at every step, the host's too.
fn any_step_holds(before: &Life, after: &Life, happened: &[Happening]) {
    let (old, new) = (&before.automation, &after.automation);
    let fixed =
        |life: &Life| (life.automation.id.clone(), life.automation.site.clone(), life.automation.creator.clone());
    assert_eq!(fixed(before), fixed(after));
    assert_eq!((&old.workspace, &old.cloned_from, old.planted), (&new.workspace, &new.cloned_from, new.planted));
    assert!(new.turned_on || !old.turned_on);
    assert!(!happened.is_empty() || before == after, "a silent change: {before:?} → {after:?}");
    assert!(!old.deleted || before == after);
}

/// Policy and missing powers only take away, and never what makes it safer.
fn only_takes_away(life: &Life, command: &Command, facts: &Facts, result: &(Life, Vec<Happening>)) {
    let denied = Facts { may: Decision::Deny("no".to_owned()), ..facts.clone() };
    let lacking = Facts { lacks: vec![lack("a")], run_as_lacks: vec![lack("a")], ..facts.clone() };
    match (apply(Some(life), command, &denied), command.act()) {
        (Err(Refused::Denied { .. }), Some(_)) => {}
        (Ok(same), None) => assert_eq!(same, *result),
        (other, act) => panic!("{command:?} is {act:?}: {other:?}"),
    }
    match apply(Some(life), command, &lacking) {
        Ok(same) => assert_eq!(same, *result),
        Err(Refused::Lacks { .. }) => {
            let Command::Asked { ask, .. } = command else { panic!("{command:?}") };
            assert!(!matches!(ask, Ask::Disable { .. } | Ask::Revoke | Ask::Delete | Ask::Decline), "{ask:?}");
        }
        Err(other) => panic!("{command:?}: {other}"),
    }
    let blind = Facts { sees: false, ..facts.clone() };
    assert!(command.actor().is_none() || apply(Some(life), command, &blind) == Err(Refused::Unknown));
}

/// What was found.
#[derive(Debug, Default)]
struct Found {
    states: usize,
    runs: usize,
    stopped: usize,
    offered: usize,
    grandfathered: usize,
    moved: usize,
    deleted: usize,
}

fn first(settings: &Settings) -> Vec<Life> {
    let mut lives = vec![];
    for facts in facts(settings, "a") {
        let as_them = Some(Acquisition { expected: None, new: facts.acquires_as.clone(), version: None });
        for acquisition in [None, as_them] {
            let Command::Asked { actor, ask: Ask::Create { id, site, workspace, kind, name, cloned_from, .. } } =
                World::of(settings.clone()).command("a create")
            else {
                panic!()
            };
            let ask = Ask::Create { id, site, workspace, kind, name, cloned_from, acquisition };
            lives.extend(apply(None, &Command::Asked { actor, ask }, &facts).ok().map(|(life, _)| life));
        }
    }
    assert!(!lives.is_empty());
    lives.extend(World::of(settings.clone()).planted().life);
    lives
}

fn explore(settings: &Settings, asks: fn(&Life) -> Vec<Ask>, facts: fn(&Settings, &str) -> Vec<Facts>) -> Found {
    let mut found = Found::default();
    let mut seen: HashSet<Life> = HashSet::new();
    let mut queue: VecDeque<Life> = first(settings).into();
    while let Some(life) = queue.pop_front() {
        if !seen.insert(life.clone()) {
            continue;
        }
        holds(&life, settings);
        count(&mut found, &life);
        let asks = asks(&life);
        for whose in EVERYONE {
            let lost = Command::Lost { powers: vec![lack(whose)] };
            let facts = &facts(settings, "a")[0];
            let (next, happened) = apply(Some(&life), &lost, facts).unwrap();
            any_step_holds(&life, &next, &happened);
            assert_eq!(next.automation.run_as, life.automation.run_as);
            assert!(next == life || (next.consent.is_none() && life.automation.run_as == Some(who(whose))));
            queue.push_back(next);
        }
        for (actor, facts) in
            ACTORS.iter().flat_map(|actor| facts(settings, actor).into_iter().map(move |facts| (who(actor), facts)))
        {
            for ask in &asks {
                let command = Command::Asked { actor: actor.clone(), ask: ask.clone() };
                let Ok(result) = apply(Some(&life), &command, &facts) else { continue };
                any_step_holds(&life, &result.0, &result.1);
                step_holds(&life, &actor, ask, &facts, &result.0);
                only_takes_away(&life, &command, &facts, &result);
                let moved = matches!(ask, Ask::Move { .. }) && life.automation.run_as != result.0.automation.run_as;
                found.moved += usize::from(moved);
                if !seen.contains(&result.0) {
                    queue.push_back(result.0);
                }
            }
        }
    }
    found.states = seen.len();
    found
}

fn count(found: &mut Found, life: &Life) {
    let consent = life.consent.as_ref();
    found.runs += usize::from(versions().iter().any(|version| may_run(&life.automation, version, consent).is_ok()));
    found.stopped += usize::from(life.automation.state == State::Stopped);
    found.offered += usize::from(life.automation.offered.is_some());
    found.grandfathered += usize::from(consent.is_some_and(|consent| consent.grandfathered));
    found.deleted += usize::from(life.automation.deleted);
}

/// Explores, and says what is to be found besides states that run, migrated consents and the deleted; `states` are at least as
/// many as there were when this was written.
fn check(settings: &Settings, [stopped, offered, moved]: [bool; 3], states: [usize; 2]) {
    let found = explore(settings, authority, facts);
    println!("authority: {found:?}");
    assert!(found.states >= states[0] && found.runs > 3 && found.grandfathered > 0 && found.deleted > 0, "{found:?}");
    assert_eq!([found.stopped > 0, found.offered > 0, found.moved > 0], [stopped, offered, moved], "{found:?}");
    let found = explore(settings, people, facts_of_people);
    println!("people: {found:?}");
    assert!(found.states >= states[1], "{found:?}");
}

#[test]
fn vendasta() {
    check(&settings(Preset::Vendasta, ""), [true, false, false], [58, 384]);
}

#[test]
fn foundry() {
    check(&settings(Preset::Foundry, ""), [false, false, false], [44, 1024]);
}

#[test]
fn oneup() {
    check(&settings(Preset::Oneup, ""), [true, true, false], [136, 1024]);
}

#[test]
fn monday() {
    check(&settings(Preset::Monday, ""), [true, false, true], [52, 576]);
}

#[test]
fn files() {
    check(&settings(Preset::Files, ""), [false, false, true], [72, 384]);
}

#[test]
fn mandate() {
    check(&settings(Preset::Mandate, ""), [true, true, true], [136, 2048]);
}

/// No preset: all that settings can allow, but that it stops; it may run as a team too.
#[test]
fn everything_at_once() {
    let own = "owner_kinds = ['user', 'team', 'site']\nacquire_on = ['first-enable', 'toggle', 'take']\nconsent = []\nprecheck = []
co_owners = ['users', 'teams', 'members-first']\ntransfer = ['pull', 'move']\ndrafts = 'last-wins'";
    check(&settings(Preset::Mandate, own), [true, false, true], [126, 2160]);
}
