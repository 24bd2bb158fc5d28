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
//! run = true                       # what was accepted so far is run now; it is at the end anyway
//! ```
//!
//! A change by hand is accepted as an event at once, and run at the next `run`.

use std::collections::BTreeMap;

use mandate_model::{Field, PrincipalId, RowRef};
use mandate_policy::{DatasetDef, Grant, Right};
use serde::Deserialize;
use serde_json::Value as Json;
use toml::Spanned;

use crate::changes::Verb;
use crate::fixture::Fixture;
use crate::known::{no_column, no_dataset};
use crate::problem::{FixtureError, Place, Problem};
use crate::rows::id_problem;
use crate::text::Text;
use crate::{cell, json};

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What.
    pub action: Action,
    /// Where it stands.
    pub place: Place,
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
    /// A right is given.
    Grant(PrincipalId, Grant),
    /// A right is taken away.
    Revoke(PrincipalId, Grant),
    /// A person may act and be told things, or no longer.
    SetActive(PrincipalId, bool),
    /// What was accepted so far is run.
    Run,
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
    run: Option<bool>,
    #[serde(rename = "as")]
    by: Option<String>,
    of: Option<String>,
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

fn action(raw: &RawStep, fixture: &Fixture) -> Result<Action, String> {
    let verbs = [&raw.insert, &raw.update, &raw.remove, &raw.grant, &raw.revoke, &raw.activate, &raw.deactivate];
    if verbs.iter().filter(|verb| verb.is_some()).count() + usize::from(raw.run.is_some()) != 1 {
        let verbs = "`insert`, `update`, `remove`, `grant`, `revoke`, `activate`, `deactivate` and `run`";
        return Err(format!("a step is exactly one of {verbs}"));
    }
    match raw {
        RawStep { insert: Some(row), .. } => change(Verb::Insert, row, raw, fixture),
        RawStep { update: Some(row), .. } => change(Verb::Update, row, raw, fixture),
        RawStep { remove: Some(row), .. } => change(Verb::Remove, row, raw, fixture),
        RawStep { grant: Some(grant), of, .. } => {
            Ok(Action::Grant(holder(of.as_ref(), fixture)?, parse_grant(grant, fixture)?))
        }
        RawStep { revoke: Some(grant), of, .. } => {
            Ok(Action::Revoke(holder(of.as_ref(), fixture)?, parse_grant(grant, fixture)?))
        }
        RawStep { activate: Some(id), .. } => Ok(Action::SetActive(known(id, fixture)?, true)),
        RawStep { deactivate: Some(id), .. } => Ok(Action::SetActive(known(id, fixture)?, false)),
        _ => Ok(Action::Run),
    }
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
    id_problem(id).map_or(Ok(()), Err)?;
    Ok((RowRef { dataset: name.to_owned(), id: id.to_owned() }, dataset))
}

/// A person or team of the fixture.
pub(super) fn known(text: &str, fixture: &Fixture) -> Result<PrincipalId, String> {
    let id = PrincipalId::parse(text).map_err(|error| error.to_string())?;
    let person = fixture.seed.people.iter().any(|person| person.id == id);
    let team = fixture.seed.teams.iter().any(|team| team.id == id);
    if person || team { Ok(id) } else { Err(format!("`{id}` is neither among `people` nor among `teams`")) }
}

fn holder(of: Option<&String>, fixture: &Fixture) -> Result<PrincipalId, String> {
    known(of.ok_or("say whose right it is: `of = \"user:ana\"`")?, fixture)
}

/// `read deals`.
fn parse_grant(text: &str, fixture: &Fixture) -> Result<Grant, String> {
    let (right, dataset) = text.split_once(' ').ok_or_else(|| format!("`{text}` is no grant such as `read deals`"))?;
    let right = Right::parse(right).ok_or_else(|| format!("`{right}` is no right"))?;
    if fixture.seed.schema.dataset(dataset).is_none() {
        return Err(no_dataset(&fixture.seed.schema, dataset));
    }
    Ok(Grant { right, dataset: dataset.to_owned() })
}
