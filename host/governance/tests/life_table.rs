//! Every state × every command, with what is expected written by hand (VEN-02, VEN-06, VEN-12, VEN-21, VEN-24, FIL-26, FIL-31, A02, A05).
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use mandate_governance::{Command, Happening, Life, NotRunning, Refused, State, apply, may_run};
use mandate_model::{AutomationId, PrincipalId, SiteId, VersionId};

fn who(name: &str) -> PrincipalId {
    PrincipalId::parse(&format!("user:{name}")).unwrap()
}

fn version(number: u8) -> VersionId {
    VersionId::from_digest(&[number; 32])
}

fn create() -> Command {
    Command::Create {
        actor: who("mia"),
        id: AutomationId::from_bytes([1; 16]),
        site: SiteId::parse("acme").unwrap(),
        name: "big deals".to_owned(),
        run_as: who("ana"),
        managers: BTreeSet::from([who("mia")]),
    }
}

/// A command by its short name: `VERB-BY[-WHAT]`. Ana is run_as, mia a manager, bob a stranger.
fn command(name: &str) -> Command {
    let words: Vec<&str> = name.split('-').collect();
    match words.as_slice() {
        ["create"] => create(),
        ["stop"] => Command::Stop,
        ["publish", by, number] => Command::Publish { actor: who(by), version: version(number.parse().unwrap()) },
        ["enable", by, number] => Command::Enable { actor: who(by), version: version(number.parse().unwrap()), at: 7 },
        ["disable", by] => Command::Disable { actor: who(by) },
        ["revoke", by] => Command::Revoke { actor: who(by) },
        ["runas", by, expected, new] => Command::RunAsChange { actor: who(by), expected: who(expected), new: who(new) },
        ["delete", by] => Command::Delete { actor: who(by) },
        _ => panic!("no command `{name}`"),
    }
}

fn after(names: &str) -> Option<Life> {
    names.split_whitespace().fold(None, |life, name| Some(apply(life.as_ref(), &command(name)).unwrap().0))
}

/// `STATE published consent run_as`, or `!` and the refusal's word.
fn word(result: &Result<(Life, Vec<Happening>), Refused>) -> String {
    let number = |id: &VersionId| if *id == version(1) { "1" } else { "2" };
    match result {
        Ok((life, _)) => {
            let automation = &life.automation;
            let state = match (automation.deleted, automation.state) {
                (true, _) => "deleted",
                (_, State::Off) => "off",
                (_, State::On) => "on",
                (_, State::Stopped) => "stopped",
            };
            let published = automation.published.as_ref().map_or("-", number);
            let consent = life
                .consent
                .as_ref()
                .map_or("-".to_owned(), |consent| format!("{}:{}", consent.principal.name(), number(&consent.version)));
            format!("{state} {published} {consent} {}", automation.run_as.name())
        }
        Err(refused) => match refused {
            Refused::Unknown => "!unknown",
            Refused::Exists(_) => "!exists",
            Refused::Deleted => "!deleted",
            Refused::NotAManager { .. } => "!manager",
            Refused::OnlyRunAs { .. } => "!run-as",
            Refused::Unpublished => "!unpublished",
            Refused::NotPublished { .. } => "!other-version",
            Refused::Stale { .. } => "!stale",
            Refused::NotTheirs { .. } => "!theirs",
            Refused::NotAPerson(_) => "!person",
        }
        .to_owned(),
    }
}

const STATES: [(&str, &str); 8] = [
    ("none", ""),
    ("draft", "create"),
    ("ready", "create publish-mia-1"),
    ("on", "create publish-mia-1 enable-ana-1"),
    ("off", "create publish-mia-1 enable-ana-1 disable-mia"),
    ("newer", "create publish-mia-1 enable-ana-1 publish-mia-2"),
    ("stopped", "create publish-mia-1 enable-ana-1 stop"),
    ("deleted", "create publish-mia-1 enable-ana-1 delete-ana"),
];

/// One line for each command, one cell for each of [`STATES`].
const TABLE: &str = "
command          | none      | draft           | ready           | on              | off             | newer           | stopped           | deleted
create           | off - - ana | !exists       | !exists         | !exists         | !exists         | !exists         | !exists           | !exists
publish-mia-1    | !unknown  | off 1 - ana     | off 1 - ana     | on 1 ana:1 ana  | off 1 ana:1 ana | on 1 - ana      | stopped 1 ana:1 ana | !deleted
publish-ana-2    | !unknown  | off 2 - ana     | off 2 - ana     | on 2 - ana      | off 2 - ana     | on 2 - ana      | stopped 2 - ana   | !deleted
publish-bob-2    | !unknown  | !manager        | !manager        | !manager        | !manager        | !manager        | !manager          | !deleted
enable-ana-1     | !unknown  | !unpublished    | on 1 ana:1 ana  | on 1 ana:1 ana  | on 1 ana:1 ana  | !other-version  | on 1 ana:1 ana    | !deleted
enable-ana-2     | !unknown  | !unpublished    | !other-version  | !other-version  | !other-version  | on 2 ana:2 ana  | !other-version    | !deleted
enable-mia-1     | !unknown  | !run-as         | !run-as         | !run-as         | !run-as         | !run-as         | !run-as           | !deleted
enable-bob-1     | !unknown  | !run-as         | !run-as         | !run-as         | !run-as         | !run-as         | !run-as           | !deleted
disable-ana      | !unknown  | off - - ana     | off 1 - ana     | off 1 ana:1 ana | off 1 ana:1 ana | off 2 - ana     | off 1 ana:1 ana   | !deleted
disable-mia      | !unknown  | off - - ana     | off 1 - ana     | off 1 ana:1 ana | off 1 ana:1 ana | off 2 - ana     | off 1 ana:1 ana   | !deleted
disable-bob      | !unknown  | !manager        | !manager        | !manager        | !manager        | !manager        | !manager          | !deleted
revoke-ana       | !unknown  | off - - ana     | off 1 - ana     | on 1 - ana      | off 1 - ana     | on 2 - ana      | stopped 1 - ana   | !deleted
revoke-mia       | !unknown  | !run-as         | !run-as         | !run-as         | !run-as         | !run-as         | !run-as           | !deleted
runas-ana-ana-bob | !unknown | off - - bob     | off 1 - bob     | off 1 - bob     | off 1 - bob     | off 2 - bob     | off 1 - bob       | !deleted
runas-mia-ana-mia | !unknown | off - - mia     | off 1 - mia     | off 1 - mia     | off 1 - mia     | off 2 - mia     | off 1 - mia       | !deleted
runas-mia-ana-bob | !unknown | !theirs         | !theirs         | !theirs         | !theirs         | !theirs         | !theirs           | !deleted
runas-bob-ana-bob | !unknown | !manager        | !manager        | !manager        | !manager        | !manager        | !manager          | !deleted
runas-ana-bob-mia | !unknown | !stale          | !stale          | !stale          | !stale          | !stale          | !stale            | !deleted
runas-ana-ana-ana | !unknown | off - - ana     | off 1 - ana     | on 1 ana:1 ana  | off 1 ana:1 ana | on 2 - ana      | stopped 1 ana:1 ana | !deleted
stop             | !unknown  | off - - ana     | off 1 - ana     | stopped 1 ana:1 ana | off 1 ana:1 ana | stopped 2 - ana | stopped 1 ana:1 ana | !deleted
delete-mia       | !unknown  | deleted - - ana | deleted 1 - ana | deleted 1 - ana | deleted 1 - ana | deleted 2 - ana | deleted 1 - ana   | !deleted
delete-bob       | !unknown  | !manager        | !manager        | !manager        | !manager        | !manager        | !manager          | !deleted
";

#[test]
fn every_state_and_every_command() {
    for line in TABLE.lines().skip(2) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), STATES.len() + 1, "{line}");
        for (cell, (state, path)) in cells[1..].iter().zip(STATES) {
            let life = after(path);
            let result = apply(life.as_ref(), &command(cells[0]));
            assert_eq!(word(&result), *cell, "`{}` in state `{state}`", cells[0]);
        }
    }
}

#[test]
fn only_one_of_these_states_runs() {
    for (state, path) in STATES.into_iter().skip(1) {
        let life = after(path).unwrap();
        let published = life.automation.published.clone().unwrap_or_else(|| version(1));
        let answer = may_run(&life.automation, &published, life.consent.as_ref());
        assert_eq!(answer.is_ok(), state == "on", "{state}");
    }
}

#[test]
fn a_refusal_to_run_says_why_and_who_can_help() {
    let reason = |path: &str, number: u8| {
        let life = after(path).unwrap();
        may_run(&life.automation, &version(number), life.consent.as_ref()).unwrap_err()
    };
    let ana = || who("ana");
    assert_eq!(reason("create", 1), NotRunning::Disabled { run_as: ana() });
    assert_eq!(reason(STATES[6].1, 1), NotRunning::Stopped { run_as: ana() });
    assert_eq!(reason(STATES[7].1, 1), NotRunning::Deleted);
    assert_eq!(reason(STATES[5].1, 2), NotRunning::NoConsent { run_as: ana(), version: version(2) });
    assert_eq!(reason(STATES[5].1, 1), NotRunning::Superseded { version: version(1), published: version(2) });
    assert_eq!(reason("create", 1).to_string(), "the automation is off; `user:ana` can turn it on");
}

#[test]
fn a_refused_consent_says_who_can_give_it() {
    let refused = apply(after(STATES[2].1).as_ref(), &command("enable-mia-1")).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "only `user:ana`, whom the automation runs as, can let it act for them; `user:mia` cannot"
    );
}

#[test]
fn happenings_tell_what_changed_and_nothing_else() {
    let happened = |path: &str, name: &str| apply(after(path).as_ref(), &command(name)).unwrap().1;
    let ended = || Happening::ConsentEnded { principal: who("ana"), version: version(1) };
    assert_eq!(happened("", "create"), [Happening::Created]);
    assert_eq!(
        happened(STATES[2].1, "enable-ana-1"),
        [Happening::Consented { principal: who("ana"), version: version(1) }, Happening::Enabled]
    );
    assert_eq!(happened(STATES[3].1, "publish-mia-2"), [ended(), Happening::Published { version: version(2) }]);
    assert_eq!(
        happened(STATES[3].1, "runas-ana-ana-bob"),
        [ended(), Happening::Disabled, Happening::RunAsChanged { from: who("ana"), to: who("bob") }]
    );
    assert_eq!(happened(STATES[4].1, "disable-ana"), []);
    assert_eq!(happened(STATES[3].1, "publish-mia-1"), []);
}

#[test]
fn an_automation_runs_as_a_person() {
    let team = PrincipalId::parse("team:emea").unwrap();
    let Command::Create { actor, id, site, name, managers, .. } = create() else { panic!() };
    let refused = apply(None, &Command::Create { actor, id, site, name, run_as: team.clone(), managers });
    assert_eq!(refused, Err(Refused::NotAPerson(team.clone())));
    let change = Command::RunAsChange { actor: who("ana"), expected: who("ana"), new: team.clone() };
    assert_eq!(apply(after(STATES[3].1).as_ref(), &change), Err(Refused::NotAPerson(team)));
}
