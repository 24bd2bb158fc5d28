//! What a person asks of an automation, as a step.
//!
//! ```toml
//! [[step]]
//! ask = "enable"                   # any of [`Verb`]'s words
//! automation = "Big deals"         # any name that it has or had; of `create`: what it is to be called
//! by = "user:bob"
//! confirm = true                   # what they were shown: whom it runs as, whom it would run as, and the published version
//! expected = "user:ana"            # whom it runs as, if they were shown another than it does; or "nobody"
//! refused = "may not enable"       # the point: it is refused, with these words
//! allowed = true                   # the point: it is done
//! # create: `workspace`, `kind`    publish, draft: `like`, `settings`, `recipients`     publish: `consent`
//! # rename, clone: `name`          kind: `kind`     offer, move: `to`                   share, invite: `add`, `drop`
//! # reveal: `reason`               dry-run, run-now: `row` that it is about       dry-run: `people` as whom it is tried
//! ```
//!
//! A step that says neither is set-up: it must be done as well, but a mutation that keeps it from being done is wrong (see
//! [`crate::spec`]).
//!
//! What is published, or kept as a draft, is like the fixture's automation of that name, or `like` another one, with `settings`
//! and `recipients` of its own. It is begun on the base of that person's draft, if they have one, else on what is published.
//!
//! `reveal` reveals every run of it that they know of, one at least; `dry-run` tries what is published, as themself if nobody is
//! named. What they are shown is looked at where it is asked for: see [`crate::spec::expect::history`].

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::{AutomationKind, PrincipalId, Recipient, RowRef};
use serde_json::{Map, Value as Json};

use super::{RawStep, anyone, known, parse_row, person};
use crate::fixture::Fixture;
use crate::json;

/// What a person asks of an automation.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What for.
    pub verb: Verb,
    /// Of which automation, by a name that it has or had.
    pub automation: String,
    /// Who asks.
    pub by: PrincipalId,
    /// Whether they confirm what they were shown.
    pub confirm: bool,
    /// Whom they were shown that it runs as, if that is not whom it does.
    pub expected: Option<Option<PrincipalId>>,
    /// What must come of it.
    pub point: Point,
}

/// Whether a step is what the spec is about, and what must come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// It is on the way to the point, and done.
    SetUp,
    /// It is done.
    Allowed,
    /// It is refused, with these words.
    Refused(String),
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Verb {
    /// `create`.
    Create(Option<String>, AutomationKind),
    /// `rename`.
    Rename(String),
    /// `kind`.
    SetKind(AutomationKind),
    /// `draft`: it is kept as theirs, and not published.
    Draft(Content),
    /// `publish`; with `consent`, whether they let it act for the principal that it runs as.
    Publish(Content, bool),
    /// `enable`.
    Enable,
    /// `disable`.
    Disable,
    /// `consent`.
    Consent,
    /// `revoke`.
    Revoke,
    /// `take`.
    Take,
    /// `offer`; `None`: to nobody any more.
    Offer(Option<PrincipalId>),
    /// `accept`.
    Accept,
    /// `decline`.
    Decline,
    /// `move`.
    Move(PrincipalId),
    /// `share`: who is added, and who removed.
    Share(BTreeSet<PrincipalId>, BTreeSet<PrincipalId>),
    /// `invite`: who is added, and who removed.
    Invite(BTreeSet<PrincipalId>, BTreeSet<PrincipalId>),
    /// `clone`, and what the copy is called.
    Clone(String),
    /// `migrate`.
    Migrate,
    /// `delete`.
    Delete,
    /// `reveal`, and why.
    Reveal(String),
    /// `run-now`, about what.
    RunNow(Option<RowRef>),
    /// `dry-run`, about what, and as whom.
    DryRun(Option<RowRef>, BTreeSet<PrincipalId>),
}

/// What is published, or kept as a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The fixture's automation that it is like.
    pub like: String,
    /// Settings that are other than there.
    pub settings: Map<String, Json>,
    /// Whom it tells, if others than there.
    pub recipients: Option<BTreeSet<Recipient>>,
}

/// Every word of `ask`.
const WORDS: &str = "`create`, `rename`, `kind`, `draft`, `publish`, `enable`, `disable`, `consent`, `revoke`, `take`, \
    `offer`, `accept`, `decline`, `move`, `share`, `invite`, `clone`, `migrate`, `delete`, `run-now`, `reveal`, `dry-run`";

/// A step with `ask`.
pub(super) fn parse(word: &str, raw: &RawStep, fixture: &Fixture) -> Result<Asked, String> {
    let automation = raw.automation.clone().ok_or("say of which automation: `automation = \"Big deals\"`")?;
    let by = raw.asker.as_ref().ok_or("say who asks: `by = \"user:ana\"`")?;
    Ok(Asked {
        verb: verb(word, &automation, raw, fixture)?,
        automation,
        by: person(by, fixture)?,
        confirm: raw.confirm,
        expected: raw.expected.as_ref().map(|word| or_nobody(word, fixture)).transpose()?,
        point: point(raw)?,
    })
}

pub(super) fn point(raw: &RawStep) -> Result<Point, String> {
    match (&raw.refused, raw.allowed.unwrap_or_default()) {
        (None, false) => Ok(Point::SetUp),
        (None, true) => Ok(Point::Allowed),
        (Some(words), false) => Ok(Point::Refused(words.clone())),
        (Some(_), true) => Err("it is either `refused` or `allowed`: say one of them".to_owned()),
    }
}

fn verb(word: &str, automation: &str, raw: &RawStep, fixture: &Fixture) -> Result<Verb, String> {
    let to = || raw.to.as_ref().ok_or_else(|| format!("say to whom to {word} it: `to = \"user:ana\"`"));
    let row = || raw.row.as_ref().map(|row| parse_row(row, fixture)).transpose().map(|row| row.map(|(row, _)| row));
    let name = || raw.name.clone().ok_or_else(|| format!("say what it is called after the {word}: `name = \"…\"`"));
    Ok(match word {
        "create" => Verb::Create(raw.workspace.clone(), kind(raw.kind.as_deref())?),
        "rename" => Verb::Rename(name()?),
        "kind" => Verb::SetKind(kind(raw.kind.as_deref())?),
        "draft" => Verb::Draft(content(automation, raw, fixture)?),
        "publish" => Verb::Publish(content(automation, raw, fixture)?, raw.consent),
        "enable" => Verb::Enable,
        "disable" => Verb::Disable,
        "consent" => Verb::Consent,
        "revoke" => Verb::Revoke,
        "take" => Verb::Take,
        "offer" => Verb::Offer(or_nobody(to()?, fixture)?),
        "accept" => Verb::Accept,
        "decline" => Verb::Decline,
        "move" => Verb::Move(anyone(to()?, fixture)?),
        "share" => Verb::Share(all(&raw.add, fixture)?, all(&raw.drop, fixture)?),
        "invite" => Verb::Invite(all(&raw.add, fixture)?, all(&raw.drop, fixture)?),
        "clone" => Verb::Clone(name()?),
        "migrate" => Verb::Migrate,
        "delete" => Verb::Delete,
        "reveal" => Verb::Reveal(raw.reason.clone().ok_or("say why it is revealed: `reason = \"…\"`")?),
        "run-now" => Verb::RunNow(row()?),
        "dry-run" => {
            Verb::DryRun(row()?, raw.people.iter().map(|word| person(word, fixture)).collect::<Result<_, _>>()?)
        }
        other => return Err(format!("`{other}` is nothing to ask of an automation: {WORDS}")),
    })
}

fn all(words: &[String], fixture: &Fixture) -> Result<BTreeSet<PrincipalId>, String> {
    words.iter().map(|word| known(word, fixture)).collect()
}

/// A principal of the fixture, or `nobody`.
pub(in crate::spec) fn or_nobody(word: &str, fixture: &Fixture) -> Result<Option<PrincipalId>, String> {
    if word == "nobody" { Ok(None) } else { anyone(word, fixture).map(Some) }
}

pub(in crate::spec) fn kind(word: Option<&str>) -> Result<AutomationKind, String> {
    match word {
        None | Some("private") => Ok(AutomationKind::Private),
        Some("main") => Ok(AutomationKind::Main),
        Some(other) => Err(format!("`{other}` is no kind of an automation: `private` or `main`")),
    }
}

fn content(automation: &str, raw: &RawStep, fixture: &Fixture) -> Result<Content, String> {
    let like = raw.like.as_deref().unwrap_or(automation);
    if !fixture.automations.iter().any(|one| one.name == like) {
        return Err(format!("the fixture has no automation `{like}`: say which of its automations it is `like`"));
    }
    Ok(Content {
        like: like.to_owned(),
        settings: settings(&raw.settings)?,
        recipients: raw.recipients.as_ref().map(|words| recipients(words, fixture)).transpose()?,
    })
}

fn settings(raw: &BTreeMap<String, toml::Value>) -> Result<Map<String, Json>, String> {
    raw.iter().map(|(name, value)| Ok((name.clone(), json::of_toml(value)?))).collect()
}

fn recipients(words: &[String], fixture: &Fixture) -> Result<BTreeSet<Recipient>, String> {
    let recipient = |word: &String| match Recipient::parse(word).map_err(|error| error.to_string())? {
        Recipient::Principal(id) => known(&id.to_string(), fixture).map(Recipient::Principal),
        column @ Recipient::Column(_) => Ok(column),
    };
    words.iter().map(recipient).collect()
}

/// The names that automations have and come to have.
pub(in crate::spec) fn names<'a>(fixture: &'a Fixture, asked: impl Iterator<Item = &'a Asked>) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = fixture.automations.iter().map(|one| one.name.clone()).collect();
    for Asked { verb, automation, .. } in asked {
        match verb {
            Verb::Create(..) => names.insert(automation.clone()),
            Verb::Rename(name) | Verb::Clone(name) => names.insert(name.clone()),
            _ => false,
        };
    }
    names
}
