//! Helpers of the tests: one site, one automation, and commands, outcomes and notices as words.
//!
//! A command is a line: `ACTOR VERB [ARGUMENT] [OPTION …]`, where `a`, `b` are people, `t` is a team and `s` is the site. Options:
//! `as X from Y let N` confirm the change of whom it runs as (`let` is what is published, if it is not said; `let -` is
//! nothing), `on N` is the base of a draft (what is published, if it is not said), `recipients` says that nothing else changes,
//! `consents` that the publisher lets it act. `lost` is the host's. An outcome is `STATE PUBLISHED CONSENT RUN_AS`, as in
//! `on 1 a1 a`; `s1/b` is a consent of `s` that `b` gave, `a1~` one that was migrated, `a>b` is `a`'s, offered to `b`.
#![allow(dead_code, unused_imports, reason = "no test file uses all of them")]

mod words;

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::{
    Acquisition, Ask, Command, Facts, Happening, Lack, Life, Planted, Power, Preset, Refused, Settings, SiteChoices,
    Touches, apply, may_run, notices,
};
use mandate_model::{AutomationId, AutomationKind, PrincipalId, PrincipalKind, SiteId, VersionId};
use mandate_policy::Decision;
pub(crate) use words::{outcome, refusal};

/// `a` is a person, `t` a team, `s` the site.
pub(crate) fn who(name: &str) -> PrincipalId {
    let kind = match name {
        "t" => PrincipalKind::Team,
        "s" => PrincipalKind::Site,
        _ => PrincipalKind::User,
    };
    PrincipalId::new(kind, name).unwrap()
}

/// The version of that number.
pub(crate) fn version(number: u8) -> VersionId {
    VersionId::from_digest(&[number; 32])
}

/// A power that somebody may lack.
pub(crate) fn lack(principal: &str) -> Lack {
    Lack { principal: who(principal), power: Some(Power::Write { dataset: "deals".to_owned() }), undecided: false }
}

/// The settings of a preset, with some of the site's own.
pub(crate) fn settings(preset: Preset, own: &str) -> Settings {
    SiteChoices { preset, settings: toml::from_str(own).unwrap(), ..SiteChoices::default() }.effective().unwrap()
}

/// A site, its automation if there is one, and who may speak for whom.
#[derive(Clone)]
pub(crate) struct World {
    /// What holds for the next command; who acquires and who speaks for whom is worked out for each actor.
    pub(crate) facts: Facts,
    /// The automation.
    pub(crate) life: Option<Life>,
    /// Site admins: they act as the site where an automation may run as one (FIL-39).
    pub(crate) admins: BTreeSet<PrincipalId>,
    /// For which teams and sites somebody may consent.
    pub(crate) speaks: BTreeMap<PrincipalId, BTreeSet<PrincipalId>>,
}

impl World {
    /// A site of that preset, in which everything is permitted and `b` is a site admin who speaks for the site.
    pub(crate) fn new(preset: Preset) -> Self {
        Self::of(settings(preset, ""))
    }

    /// See [`World::new`].
    pub(crate) fn of(settings: Settings) -> Self {
        let facts = Facts {
            settings,
            may: Decision::Allow,
            sees: true,
            acquires_as: who("a"),
            consents_for: BTreeSet::new(),
            lacks: vec![],
            run_as_lacks: vec![],
            granters: BTreeSet::new(),
            at: 7,
        };
        let speaks = BTreeMap::from([(who("b"), BTreeSet::from([who("s")]))]);
        Self { facts, life: None, admins: BTreeSet::from([who("b")]), speaks }
    }

    /// With an automation that the operator set up to run as `a`.
    pub(crate) fn planted(mut self) -> Self {
        let (managers, members) = (BTreeSet::new(), BTreeSet::new());
        let (site, kind) = (SiteId::parse("acme").unwrap(), AutomationKind::Private);
        let name = "x".to_owned();
        let planted = Planted { site, workspace: None, kind, name, run_as: who("a"), managers, members };
        self.life = Some(Life::planted(AutomationId::from_bytes([1; 16]), planted));
        self
    }

    /// After these commands, each of which is accepted, confirmed where it has to be; `;` is between them.
    pub(crate) fn after(mut self, lines: &str) -> Self {
        for line in lines.split(';').map(str::trim).filter(|line| !line.is_empty()) {
            let result = self.confirmed(line);
            self.life = Some(result.unwrap_or_else(|refused| panic!("`{line}`: {refused}")).0);
        }
        self
    }

    /// What becomes of a command as it stands.
    pub(crate) fn attempt(&self, line: &str) -> Result<(Life, Vec<Happening>), Refused> {
        let command = self.command(line);
        apply(self.life.as_ref(), &command, &self.facts_of(command.actor()))
    }

    /// What becomes of a command, confirmed as it says where it would change whom the automation runs as.
    pub(crate) fn confirmed(&self, line: &str) -> Result<(Life, Vec<Happening>), Refused> {
        match self.attempt(line) {
            Err(Refused::WouldMove { from, to }) => {
                let from = from.map_or(String::new(), |from| format!(" from {}", from.name()));
                self.attempt(&format!("{line} as {}{from}", to.name()))
            }
            result => result,
        }
    }

    /// What becomes of a command as it stands, in words.
    pub(crate) fn outcome(&self, line: &str) -> String {
        outcome(&self.attempt(line))
    }

    /// What happened by an accepted command.
    pub(crate) fn happened(&self, line: &str) -> Vec<Happening> {
        self.confirmed(line).unwrap().1
    }

    /// Who is told of an accepted command, as `a: no-longer-runs-as-you`.
    pub(crate) fn told(&self, line: &str) -> Vec<String> {
        let (life, happened) = self.confirmed(line).unwrap();
        let command = self.command(line);
        words::told(&notices(&life, command.actor(), &happened, &self.facts.settings))
    }

    /// Whom it runs as now, if what is published may run.
    pub(crate) fn runs(&self) -> Option<String> {
        let life = self.life.as_ref().unwrap();
        let published = life.automation.published.clone().unwrap_or_else(|| version(9));
        let answer = may_run(&life.automation, &published, life.consent.as_ref());
        answer.ok().map(|run_as| run_as.name().to_owned())
    }

    /// The facts of one actor.
    pub(crate) fn facts_of(&self, actor: Option<&PrincipalId>) -> Facts {
        let mut facts = self.facts.clone();
        let Some(actor) = actor else { return facts };
        let site = facts.settings.owner_kinds.contains(&PrincipalKind::Site) && self.admins.contains(actor);
        facts.acquires_as = if site { who("s") } else { actor.clone() };
        facts.consents_for = self.speaks.get(actor).cloned().unwrap_or_default();
        facts
    }

    /// The command of a line.
    pub(crate) fn command(&self, line: &str) -> Command {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["lost"] => {
                let run_as = self.life.as_ref().and_then(|life| life.automation.run_as.clone());
                Command::Lost { powers: vec![lack(run_as.as_ref().map_or("a", PrincipalId::name))] }
            }
            ["lost", whose] => Command::Lost { powers: vec![lack(whose)] },
            [actor, verb, rest @ ..] => Command::Asked { actor: who(actor), ask: self.ask(verb, rest) },
            _ => panic!("no command: `{line}`"),
        }
    }

    fn ask(&self, verb: &str, rest: &[&str]) -> Ask {
        let published = self.life.as_ref().and_then(|life| life.automation.published.clone());
        let options = Options::of(verb, rest, published.as_ref());
        let argument = *rest.first().unwrap_or(&"");
        let acquisition = options.acquisition.clone();
        match verb {
            "create" => Ask::Create {
                id: AutomationId::from_bytes([1; 16]),
                site: SiteId::parse("acme").unwrap(),
                workspace: None,
                kind: AutomationKind::Private,
                name: "x".to_owned(),
                cloned_from: rest.contains(&"copy").then(|| AutomationId::from_bytes([2; 16])),
                acquisition,
            },
            "rename" => Ask::Rename { name: argument.to_owned(), acquisition },
            "draft" => Ask::Draft,
            "kind" => Ask::SetKind { kind: AutomationKind::Main },
            "publish" => Ask::Publish {
                version: number(argument),
                base: options.base,
                touches: if rest.contains(&"recipients") { Touches::Recipients } else { Touches::Logic },
                consent: rest.contains(&"consents"),
                acquisition,
            },
            "enable" => Ask::Enable { version: number(argument), acquisition },
            "disable" => Ask::Disable { acquisition },
            "consent" => Ask::Consent { version: number(argument) },
            "revoke" => Ask::Revoke,
            "take" => Ask::Take { acquisition: acquisition.unwrap() },
            "offer" => Ask::Offer { to: rest.first().map(|to| who(to)) },
            "accept" => Ask::Accept { acquisition: acquisition.unwrap() },
            "decline" => Ask::Decline,
            "move" => Ask::Move { expected: options.from, new: who(argument) },
            "share" => Ask::Share { add: signed(rest, '+'), remove: signed(rest, '-') },
            "invite" => Ask::Invite { add: signed(rest, '+'), remove: signed(rest, '-') },
            "run-now" => Ask::RunNow,
            "clone" => Ask::Clone,
            "migrate" => Ask::Migrate { version: number(argument), run_as: rest.get(1).map(|name| who(name)) },
            "delete" => Ask::Delete,
            _ => panic!("no verb `{verb}`"),
        }
    }
}

struct Options {
    from: Option<PrincipalId>,
    base: Option<VersionId>,
    acquisition: Option<Acquisition>,
}

impl Options {
    fn of(verb: &str, rest: &[&str], published: Option<&VersionId>) -> Self {
        let after = |name: &str| rest.iter().position(|word| *word == name).and_then(|at| rest.get(at + 1)).copied();
        let from = after("from").map(who);
        let shown = if verb == "publish" { rest.first().map(|word| number(word)) } else { published.cloned() };
        let version = match after("let") {
            None => shown,
            Some("-") => None,
            Some(word) => Some(number(word)),
        };
        let base = after("on").map_or_else(|| published.cloned(), |word| Some(number(word)));
        let acquisition = after("as").map(|new| Acquisition { expected: from.clone(), new: who(new), version });
        Self { from, base, acquisition }
    }
}

fn number(word: &str) -> VersionId {
    version(word.parse().unwrap_or_else(|_| panic!("no version `{word}`")))
}

fn signed(words: &[&str], sign: char) -> BTreeSet<PrincipalId> {
    words.iter().filter_map(|word| word.strip_prefix(sign)).map(who).collect()
}

/// The cells of a table; the first line names the columns, an empty line or one of dashes is skipped.
pub(crate) fn rows(table: &str) -> (Vec<&str>, Vec<Vec<&str>>) {
    let mut lines =
        table.lines().filter(|line| line.contains('|')).map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let rows: Vec<Vec<&str>> = lines.collect();
    assert!(rows.iter().all(|row| row.len() == head.len()), "a row has another length than the head: {rows:?}");
    (head, rows)
}
