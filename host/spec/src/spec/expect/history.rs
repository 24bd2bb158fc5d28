//! What a person is shown of what ran.
//!
//! ```toml
//! [[history]]
//! who = "user:ana"                 # or a list
//! automation = "Big deals"         # any name that it has or had
//! runs = 1                         # runs of it that they know of; 1 if not said
//! event = true                     # whether they are shown what happened, in each of them
//! act = "shown"                    # the act part of each, their own or another's: "shown", "hidden" or "none"
//! has = ["Northwind"]              # words of what they are shown, as JSON
//! lacks = ["42.00"]
//! [[revealed]]                     # what they were shown when they revealed its runs, the last time
//! who = "user:ana"                 # or a list
//! automation = "Big deals"
//! of = ["user:cy"]                 # exactly these are the recipients whose parts they were shown that there are
//! has = ["Northwind"]              # words of what is revealed, as JSON
//! lacks = ["42.00"]
//! [[tried]]                        # what they were shown of a dry run, the last time
//! who = "user:ana"                 # or a list
//! automation = "Big deals"
//! as = "user:bob"                  # as whom it was tried, or a list
//! comes_to = "shown"               # or "hidden": not all of it; or "nothing": for that one there is no such event
//! has = ["Northwind"]
//! lacks = ["42.00"]
//! ```

use std::collections::BTreeSet;

use mandate_model::PrincipalId;
use serde::Deserialize;

use super::governance::{Governed, named};
use super::{Document, Kind, Reader, Words};
use crate::fixture::Fixture;
use crate::spec::steps::person;
use crate::text::Text;

/// What somebody is shown of the runs of an automation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// How many runs they know of.
    pub runs: usize,
    /// Whether they are shown what happened.
    pub event: Option<bool>,
    /// How much of the act part.
    pub act: Option<Act>,
    /// Words of it.
    pub has: Vec<String>,
    /// Words that nothing of it has.
    pub lacks: Vec<String>,
}

/// How much somebody is shown of an act part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// All of it.
    Shown,
    /// Not all of it: its beginning, that there is one, or not even that.
    Hidden,
    /// For them there is none.
    None,
}

/// What somebody was shown when they revealed runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revealed {
    /// The recipients whose parts they were shown that there are.
    pub of: BTreeSet<PrincipalId>,
    /// Words of it.
    pub has: Vec<String>,
    /// Words that nothing of it has.
    pub lacks: Vec<String>,
}

/// What somebody was shown of a dry run as one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// As whom.
    pub person: PrincipalId,
    /// How much of it.
    pub comes_to: ComesTo,
    /// Words of it.
    pub has: Vec<String>,
    /// Words that nothing of it has.
    pub lacks: Vec<String>,
}

/// What a dry run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComesTo {
    /// All of it is shown.
    Shown,
    /// Not all of it.
    Hidden,
    /// For that person there is no such event.
    Nothing,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRevealed {
    who: Words,
    automation: String,
    of: Vec<String>,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTried {
    who: Words,
    automation: String,
    #[serde(rename = "as")]
    persons: Words,
    comes_to: ComesTo,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHistory {
    who: Words,
    automation: String,
    runs: Option<usize>,
    event: Option<bool>,
    act: Option<Act>,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
}

/// Reads what people are to be shown of automations, which have these names.
pub(super) fn read(reader: &mut Reader<'_>, document: &Document, text: &Text, names: &BTreeSet<String>) {
    for raw in &document.history {
        for who in raw.get_ref().who.list() {
            let kind = history(who, raw.get_ref(), reader.fixture, names);
            reader.one(&text.at(raw.span().start), kind);
        }
    }
    for raw in &document.revealed {
        for who in raw.get_ref().who.list() {
            let kind = revealed(who, raw.get_ref(), reader.fixture, names);
            reader.one(&text.at(raw.span().start), kind);
        }
    }
    for raw in &document.tried {
        for (who, as_whom) in pairs(&raw.get_ref().who, &raw.get_ref().persons) {
            let kind = tried(who, as_whom, raw.get_ref(), reader.fixture, names);
            reader.one(&text.at(raw.span().start), kind);
        }
    }
}

fn pairs<'a>(ones: &'a Words, others: &'a Words) -> Vec<(&'a str, &'a str)> {
    ones.list().into_iter().flat_map(|one| others.list().into_iter().map(move |other| (one, other))).collect()
}

fn revealed(who: &str, raw: &RawRevealed, fixture: &Fixture, names: &BTreeSet<String>) -> Result<Kind, String> {
    named(&raw.automation, names)?;
    let of = raw.of.iter().map(|word| person(word, fixture)).collect::<Result<_, _>>()?;
    let revealed = Revealed { of, has: raw.has.clone(), lacks: raw.lacks.clone() };
    Ok(Kind::Governed(Governed::Revealed(person(who, fixture)?, raw.automation.clone(), revealed)))
}

fn tried(
    who: &str,
    as_whom: &str,
    raw: &RawTried,
    fixture: &Fixture,
    names: &BTreeSet<String>,
) -> Result<Kind, String> {
    named(&raw.automation, names)?;
    let (person_tried, comes_to) = (person(as_whom, fixture)?, raw.comes_to);
    if comes_to == ComesTo::Nothing && !raw.has.is_empty() {
        return Err("of nothing, nothing can be shown: leave out `has`".to_owned());
    }
    let tried = Tried { person: person_tried, comes_to, has: raw.has.clone(), lacks: raw.lacks.clone() };
    Ok(Kind::Governed(Governed::Tried(person(who, fixture)?, raw.automation.clone(), tried)))
}

fn history(who: &str, raw: &RawHistory, fixture: &Fixture, names: &BTreeSet<String>) -> Result<Kind, String> {
    named(&raw.automation, names)?;
    let RawHistory { runs, event, act, has, lacks, .. } = raw;
    let ran = Ran { runs: runs.unwrap_or(1), event: *event, act: *act, has: has.clone(), lacks: lacks.clone() };
    if ran.runs == 0 && (event.is_some() || act.is_some() || !has.is_empty()) {
        return Err("of no run nothing can be shown: leave out `event`, `act` and `has`".to_owned());
    }
    Ok(Kind::Governed(Governed::History(person(who, fixture)?, raw.automation.clone(), ran)))
}
