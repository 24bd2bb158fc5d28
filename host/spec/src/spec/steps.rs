//! What happens in a spec: changes that people make by hand, rights that come and go, and runs in between.
//!
//! ```toml
//! [[step]]
//! update = "deals/1"               # or `insert`, `remove`
//! as = "user:ana"                  # without: the administrator
//! fields = { amount = "5.00" }
//! nulls = ["margin"]               # columns that become null
//! quiet = true                     # it changes, and nobody learns of an event
//! [[step]]
//! revoke = "read deals"            # or `grant`
//! of = "user:ana"
//! [[step]]
//! deactivate = "user:ana"          # or `activate`
//! [[step]]
//! hand_over = "user:ana"           # all that runs as her
//! to = "user:bob"                  # without: to the site's default successor
//! by = "user:root"                 # who does it; `refused` and `allowed` as with `ask`
//! [[step]]
//! belongs_to = "globex"            # another site, governed in the same way
//! of = "user:eve"                  # who is one of its people from now on, with the roles that she has
//! [[step]]
//! event = "com.acme.order.paid"    # the platform says that this happened
//! about = "deals/1"                # to this row; without: to nothing in particular
//! refused = "is not known"         # words of the refusal; without it, it must be accepted
//! [[step]]
//! until = "2026-03-01T09:00:00Z"   # time passes until then, and what is due on the way is run
//! [[step]]
//! clock = "2026-03-01T09:00:00Z"   # the clock is set, forward or back; it begins at 2026-01-01T00:00:00Z
//! [[step]]
//! run = true                       # what was accepted so far is run now; it is at the end anyway
//! [[step]]
//! recheck = true                   # the platform says that rights changed: what runs without them is found, also while idle
//! ```
//!
//! What people ask of automations is in [`ask`], roles and workspaces in [`holdings`]. A change by hand is accepted as an event
//! at once, and run at the next `run`.

pub mod ask;
pub mod holdings;

use std::collections::BTreeMap;

use mandate_model::{Field, PrincipalId, PrincipalKind, RowRef, SiteId, timestamp};
use mandate_policy::DatasetDef;
use mandate_service::embedded::row_id_problem;
use serde::Deserialize;
use serde_json::Value as Json;
use toml::Spanned;

use crate::changes::Verb;
use crate::fixture::Fixture;
use crate::known::{no_column, no_dataset};
use crate::problem::{FixtureError, Place, Problem};
use crate::text::Text;
use crate::{cell, json};
use ask::{Asked, Point};
use holdings::Held;

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What.
    pub action: Action,
    /// Where it stands.
    pub place: Place,
}

impl Step {
    /// What is asked of an automation by it.
    pub fn asked(&self) -> Option<&Asked> {
        match &self.action {
            Action::Ask(asked) => Some(asked),
            _ => None,
        }
    }

    /// Whether what comes of it is what the spec is about.
    pub fn is_point(&self) -> bool {
        match &self.action {
            Action::Event { refused, .. } => refused.is_some(),
            Action::HandOver { point, .. } => *point != Point::SetUp,
            _ => self.asked().is_some_and(|asked| asked.point != Point::SetUp),
        }
    }
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// A row is changed by hand.
    Change {
        /// How.
        verb: Verb,
        /// Which.
        row: RowRef,
        /// By whom; `None`: the administrator.
        by: Option<PrincipalId>,
        /// The cells.
        fields: Vec<Field>,
        /// Whether no event is accepted for it.
        quiet: bool,
    },
    /// A right, a role or a membership is given.
    Give(PrincipalId, Held),
    /// A right, a role or a membership is taken away.
    Remove(PrincipalId, Held),
    /// A person may act and be told things, or no longer.
    SetActive(PrincipalId, bool),
    /// Somebody hands all over that runs as a person.
    HandOver {
        /// As whom it runs.
        from: PrincipalId,
        /// To whom; `None`: the site's default successor.
        to: Option<PrincipalId>,
        /// Who does it.
        by: PrincipalId,
        /// What must come of it.
        point: Point,
    },
    /// A person is of another site from now on.
    BelongsTo(PrincipalId, SiteId),
    /// The platform says that something of its own type happened.
    Event {
        /// The type.
        event_type: String,
        /// The row that it is about.
        about: Option<RowRef>,
        /// Words of the refusal; `None`: it must be accepted.
        refused: Option<String>,
    },
    /// Time passes until then (microseconds since 1970-01-01T00:00:00Z); what is due on the way is run when it is.
    Until(i64),
    /// The clock is set to this.
    Clock(i64),
    /// What was accepted so far is run.
    Run,
    /// Whoever lost what an automation needs is found.
    Recheck,
    /// Somebody asks something of an automation.
    Ask(Asked),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    step: Vec<Spanned<RawStep>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    insert: Option<String>,
    update: Option<String>,
    remove: Option<String>,
    grant: Option<String>,
    revoke: Option<String>,
    activate: Option<String>,
    deactivate: Option<String>,
    hand_over: Option<String>,
    belongs_to: Option<String>,
    run: Option<bool>,
    recheck: Option<bool>,
    ask: Option<String>,
    event: Option<String>,
    until: Option<String>,
    clock: Option<String>,
    about: Option<String>,
    give_role: Option<String>,
    take_role: Option<String>,
    add_to_workspace: Option<String>,
    remove_from_workspace: Option<String>,
    join_team: Option<String>,
    leave_team: Option<String>,
    #[serde(rename = "as")]
    by: Option<String>,
    of: Option<String>,
    workspace: Option<String>,
    dataset: Option<String>,
    automation: Option<String>,
    #[serde(rename = "by")]
    asker: Option<String>,
    #[serde(default)]
    confirm: bool,
    expected: Option<String>,
    refused: Option<String>,
    allowed: Option<bool>,
    kind: Option<String>,
    name: Option<String>,
    like: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, toml::Value>,
    recipients: Option<Vec<String>>,
    #[serde(default)]
    consent: bool,
    to: Option<String>,
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    drop: Vec<String>,
    reason: Option<String>,
    row: Option<String>,
    #[serde(default)]
    people: Vec<String>,
    #[serde(default)]
    fields: BTreeMap<String, toml::Value>,
    #[serde(default)]
    nulls: Vec<String>,
    #[serde(default)]
    quiet: bool,
}

/// Reads the steps of a spec; `at` is where the spec stands.
pub(super) fn parse(text: &Text, fixture: &Fixture, at: &Place) -> Result<Vec<Step>, FixtureError> {
    if text.as_str().is_empty() {
        return Err(FixtureError::one(at.clone(), "nothing happens in the spec: it needs a fence `toml event`"));
    }
    let document: Document = toml::from_str(text.as_str()).map_err(|error| {
        FixtureError::one(text.at(error.span().map_or(0, |span| span.start)), error.message().to_owned())
    })?;
    let (mut steps, mut problems) = (Vec::new(), Vec::new());
    for raw in document.step {
        let place = text.at(raw.span().start);
        match action(raw.get_ref(), fixture) {
            Ok(action) => steps.push(Step { action, place }),
            Err(message) => problems.push(Problem { place, message }),
        }
    }
    if problems.is_empty() { Ok(steps) } else { Err(FixtureError::new(problems)) }
}

/// What a step can be.
const VERBS: &str = "`insert`, `update`, `remove`, `grant`, `revoke`, `activate`, `deactivate`, `give_role`, `take_role`, \
    `add_to_workspace`, `remove_from_workspace`, `join_team`, `leave_team`, `hand_over`, `belongs_to`, `ask`, `event`, `until`, `clock`, `run` and `recheck`";

fn action(raw: &RawStep, fixture: &Fixture) -> Result<Action, String> {
    let verbs = [
        (&raw.insert, "insert"),
        (&raw.update, "update"),
        (&raw.remove, "remove"),
        (&raw.grant, "grant"),
        (&raw.revoke, "revoke"),
        (&raw.activate, "activate"),
        (&raw.deactivate, "deactivate"),
        (&raw.give_role, "give_role"),
        (&raw.take_role, "take_role"),
        (&raw.add_to_workspace, "add_to_workspace"),
        (&raw.remove_from_workspace, "remove_from_workspace"),
        (&raw.join_team, "join_team"),
        (&raw.leave_team, "leave_team"),
        (&raw.hand_over, "hand_over"),
        (&raw.belongs_to, "belongs_to"),
        (&raw.ask, "ask"),
        (&raw.event, "event"),
        (&raw.until, "until"),
        (&raw.clock, "clock"),
    ];
    let said: Vec<(&str, &str)> =
        verbs.iter().filter_map(|(word, verb)| word.as_ref().map(|word| (*verb, word.as_str()))).collect();
    match (said.as_slice(), raw.run.is_some(), raw.recheck.is_some()) {
        ([], true, false) => Ok(Action::Run),
        ([], false, true) => Ok(Action::Recheck),
        ([(verb, word)], false, false) => one(verb, word, raw, fixture),
        _ => Err(format!("a step is exactly one of {VERBS}")),
    }
}

fn one(verb: &str, word: &str, raw: &RawStep, fixture: &Fixture) -> Result<Action, String> {
    let held = || match verb {
        "grant" | "revoke" => holdings::grant(word, fixture),
        "give_role" | "take_role" => holdings::role(word, raw, fixture),
        "join_team" | "leave_team" => holdings::team(word, fixture).map(Held::Team),
        _ => holdings::workspace(word, fixture).map(Held::Member),
    };
    match verb {
        "insert" => change(Verb::Insert, word, raw, fixture),
        "update" => change(Verb::Update, word, raw, fixture),
        "remove" => change(Verb::Remove, word, raw, fixture),
        "activate" => Ok(Action::SetActive(known(word, fixture)?, true)),
        "deactivate" => Ok(Action::SetActive(known(word, fixture)?, false)),
        "hand_over" => hand_over(word, raw, fixture),
        "belongs_to" => belongs_to(word, raw, fixture),
        "ask" => ask::parse(word, raw, fixture).map(Action::Ask),
        "event" => Ok(Action::Event {
            event_type: word.to_owned(),
            about: raw.about.as_ref().map(|row| parse_row(row, fixture)).transpose()?.map(|(row, _)| row),
            refused: raw.refused.clone(),
        }),
        "until" => time(word).map(Action::Until),
        "clock" => time(word).map(Action::Clock),
        "grant" | "give_role" | "add_to_workspace" | "join_team" => {
            Ok(Action::Give(holder(raw.of.as_ref(), fixture)?, held()?))
        }
        _ => Ok(Action::Remove(holder(raw.of.as_ref(), fixture)?, held()?)),
    }
}

fn hand_over(from: &str, raw: &RawStep, fixture: &Fixture) -> Result<Action, String> {
    let by = raw.asker.as_ref().ok_or("say who hands it over: `by = \"user:root\"`")?;
    Ok(Action::HandOver {
        from: person(from, fixture)?,
        to: raw.to.as_ref().map(|to| person(to, fixture)).transpose()?,
        by: person(by, fixture)?,
        point: ask::point(raw)?,
    })
}

fn belongs_to(site: &str, raw: &RawStep, fixture: &Fixture) -> Result<Action, String> {
    let of = raw.of.as_ref().ok_or("say who belongs to it: `of = \"user:eve\"`")?;
    let other = SiteId::try_from(site.to_owned()).map_err(|error| error.to_string())?;
    if other == fixture.seed.site {
        return Err(format!("`{site}` is the site that everyone belongs to: name another"));
    }
    Ok(Action::BelongsTo(person(of, fixture)?, other))
}

fn time(word: &str) -> Result<i64, String> {
    timestamp::parse(word).ok_or_else(|| format!("`{word}` is no time such as `2026-11-21T09:30:00Z`"))
}

fn change(verb: Verb, row: &str, raw: &RawStep, fixture: &Fixture) -> Result<Action, String> {
    let (row, dataset) = parse_row(row, fixture)?;
    let by = raw.by.as_ref().map(|id| known(id, fixture)).transpose()?;
    let mut fields = Vec::new();
    for (name, value) in &raw.fields {
        fields.push(field(dataset, name, &json::of_toml(value)?)?);
    }
    for name in &raw.nulls {
        fields.push(field(dataset, name, &Json::Null)?);
    }
    Ok(Action::Change { verb, row, by, fields, quiet: raw.quiet })
}

fn field(dataset: &DatasetDef, name: &str, json: &Json) -> Result<Field, String> {
    let column = dataset.column(name).ok_or_else(|| no_column(dataset, name))?;
    Ok(Field { name: name.to_owned(), value: cell::from_json(column, json)? })
}

/// `deals/1`, of a dataset that the fixture has.
pub(super) fn parse_row<'a>(text: &str, fixture: &'a Fixture) -> Result<(RowRef, &'a DatasetDef), String> {
    let (name, id) = text.split_once('/').ok_or_else(|| format!("`{text}` is no row such as `deals/1`"))?;
    let dataset = fixture.seed.schema.dataset(name).ok_or_else(|| no_dataset(&fixture.seed.schema, name))?;
    row_id_problem(id).map_or(Ok(()), Err)?;
    Ok((RowRef { dataset: name.to_owned(), id: id.to_owned() }, dataset))
}

/// A person or team of the fixture.
pub(super) fn known(text: &str, fixture: &Fixture) -> Result<PrincipalId, String> {
    let id = PrincipalId::parse(text).map_err(|error| error.to_string())?;
    let person = fixture.seed.people.iter().any(|person| person.id == id);
    let team = fixture.seed.teams.iter().any(|team| team.id == id);
    if person || team { Ok(id) } else { Err(format!("`{id}` is neither among `people` nor among `teams`")) }
}

/// A person, a team or the site of the fixture.
pub(super) fn anyone(text: &str, fixture: &Fixture) -> Result<PrincipalId, String> {
    let id = PrincipalId::parse(text).map_err(|error| error.to_string())?;
    let own = id.kind() == PrincipalKind::Site && id.name() == fixture.seed.site.as_str();
    if own { Ok(id) } else { known(text, fixture) }
}

/// A person of the fixture.
pub(super) fn person(word: &str, fixture: &Fixture) -> Result<PrincipalId, String> {
    let id = known(word, fixture)?;
    if id.kind() == PrincipalKind::User { Ok(id) } else { Err(format!("`{id}` is no person")) }
}

fn holder(of: Option<&String>, fixture: &Fixture) -> Result<PrincipalId, String> {
    known(of.ok_or("say whose right it is: `of = \"user:ana\"`")?, fixture)
}
