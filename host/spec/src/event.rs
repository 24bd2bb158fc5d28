//! Events as people and other systems write them: CloudEvents in JSON, or the short form of the command line.

use mandate_model::{Change, Field, Occurrence, RowRef, SiteId, Subject};
use mandate_policy::{DataSchema, DatasetDef};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::json::{object, plain};
use crate::known::{no_column, no_dataset};
use crate::problem::FixtureError;
use crate::rows::id_problem;
use crate::text::Text;
use crate::{cell, timestamp};

/// What the `source` of an event in short form is.
pub const SHORT_SOURCE: &str = "mandate";

/// A CloudEvent in structured mode. Attributes of other extensions are allowed, as CloudEvents has it, and ignored.
#[derive(Deserialize)]
struct CloudEvent {
    specversion: String,
    #[serde(rename = "type")]
    event_type: String,
    source: String,
    id: String,
    subject: Option<String>,
    time: Option<String>,
    datacontenttype: Option<String>,
    data: Option<Data>,
}

/// For the host alone: a guest never sees it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    changed: Option<Vec<String>>,
    image: Option<Map<String, Json>>,
}

/// Reads an event: a CloudEvent if it begins with `{`, else the [short form](short). `now` (microseconds since
/// 1970-01-01T00:00:00Z) is the time of an event that does not say one.
///
/// Types are `mandate.row.added`, `mandate.row.updated` and `mandate.row.removed`, the `subject` is `dataset/id`, and `data` may
/// hold `changed` (for an update, the columns that changed) and `image` (for a removal, the row as it last was).
pub fn parse(text: &Text, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, FixtureError> {
    let json = text.as_str();
    if !json.trim_start().starts_with('{') {
        return short(json.trim(), site, schema, now).map_err(|message| FixtureError::one(text.at(0), message));
    }
    object(json).map_err(|error| FixtureError::one(text.at_line(error.line, error.column), error.message))?;
    let event: CloudEvent = serde_json::from_str(json)
        .map_err(|error| FixtureError::one(text.at_line(error.line().max(1), error.column().max(1)), plain(&error)))?;
    occurrence(event, site, schema, now).map_err(|(key, message)| {
        let offset = json.find(&format!("\"{key}\"")).unwrap_or(0);
        FixtureError::one(text.at(offset), message)
    })
}

/// Reads `row.added:deals/1001`, `row.removed:deals/1001` or `row.updated[amount,stage]:deals/1001`, with the columns that
/// changed in brackets (without: the platform cannot say). Its id is the text and the time, its source [`SHORT_SOURCE`].
pub fn short(text: &str, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, String> {
    let forms = "write `row.added:dataset/id`, `row.updated[column,column]:dataset/id` or `row.removed:dataset/id`";
    let (kind, subject) = text.split_once(':').ok_or_else(|| format!("`{text}` is no event: {forms}"))?;
    let (kind, columns) = match kind.split_once('[') {
        Some((kind, columns)) => {
            (kind, Some(columns.strip_suffix(']').ok_or_else(|| format!("a `]` is missing: {forms}"))?))
        }
        None => (kind, None),
    };
    let change = change(kind.strip_prefix("row.").unwrap_or_default())
        .ok_or_else(|| format!("`{kind}` is no type of event: {forms}"))?;
    let (row, dataset) = row(subject, schema)?;
    let changed = columns.map(|columns| columns.split(',').map(|name| name.trim().to_owned()).collect());
    Ok(Occurrence {
        site: site.clone(),
        source: SHORT_SOURCE.to_owned(),
        id: format!("{text}@{now}"),
        at: now,
        change,
        subject: Subject::Row(row),
        changed: check_changed(changed, change, dataset)?,
        image: None,
        cause: None,
    })
}

fn change(word: &str) -> Option<Change> {
    match word {
        "added" => Some(Change::Added),
        "updated" => Some(Change::Updated),
        "removed" => Some(Change::Removed),
        _ => None,
    }
}

fn row<'a>(subject: &str, schema: &'a DataSchema) -> Result<(RowRef, &'a DatasetDef), String> {
    let (name, id) = subject.split_once('/').ok_or_else(|| format!("`{subject}` is no row: write `dataset/id`"))?;
    let dataset = schema.dataset(name).ok_or_else(|| no_dataset(schema, name))?;
    id_problem(id).map_or(Ok(()), Err)?;
    Ok((RowRef { dataset: name.to_owned(), id: id.to_owned() }, dataset))
}

/// An error names the key that it is about.
fn occurrence(
    event: CloudEvent,
    site: &SiteId,
    schema: &DataSchema,
    now: i64,
) -> Result<Occurrence, (&'static str, String)> {
    if event.specversion != "1.0" {
        return Err(("specversion", format!("`{}` is no version of CloudEvents known here: `1.0`", event.specversion)));
    }
    if event.source.is_empty() || event.id.is_empty() {
        return Err(("source", "`source` and `id` must not be empty: together they are accepted once".to_owned()));
    }
    if event.datacontenttype.as_deref().is_some_and(|kind| kind != "application/json") {
        return Err(("datacontenttype", "`data` must be `application/json`".to_owned()));
    }
    let types = "`mandate.row.added`, `mandate.row.updated` or `mandate.row.removed`";
    let change = change(event.event_type.strip_prefix("mandate.row.").unwrap_or_default())
        .ok_or_else(|| ("type", format!("the type `{}` is not known: {types}", event.event_type)))?;
    let subject = event.subject.ok_or(("type", "the event needs a `subject` such as `deals/1001`".to_owned()))?;
    let (row, dataset) = row(&subject, schema).map_err(|message| ("subject", message))?;
    let at = event.time.map_or(Ok(now), |time| {
        timestamp::parse(&time).ok_or_else(|| ("time", format!("`{time}` is no time such as `2026-11-21T09:30:00Z`")))
    })?;
    let (changed, image) = event.data.map_or((None, None), |data| (data.changed, data.image));
    Ok(Occurrence {
        site: site.clone(),
        source: event.source,
        id: event.id,
        at,
        change,
        subject: Subject::Row(row),
        changed: check_changed(changed, change, dataset).map_err(|message| ("changed", message))?,
        image: check_image(image, change, dataset).map_err(|message| ("image", message))?,
        cause: None,
    })
}

fn check_changed(
    changed: Option<Vec<String>>,
    change: Change,
    dataset: &DatasetDef,
) -> Result<Option<Vec<String>>, String> {
    let Some(columns) = changed else { return Ok(None) };
    if change != Change::Updated {
        return Err("only an update says which columns `changed`".to_owned());
    }
    match columns.iter().find(|name| dataset.column(name).is_none()) {
        Some(unknown) => Err(no_column(dataset, unknown)),
        None => Ok(Some(columns)),
    }
}

/// The last image, in the order of the dataset's columns; columns left out are null.
fn check_image(
    image: Option<Map<String, Json>>,
    change: Change,
    dataset: &DatasetDef,
) -> Result<Option<Vec<Field>>, String> {
    let Some(image) = image else { return Ok(None) };
    if change != Change::Removed {
        return Err("only a removal carries an `image`".to_owned());
    }
    if let Some(unknown) = image.keys().find(|name| dataset.column(name).is_none()) {
        return Err(no_column(dataset, unknown));
    }
    let field = |column: &mandate_policy::ColumnDef| {
        let value = cell::from_json(column, image.get(&column.name).unwrap_or(&Json::Null))?;
        Ok(Field { name: column.name.clone(), value })
    };
    dataset.columns.iter().map(field).collect::<Result<_, _>>().map(Some)
}
