//! What must come of a spec's events.
//!
//! ```toml
//! nothing = ["user:bob"]           # no message, and no part of a run; or "others": everyone who is not told
//! untold = ["user:cy"]             # no message, whatever was tried for them
//! acted_as = "user:ana"            # there is an act part, and each is theirs
//! [[told]]
//! who = "user:ana"                 # or a list
//! times = 1                        # messages in all; 1 if not said
//! title = "…"                      # of one message, with all that follows
//! title_has = "…"
//! body = "…"
//! body_has = ["…"]
//! body_lacks = ["…"]
//! attachment = { name = "…", has = ["…"], lacks = ["…"] }
//! [[row]]
//! row = "deals/1"
//! seen_by = "user:ana"             # afterwards
//! cells = { status = "review" }    # as text
//! nulls = ["margin"]
//! hidden = ["margin"]              # columns that they do not see
//! denied = true                    # they do not see the row, or it is gone
//! [[part]]
//! who = "user:ana"
//! phase = "act"                    # or "notify"
//! count = 1                        # such parts in all; 1 if not said
//! state = "done"                   # of each of them
//! effects = 1                      # carried out, in all of them
//! reason = "may not change"        # words of why each of them ended so
//! ```
//!
//! What must have come of automations themselves is in [`governance`], what people are shown of what ran in [`history`].

pub mod governance;
pub mod history;

use std::collections::BTreeMap;
use std::fmt;

use mandate_model::{PrincipalId, RowRef};
use serde::Deserialize;
use toml::Spanned;

use super::steps::ask::{self, Asked};
use super::steps::{Step, parse_row, person};
use crate::fixture::Fixture;
use crate::known::no_column;
use crate::problem::{FixtureError, Place, Problem};
use crate::text::Text;
use governance::Governed;

/// All that is expected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectations {
    /// Each with its place; at least one, unless a step is the point.
    pub list: Vec<Expectation>,
}

/// One expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Where it stands.
    pub place: Place,
    /// What is expected.
    pub kind: Kind,
}

/// What is expected.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The person gets no message and has no notify part: nothing happened, for them.
    Nothing(PrincipalId),
    /// The person gets no message.
    Untold(PrincipalId),
    /// The person gets this many messages, one of which is so.
    Told(PrincipalId, usize, Told),
    /// There is an act part, and every act part is this principal's.
    ActedAs(PrincipalId),
    /// The person sees the row so afterwards; `None`: not at all.
    Row(PrincipalId, RowRef, Option<Seen>),
    /// The person has such parts.
    Part(PrincipalId, Part),
    /// Something about automations themselves.
    Governed(Governed),
}

/// What a message is like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Exactly this title.
    pub title: Option<String>,
    /// Part of the title.
    pub title_has: Option<String>,
    /// Exactly this body.
    pub body: Option<String>,
    /// Parts of the body.
    pub body_has: Vec<String>,
    /// What the body must not have.
    pub body_lacks: Vec<String>,
    /// An attachment.
    pub attachment: Option<Attachment>,
}

/// What an attachment is like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Parts of its text.
    #[serde(default)]
    pub has: Vec<String>,
    /// What its text must not have.
    #[serde(default)]
    pub lacks: Vec<String>,
}

/// What a row is like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Cells, as text.
    pub cells: BTreeMap<String, String>,
    /// Columns whose cells are null.
    pub nulls: Vec<String>,
    /// Columns that are not seen.
    pub hidden: Vec<String>,
}

/// What parts of a run are like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Act or notify.
    pub phase: PartPhase,
    /// How many.
    pub count: usize,
    /// The state of each, as a word.
    pub state: Option<String>,
    /// Effects carried out, in all of them.
    pub effects: Option<usize>,
    /// Words of why each ended so.
    pub reason: Option<String>,
}

/// Which part of a run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartPhase {
    /// As whom the automation runs.
    Act,
    /// As a recipient.
    Notify,
}

impl fmt::Display for PartPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Act => "act",
            Self::Notify => "notify",
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    nothing: Option<Spanned<Words>>,
    untold: Option<Spanned<Words>>,
    acted_as: Option<Spanned<String>>,
    #[serde(default)]
    told: Vec<Spanned<RawTold>>,
    #[serde(default)]
    row: Vec<Spanned<RawRow>>,
    #[serde(default)]
    part: Vec<Spanned<RawPart>>,
    #[serde(default)]
    automation: Vec<Spanned<governance::RawAutomation>>,
    #[serde(default)]
    sees: Vec<Spanned<governance::RawSees>>,
    #[serde(default)]
    may: Vec<Spanned<governance::RawMay>>,
    #[serde(default)]
    notice: Vec<Spanned<governance::RawNotice>>,
    #[serde(default)]
    happened: Vec<Spanned<governance::RawHappened>>,
    #[serde(default)]
    reach: Vec<Spanned<governance::RawReach>>,
    #[serde(default)]
    history: Vec<Spanned<history::RawHistory>>,
    #[serde(default)]
    revealed: Vec<Spanned<history::RawRevealed>>,
    #[serde(default)]
    tried: Vec<Spanned<history::RawTried>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    One(String),
    More(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTold {
    who: Words,
    times: Option<usize>,
    title: Option<String>,
    title_has: Option<String>,
    body: Option<String>,
    #[serde(default)]
    body_has: Vec<String>,
    #[serde(default)]
    body_lacks: Vec<String>,
    attachment: Option<Attachment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    row: String,
    seen_by: String,
    #[serde(default)]
    cells: BTreeMap<String, String>,
    #[serde(default)]
    nulls: Vec<String>,
    #[serde(default)]
    hidden: Vec<String>,
    #[serde(default)]
    denied: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    who: Words,
    phase: PartPhase,
    count: Option<usize>,
    state: Option<String>,
    effects: Option<usize>,
    reason: Option<String>,
}

impl Words {
    pub(super) fn list(&self) -> Vec<&str> {
        match self {
            Self::One(word) => vec![word],
            Self::More(words) => words.iter().map(String::as_str).collect(),
        }
    }
}

/// What is found, and what is wrong, on the way.
struct Reader<'a> {
    fixture: &'a Fixture,
    list: Vec<Expectation>,
    problems: Vec<Problem>,
}

/// Reads the expectations of a spec; `at` is where the spec stands. There is at least one, or a step that is the
/// point.
pub(super) fn parse(text: &Text, fixture: &Fixture, steps: &[Step], at: &Place) -> Result<Expectations, FixtureError> {
    let document: Document = toml::from_str(text.as_str()).map_err(|error| {
        FixtureError::one(text.at(error.span().map_or(0, |span| span.start)), error.message().to_owned())
    })?;
    let mut reader = Reader { fixture, list: Vec::new(), problems: Vec::new() };
    for raw in &document.told {
        reader.told(&text.at(raw.span().start), raw.get_ref());
    }
    for raw in &document.row {
        reader.one(&text.at(raw.span().start), row(raw.get_ref(), fixture));
    }
    let asked: Vec<&Asked> = steps.iter().filter_map(Step::asked).collect();
    let names = ask::names(fixture, asked.iter().copied());
    governance::read(&mut reader, &document, text, &names);
    history::read(&mut reader, &document, text, &names);
    for raw in &document.part {
        reader.part(&text.at(raw.span().start), raw.get_ref());
    }
    if let Some(raw) = &document.untold {
        reader.each(&text.at(raw.span().start), &raw.get_ref().list(), Kind::Untold);
    }
    if let Some(raw) = &document.acted_as {
        let place = text.at(raw.span().start);
        reader.each(&place, &[raw.get_ref()], Kind::ActedAs);
    }
    if let Some(raw) = &document.nothing {
        reader.nothing(&text.at(raw.span().start), raw.get_ref());
    }
    let point = steps.iter().any(Step::is_point);
    if reader.list.is_empty() && reader.problems.is_empty() && !point {
        return Err(FixtureError::one(at.clone(), "the spec expects nothing: it needs a fence `toml expect`"));
    }
    if reader.problems.is_empty() {
        Ok(Expectations { list: reader.list })
    } else {
        Err(FixtureError::new(reader.problems))
    }
}

impl Reader<'_> {
    fn one(&mut self, place: &Place, kind: Result<Kind, String>) {
        match kind {
            Ok(kind) => self.list.push(Expectation { place: place.clone(), kind }),
            Err(message) => self.problems.push(Problem { place: place.clone(), message }),
        }
    }

    /// The same expectation of each of them.
    fn each(&mut self, place: &Place, who: &[&str], kind: impl Fn(PrincipalId) -> Kind) {
        for word in who {
            match person(word, self.fixture) {
                Ok(id) => self.list.push(Expectation { place: place.clone(), kind: kind(id) }),
                Err(message) => self.problems.push(Problem { place: place.clone(), message }),
            }
        }
    }

    fn told(&mut self, place: &Place, raw: &RawTold) {
        let told = Told {
            title: raw.title.clone(),
            title_has: raw.title_has.clone(),
            body: raw.body.clone(),
            body_has: raw.body_has.clone(),
            body_lacks: raw.body_lacks.clone(),
            attachment: raw.attachment.clone(),
        };
        let times = raw.times.unwrap_or(1);
        if times == 0 {
            let message = "who is told 0 times belongs into `nothing`".to_owned();
            return self.problems.push(Problem { place: place.clone(), message });
        }
        self.each(place, &raw.who.list(), |id| Kind::Told(id, times, told.clone()));
    }

    fn part(&mut self, place: &Place, raw: &RawPart) {
        let RawPart { phase, state, effects, reason, .. } = raw;
        let (state, reason) = (state.clone(), reason.clone());
        let part = Part { phase: *phase, count: raw.count.unwrap_or(1), state, effects: *effects, reason };
        self.each(place, &raw.who.list(), |id| Kind::Part(id, part.clone()));
    }

    fn nothing(&mut self, place: &Place, raw: &Words) {
        if !matches!(raw, Words::One(word) if word == "others") {
            return self.each(place, &raw.list(), Kind::Nothing);
        }
        let is_told =
            |id: &PrincipalId| self.list.iter().any(|item| matches!(&item.kind, Kind::Told(told, ..) if told == id));
        let people = self.fixture.seed.people.iter().map(|person| person.id.clone());
        let others: Vec<_> = people.filter(|id| !is_told(id)).collect();
        self.list.extend(others.into_iter().map(|id| Expectation { place: place.clone(), kind: Kind::Nothing(id) }));
    }
}

fn row(raw: &RawRow, fixture: &Fixture) -> Result<Kind, String> {
    let seen_by = person(&raw.seen_by, fixture)?;
    let (row, dataset) = parse_row(&raw.row, fixture)?;
    let mut columns = raw.cells.keys().chain(&raw.nulls).chain(&raw.hidden).peekable();
    if raw.denied == columns.peek().is_some() {
        return Err("say what is seen (`cells`, `nulls`, `hidden`), or `denied = true`".to_owned());
    }
    if let Some(unknown) = columns.find(|name| dataset.column(name).is_none()) {
        return Err(no_column(dataset, unknown));
    }
    let seen = Seen { cells: raw.cells.clone(), nulls: raw.nulls.clone(), hidden: raw.hidden.clone() };
    Ok(Kind::Row(seen_by, row, (!raw.denied).then_some(seen)))
}
