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
//! ```

use std::collections::BTreeSet;

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
