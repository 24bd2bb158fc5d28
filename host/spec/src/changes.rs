//! A story of changes that people make by hand, one JSON object a line: what a demo plays and a test replays.
//!
//! ```json
//! {"verb": "update", "as": "user:ana", "dataset": "deals", "id": "1001", "fields": {"amount": "12.50"}, "note": "why"}
//! ```

use std::path::Path;

use mandate_model::{Field, PrincipalId, RowRef};
use mandate_policy::{DataSchema, DatasetDef};
use mandate_service::embedded::row_id_problem;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::json::{object, plain};
use crate::known::{no_column, no_dataset};
use crate::problem::{FixtureError, Place, Problem};
use crate::text::Text;
use crate::{cell, folder};

/// What is done to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// It is added with these cells; columns left out are null.
    Insert,
    /// These cells are set.
    Update,
    /// It is removed.
    Remove,
}

impl Verb {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Remove => "remove",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is done.
    pub verb: Verb,
    /// Who does it.
    pub by: PrincipalId,
    /// To which row.
    pub row: RowRef,
    /// The cells that are named, with values of the columns' types; nulls too.
    pub fields: Vec<Field>,
    /// Why it is in the story; may be empty.
    pub note: String,
    /// Where it stands.
    pub place: Place,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    verb: Verb,
    #[serde(rename = "as")]
    by: String,
    dataset: String,
    id: String,
    #[serde(default)]
    fields: Map<String, Json>,
    #[serde(default)]
    note: String,
}

/// Reads a story for datasets of this schema; all that is wrong is in the error.
pub fn load(path: &Path, schema: &DataSchema) -> Result<Vec<Step>, FixtureError> {
    parse(&folder::open(path)?.0, schema)
}

/// Reads a story from text.
pub fn parse(text: &Text, schema: &DataSchema) -> Result<Vec<Step>, FixtureError> {
    let (mut steps, mut problems) = (Vec::new(), Vec::new());
    for (index, line) in text.as_str().lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match step(line, text.at_line(index + 1, 1), schema) {
            Ok(step) => steps.push(step),
            Err((column, message)) => {
                problems.push(Problem { place: text.at_line(index + 1, column), message });
            }
        }
    }
    if problems.is_empty() { Ok(steps) } else { Err(FixtureError::new(problems)) }
}

/// An error has its column.
fn step(line: &str, place: Place, schema: &DataSchema) -> Result<Step, (usize, String)> {
    let at = |key: &str| {
        let before = line.split(&format!("\"{key}\"")).next().unwrap_or_default();
        if before.len() == line.len() { 1 } else { before.chars().count() + 1 }
    };
    object(line).map_err(|error| (error.column, error.message))?;
    let Line { verb, by, dataset, id, fields, note } =
        serde_json::from_str(line).map_err(|error| (error.column().max(1), plain(&error)))?;
    let by = PrincipalId::parse(&by).map_err(|error| (at("as"), error.to_string()))?;
    let def = schema.dataset(&dataset).ok_or_else(|| (at("dataset"), no_dataset(schema, &dataset)))?;
    row_id_problem(&id).map_or(Ok(()), |message| Err((at("id"), message)))?;
    if (verb == Verb::Update) == fields.is_empty() && verb != Verb::Insert {
        return Err((at("fields"), "an update names the `fields` that it sets, a removal none".to_owned()));
    }
    let fields = cells(def, &fields, verb).map_err(|(key, message)| (at(&key), message))?;
    Ok(Step { verb, by, row: RowRef { dataset, id }, fields, note, place })
}

/// In the order of the dataset's columns. An error has the key that it is about.
fn cells(def: &DatasetDef, fields: &Map<String, Json>, verb: Verb) -> Result<Vec<Field>, (String, String)> {
    if let Some(unknown) = fields.keys().find(|name| def.column(name).is_none()) {
        return Err((unknown.clone(), no_column(def, unknown)));
    }
    let mut found = Vec::new();
    for column in &def.columns {
        let given = fields.get(&column.name);
        // Columns left out are checked like nulls, but not named: who may not set a column can still add a row without it.
        if given.is_some() || (verb == Verb::Insert && !column.nullable) {
            let value = cell::from_json(column, given.unwrap_or(&Json::Null));
            let value = value.map_err(|message| (column.name.clone(), message))?;
            found.push(Field { name: column.name.clone(), value });
        }
    }
    Ok(found)
}
