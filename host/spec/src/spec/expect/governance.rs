//! What must have come of automations themselves.
//!
//! ```toml
//! [[automation]]
//! name = "Big deals"               # any name that it has or had
//! called = "Huge deals"            # its name now
//! run_as = "user:ana"              # or "nobody"
//! creator = "user:bob"
//! state = "on"                     # or "off", "stopped", "deleted"
//! consent = true                   # whether the published version is let act
//! kind = "main"                    # or "private"
//! managers = ["user:bob"]          # exactly these; so are `members`
//! offered = "user:cy"              # or "nobody"
//! made = false                     # it was never made; alone
//! [[sees]]
//! who = "user:ana"                 # or a list
//! sees = ["Big deals"]
//! sees_not = ["Other deals"]
//! [[may]]
//! who = "user:ana"                 # or a list
//! automation = "Big deals"
//! may = ["edit"]                   # acts, such as `enable`, `take`, `view-history`
//! may_not = ["delete"]
//! lacks = ["user:ana` may not"]    # words of what they, or whom it runs as, are shown to lack
//! lacks_not = ["margin"]
//! live = "1000.00"                 # words of the settings that they are shown as published; "nothing": none is published
//! [[notice]]
//! to = "user:ana"                  # or a list
//! automation = "Big deals"
//! contains = "stopped"             # of one notice that they got of it; times = 1: how many such there are
//! none = true                      # instead: there is none, or none with those words
//! [[reach]]
//! who = "user:ana"                 # or a list: what it would touch as them, were it theirs
//! automation = "Big deals"
//! grows = ["change `deals`"]       # words of powers that they hold, and whom it runs as does not
//! shrinks = ["change `leads`"]     # the other way round
//! same = true                      # instead: they hold what whom it runs as does
//! [[happened]]
//! automation = "Big deals"
//! what = "published"               # as history calls it: created, consented, run-as-changed …
//! by = "user:bob"                  # or "nobody": the host
//! ```

use std::collections::BTreeSet;

use mandate_model::{AutomationKind, PrincipalId};
use mandate_policy::Act;
use serde::Deserialize;

use super::history::{Ran, Revealed, Tried};
use super::{Document, Kind, Reader, Words};
use crate::fixture::Fixture;
use crate::spec::steps::{ask, known, person};
use crate::text::Text;

/// Something about automations themselves.
#[derive(Debug, Clone, PartialEq)]
pub enum Governed {
    /// An automation is so.
    Automation(String, Box<Is>),
    /// The person sees the first ones, and not the second ones.
    Sees(PrincipalId, BTreeSet<String>, BTreeSet<String>),
    /// The person is shown this of the automation.
    May(PrincipalId, String, Shown),
    /// The person got such notices of the automation: this many, at least one if not said.
    Notice(PrincipalId, String, Option<String>, Option<usize>),
    /// It would touch this as the person.
    Reach(PrincipalId, String, Reached),
    /// This happened to the automation, and by whom, if that is said.
    Happened(String, String, Option<Option<PrincipalId>>),
    /// The person is shown this of its runs.
    History(PrincipalId, String, Ran),
    /// The person was shown this of its runs when they revealed them.
    Revealed(PrincipalId, String, Revealed),
    /// The person was shown this of a dry run.
    Tried(PrincipalId, String, Tried),
}

/// What an automation is like; what is not said may be anything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Is {
    /// Whether it was made at all.
    pub made: bool,
    /// Its name.
    pub called: Option<String>,
    /// Whom it runs as; `None` inside: nobody.
    pub run_as: Option<Option<PrincipalId>>,
    /// Who made it.
    pub creator: Option<PrincipalId>,
    /// `on`, `off`, `stopped` or `deleted`.
    pub state: Option<String>,
    /// Whether the published version is let act.
    pub consent: Option<bool>,
    /// Private or main.
    pub kind: Option<AutomationKind>,
    /// Exactly these.
    pub managers: Option<BTreeSet<PrincipalId>>,
    /// Exactly these.
    pub members: Option<BTreeSet<PrincipalId>>,
    /// To whom it is offered; `None` inside: nobody.
    pub offered: Option<Option<PrincipalId>>,
}

/// What an automation would touch as a person, against whom it runs as.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reached {
    /// Words of powers that it would gain.
    pub grows: Vec<String>,
    /// Words of powers that it would lose.
    pub shrinks: Vec<String>,
    /// Whether it would gain and lose none.
    pub same: bool,
}

/// What a person is shown of an automation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// What they may do.
    pub may: Vec<Act>,
    /// What they may not.
    pub may_not: Vec<Act>,
    /// Words of what is lacking.
    pub lacks: Vec<String>,
    /// Words that nothing of what is lacking has.
    pub lacks_not: Vec<String>,
    /// Words of the published settings.
    pub live: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAutomation {
    name: String,
    made: Option<bool>,
    called: Option<String>,
    run_as: Option<String>,
    creator: Option<String>,
    state: Option<String>,
    consent: Option<bool>,
    kind: Option<String>,
    managers: Option<Vec<String>>,
    members: Option<Vec<String>>,
    offered: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSees {
    who: Words,
    #[serde(default)]
    sees: BTreeSet<String>,
    #[serde(default)]
    sees_not: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMay {
    who: Words,
    automation: String,
    #[serde(default)]
    may: Vec<String>,
    #[serde(default)]
    may_not: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    #[serde(default)]
    lacks_not: Vec<String>,
    live: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNotice {
    to: Words,
    automation: String,
    contains: Option<String>,
    times: Option<usize>,
    #[serde(default)]
    none: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHappened {
    automation: String,
    what: String,
    by: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReach {
    who: Words,
    automation: String,
    #[serde(default)]
    grows: Vec<String>,
    #[serde(default)]
    shrinks: Vec<String>,
    #[serde(default)]
    same: bool,
}

/// Reads what is expected of automations, which have these names.
pub(super) fn read(reader: &mut Reader<'_>, document: &Document, text: &Text, names: &BTreeSet<String>) {
    let fixture = reader.fixture;
    for raw in &document.automation {
        reader.one(&text.at(raw.span().start), automation(raw.get_ref(), fixture, names));
    }
    for raw in &document.sees {
        let RawSees { who, sees, sees_not } = raw.get_ref();
        let all = sees.union(sees_not).try_for_each(|name| named(name, names));
        for who in who.list() {
            let kind = all.clone().and_then(|()| person(who, fixture));
            let kind = kind.map(|who| Kind::Governed(Governed::Sees(who, sees.clone(), sees_not.clone())));
            reader.one(&text.at(raw.span().start), kind);
        }
    }
    for raw in &document.may {
        for who in raw.get_ref().who.list() {
            reader.one(&text.at(raw.span().start), may(who, raw.get_ref(), fixture, names));
        }
    }
    for raw in &document.notice {
        for to in raw.get_ref().to.list() {
            reader.one(&text.at(raw.span().start), notice(to, raw.get_ref(), fixture, names));
        }
    }
    for raw in &document.reach {
        for who in raw.get_ref().who.list() {
            reader.one(&text.at(raw.span().start), reach(who, raw.get_ref(), fixture, names));
        }
    }
    for raw in &document.happened {
        reader.one(&text.at(raw.span().start), happened(raw.get_ref(), fixture, names));
    }
}

pub(super) fn named(name: &str, names: &BTreeSet<String>) -> Result<(), String> {
    if names.contains(name) { Ok(()) } else { Err(format!("no automation is ever called `{name}` in the spec")) }
}

fn automation(raw: &RawAutomation, fixture: &Fixture, names: &BTreeSet<String>) -> Result<Kind, String> {
    named(&raw.name, names)?;
    let states = ["on", "off", "stopped", "deleted"];
    if let Some(other) = raw.state.as_deref().filter(|state| !states.contains(state)) {
        return Err(format!("`{other}` is no state of an automation: `on`, `off`, `stopped` or `deleted`"));
    }
    let all = |words: &Vec<String>| words.iter().map(|word| known(word, fixture)).collect();
    let is = Is {
        made: raw.made.unwrap_or(true),
        called: raw.called.clone(),
        run_as: raw.run_as.as_ref().map(|word| ask::or_nobody(word, fixture)).transpose()?,
        creator: raw.creator.as_ref().map(|word| person(word, fixture)).transpose()?,
        state: raw.state.clone(),
        consent: raw.consent,
        kind: raw.kind.as_ref().map(|word| ask::kind(Some(word))).transpose()?,
        managers: raw.managers.as_ref().map(all).transpose()?,
        members: raw.members.as_ref().map(all).transpose()?,
        offered: raw.offered.as_ref().map(|word| ask::or_nobody(word, fixture)).transpose()?,
    };
    if is == (Is { made: is.made, ..Is::default() }) && raw.made.is_none() {
        return Err("say what the automation is like: its `state`, whom it runs as …".to_owned());
    }
    Ok(Kind::Governed(Governed::Automation(raw.name.clone(), Box::new(is))))
}

fn may(who: &str, raw: &RawMay, fixture: &Fixture, names: &BTreeSet<String>) -> Result<Kind, String> {
    named(&raw.automation, names)?;
    let acts = |words: &[String]| words.iter().map(|word| act(word)).collect::<Result<Vec<_>, _>>();
    let shown = Shown {
        may: acts(&raw.may)?,
        may_not: acts(&raw.may_not)?,
        lacks: raw.lacks.clone(),
        lacks_not: raw.lacks_not.clone(),
        live: raw.live.clone(),
    };
    if shown == Shown::default() {
        return Err("say what they are shown: `may`, `may_not`, `lacks`, `lacks_not` or `live`".to_owned());
    }
    Ok(Kind::Governed(Governed::May(person(who, fixture)?, raw.automation.clone(), shown)))
}

fn act(word: &str) -> Result<Act, String> {
    let all = || Act::ALL.iter().map(|act| format!("`{act}`")).collect::<Vec<_>>().join(", ");
    Act::parse(word).ok_or_else(|| format!("`{word}` is nothing that one may do: {}", all()))
}

fn notice(to: &str, raw: &RawNotice, fixture: &Fixture, names: &BTreeSet<String>) -> Result<Kind, String> {
    named(&raw.automation, names)?;
    let times = match (raw.none, raw.times) {
        (true, Some(_)) | (false, Some(0)) => return Err("no notice is `none = true`, without `times`".to_owned()),
        (true, None) => Some(0),
        (false, times) => times,
    };
    let (to, contains) = (person(to, fixture)?, raw.contains.clone());
    Ok(Kind::Governed(Governed::Notice(to, raw.automation.clone(), contains, times)))
}

fn reach(who: &str, raw: &RawReach, fixture: &Fixture, names: &BTreeSet<String>) -> Result<Kind, String> {
    named(&raw.automation, names)?;
    let RawReach { grows, shrinks, same, .. } = raw;
    if *same != (grows.is_empty() && shrinks.is_empty()) {
        return Err("say what of the reach `grows` or `shrinks`, or that it is the `same`".to_owned());
    }
    let reached = Reached { grows: grows.clone(), shrinks: shrinks.clone(), same: *same };
    Ok(Kind::Governed(Governed::Reach(person(who, fixture)?, raw.automation.clone(), reached)))
}

fn happened(raw: &RawHappened, fixture: &Fixture, names: &BTreeSet<String>) -> Result<Kind, String> {
    named(&raw.automation, names)?;
    let by = raw.by.as_ref().map(|word| ask::or_nobody(word, fixture)).transpose()?;
    Ok(Kind::Governed(Governed::Happened(raw.automation.clone(), raw.what.clone(), by)))
}
