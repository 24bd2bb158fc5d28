//! Events as people and other systems write them: CloudEvents in JSON, or the short form of the command line.

use mandate_model::{Change, CustomRef, Field, Occurrence, RowRef, SiteId, Subject, timestamp};
use mandate_policy::{DataSchema, DatasetDef};
use mandate_service::{EventError, EventProblem};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::cell;
use crate::json::{object, plain};
use crate::known::{no_column, no_dataset};
use crate::problem::FixtureError;
use crate::rows::id_problem;
use crate::text::Text;

/// What the `source` of an event in short form is.
pub const SHORT_SOURCE: &str = "mandate";

/// Most bytes of an event that is read.
pub const MAX_EVENT: usize = 2 << 20;

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
    data: Option<Json>,
}

/// Of an event about a row, for the host alone: a guest never sees it.
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
/// hold `changed` (for an update, the columns that changed) and `image` (for a removal, the row as it last was). Any other type is
/// the platform's own: its `subject` is the row or file (`/folder/name`) that it is about, or left out, and of its `data` nothing is
/// kept, since a guest reads what there is to know of the row, as somebody who may.
pub fn parse(text: &Text, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, FixtureError> {
    let json = text.as_str();
    if !json.trim_start().starts_with('{') {
        return short(json.trim(), site, schema, now).map_err(|message| FixtureError::one(text.at(0), message));
    }
    object(json).map_err(|error| FixtureError::one(text.at_line(error.line, error.column), error.message))?;
    let event: CloudEvent = serde_json::from_str(json)
        .map_err(|error| FixtureError::one(text.at_line(error.line().max(1), error.column().max(1)), plain(&error)))?;
    occurrence(event, site, schema, now).map_err(|error| {
        let offset = json.find(&format!("\"{}\"", error.field)).unwrap_or(0);
        FixtureError::one(text.at(offset), error.message)
    })
}

/// Reads one CloudEvent for an intake: what is wrong is told by its attribute, with a code.
pub fn read(json: &str, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, EventError> {
    if json.len() > MAX_EVENT {
        return Err(EventProblem::TooLarge.at("event", format!("an event has at most {MAX_EVENT} bytes")));
    }
    object(json).map_err(|error| EventProblem::Malformed.at("event", error.message))?;
    let event: CloudEvent =
        serde_json::from_str(json).map_err(|error| EventProblem::Malformed.at("event", plain(&error)))?;
    occurrence(event, site, schema, now)
}

/// Reads `row.added:deals/1001`, `row.removed:deals/1001` or `row.updated[amount,stage]:deals/1001`, with the columns that
/// changed in brackets (without: the platform cannot say), or `event:com.acme.paid:deals/1001`, with or without a row. Its id is the
/// text and the time, its source [`SHORT_SOURCE`].
pub fn short(text: &str, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, String> {
    let forms = "write `row.added:dataset/id`, `row.updated[column,column]:dataset/id`, `row.removed:dataset/id` or \
                 `event:TYPE:dataset/id`";
    let happened = |change, subject, changed| Occurrence {
        site: site.clone(),
        source: SHORT_SOURCE.to_owned(),
        id: format!("{text}@{now}"),
        at: now,
        change,
        subject,
        changed,
        image: None,
        cause: None,
    };
    if let Some(custom) = text.strip_prefix("event:") {
        let (event_type, about) = custom.split_once(':').map_or((custom, None), |(name, about)| (name, Some(about)));
        let subject = custom_of(event_type, about, schema).map_err(|error| error.message)?;
        return Ok(happened(Change::Other, subject, None));
    }
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
    Ok(happened(change, Subject::Row(row), check_changed(changed, change, dataset)?))
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

/// The subject of an event of the platform's own type.
fn custom_of(event_type: &str, about: Option<&str>, schema: &DataSchema) -> Result<Subject, EventError> {
    let mut custom = CustomRef { event_type: event_type.to_owned(), about: None, file: None };
    match about {
        Some(path) if path.starts_with('/') => custom.file = Some(path.to_owned()),
        Some(subject) => {
            let found = row(subject, schema).map_err(|message| EventProblem::Subject.at("subject", message))?;
            custom.about = Some(found.0);
        }
        None => {}
    }
    Ok(Subject::Custom(custom))
}

fn occurrence(event: CloudEvent, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, EventError> {
    let malformed = |field, message: String| Err(EventProblem::Malformed.at(field, message));
    if event.specversion != "1.0" {
        let version = &event.specversion;
        return malformed("specversion", format!("`{version}` is no version of CloudEvents known here: `1.0`"));
    }
    if event.source.is_empty() || event.id.is_empty() {
        return malformed("source", "`source` and `id` must not be empty: together they are accepted once".to_owned());
    }
    if event.datacontenttype.as_deref().is_some_and(|kind| kind != "application/json") {
        return malformed("datacontenttype", "`data` must be `application/json`".to_owned());
    }
    let at = event.time.as_ref().map_or(Ok(now), |time| {
        let no_time = || EventProblem::Time.at("time", format!("`{time}` is no time such as `2026-11-21T09:30:00Z`"));
        timestamp::parse(time).ok_or_else(no_time)
    })?;
    let about = about(&event, schema)?;
    let CloudEvent { source, id, .. } = event;
    let (change, subject, changed, image) = about;
    Ok(Occurrence { site: site.clone(), source, id, at, change, subject, changed, image, cause: None })
}

/// What happened to what, and what the host alone is told of it.
type About = (Change, Subject, Option<Vec<String>>, Option<Vec<Field>>);

fn about(event: &CloudEvent, schema: &DataSchema) -> Result<About, EventError> {
    let name = event.event_type.as_str();
    if name != "mandate" && !name.starts_with("mandate.") {
        return Ok((Change::Other, custom_of(name, event.subject.as_deref(), schema)?, None, None));
    }
    let types = "`mandate.row.added`, `mandate.row.updated` or `mandate.row.removed`";
    let change = change(name.strip_prefix("mandate.row.").unwrap_or_default()).ok_or_else(|| {
        EventProblem::UnknownType.at("type", format!("the type `{name}` is not known: {types}, or one of your own"))
    })?;
    let subject = event
        .subject
        .as_ref()
        .ok_or_else(|| EventProblem::Malformed.at("type", "the event needs a `subject` such as `deals/1001`"))?;
    let (row, dataset) = row(subject, schema).map_err(|message| EventProblem::Subject.at("subject", message))?;
    let data: Option<Data> = event
        .data
        .clone()
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| EventProblem::Data.at("data", plain(&error)))?;
    let (changed, image) = data.map_or((None, None), |data| (data.changed, data.image));
    let wrong = |field| move |message| EventProblem::Data.at(field, message);
    let changed = check_changed(changed, change, dataset).map_err(wrong("changed"))?;
    let image = check_image(image, change, dataset).map_err(wrong("image"))?;
    Ok((change, Subject::Row(row), changed, image))
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
