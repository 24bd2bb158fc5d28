//! Events as other systems write them: [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), read
//! with the schema of the platform.

use mandate_model::{Change, CustomRef, Field, Occurrence, RowRef, SiteId, Subject, timestamp};
use mandate_policy::{ColumnDef, DataSchema, DatasetDef};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::{
    cell,
    embedded::row_id_problem,
    intake::{EventError, EventProblem},
    json::{Malformed, object, plain},
    known::{no_column, no_dataset},
};

/// Most bytes of an event that is read.
pub const MAX_EVENT: usize = 2 << 20;
/// The version of CloudEvents that is read.
pub const VERSION: &str = "1.0";

/// A CloudEvent. Attributes of extensions are allowed, as CloudEvents has it, and ignored.
///
/// Types are `mandate.row.added`, `mandate.row.updated` and `mandate.row.removed`, the `subject` is `dataset/id`, and `data` may
/// hold `changed` (for an update, the columns that changed) and `image` (for a removal, the row as it last was). Any other type is
/// the platform's own: its `subject` is the row or file (`/folder/name`) that it is about, or left out, and of its `data` nothing is
/// kept, since a guest reads what there is to know of the row, as somebody who may.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CloudEvent {
    /// [`VERSION`].
    pub specversion: String,
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Where.
    pub source: String,
    /// Which: with the source, accepted once.
    pub id: String,
    /// To what.
    pub subject: Option<String>,
    /// When, as RFC 3339 has it.
    pub time: Option<String>,
    /// A media type: JSON is read and nothing else.
    pub datacontenttype: Option<String>,
    /// What is told of it.
    pub data: Option<Json>,
}

/// Of an event about a row, for the host alone: a guest never sees it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    changed: Option<Vec<String>>,
    image: Option<Map<String, Json>>,
}

/// Reads one CloudEvent in structured mode; `now` (microseconds since 1970-01-01T00:00:00Z) is the time of an event that does not
/// say one. What is wrong is told by its attribute, with a code.
pub fn read(json: &str, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, EventError> {
    if json.len() > MAX_EVENT {
        return Err(EventProblem::TooLarge.at("event", format!("an event has at most {MAX_EVENT} bytes")));
    }
    let event = CloudEvent::parse(json).map_err(|error| EventProblem::Malformed.at("event", error.message))?;
    event.occurrence(site, schema, now)
}

impl CloudEvent {
    /// Reads the JSON of one. What is no JSON object, what has a key twice and what lacks an attribute is told where it stands.
    pub fn parse(json: &str) -> Result<Self, Malformed> {
        object(json)?;
        serde_json::from_str(json).map_err(|error| Malformed {
            line: error.line().max(1),
            column: error.column().max(1),
            message: plain(&error),
        })
    }

    /// One of many, which were read as strictly.
    pub fn of(json: Json) -> Result<Self, EventError> {
        serde_json::from_value(json).map_err(|error| EventProblem::Malformed.at("event", plain(&error)))
    }

    /// What it says that happened. It is checked with the schema; what else is asked of an occurrence, the intake asks.
    pub fn occurrence(self, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, EventError> {
        let malformed = |field, message: String| Err(EventProblem::Malformed.at(field, message));
        if self.specversion != VERSION {
            let version = &self.specversion;
            return malformed(
                "specversion",
                format!("`{version}` is no version of CloudEvents known here: `{VERSION}`"),
            );
        }
        if self.source.is_empty() || self.id.is_empty() {
            return malformed("source", "`source` and `id` must not be empty: together they are accepted once".into());
        }
        if !self.datacontenttype.as_deref().is_none_or(is_json) {
            return malformed("datacontenttype", "`data` must be `application/json`".to_owned());
        }
        let at = self.time.as_ref().map_or(Ok(now), |time| {
            let no_time =
                || EventProblem::Time.at("time", format!("`{time}` is no time such as `2026-11-21T09:30:00Z`"));
            timestamp::parse(time).ok_or_else(no_time)
        })?;
        let (change, subject, changed, image) = about(self.event_type, self.subject, self.data, schema)?;
        let (source, id) = (self.source, self.id);
        Ok(Occurrence { site: site.clone(), source, id, at, change, subject, changed, image, cause: None })
    }
}

/// Whether a media type is JSON's, whatever its parameters.
fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// What happened to what, and what the host alone is told of it.
type About = (Change, Subject, Option<Vec<String>>, Option<Vec<Field>>);

fn about(name: String, subject: Option<String>, data: Option<Json>, schema: &DataSchema) -> Result<About, EventError> {
    if name != "mandate" && !name.starts_with("mandate.") {
        return Ok((Change::Other, custom(name, subject, schema)?, None, None));
    }
    let types = "`mandate.row.added`, `mandate.row.updated` or `mandate.row.removed`";
    let change = change(name.strip_prefix("mandate.row.").unwrap_or_default()).ok_or_else(|| {
        EventProblem::UnknownType.at("type", format!("the type `{name}` is not known: {types}, or one of your own"))
    })?;
    let subject = subject
        .ok_or_else(|| EventProblem::Malformed.at("type", "the event needs a `subject` such as `deals/1001`"))?;
    let (row, dataset) = row(&subject, schema).map_err(|message| EventProblem::Subject.at("subject", message))?;
    let data: Option<Data> =
        data.map(serde_json::from_value).transpose().map_err(|error| EventProblem::Data.at("data", plain(&error)))?;
    let (changed, image) = data.map_or((None, None), |data| (data.changed, data.image));
    let wrong = |field| move |message| EventProblem::Data.at(field, message);
    let changed = check_changed(changed, change, dataset).map_err(wrong("changed"))?;
    let image = check_image(image, change, dataset).map_err(wrong("image"))?;
    Ok((change, Subject::Row(row), changed, image))
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
    row_id_problem(id).map_or(Ok(()), Err)?;
    Ok((RowRef { dataset: name.to_owned(), id: id.to_owned() }, dataset))
}

/// The subject of an event of the platform's own type.
fn custom(event_type: String, about: Option<String>, schema: &DataSchema) -> Result<Subject, EventError> {
    let mut custom = CustomRef { event_type, about: None, file: None };
    match about {
        Some(path) if path.starts_with('/') => custom.file = Some(path),
        Some(subject) => {
            let found = row(&subject, schema).map_err(|message| EventProblem::Subject.at("subject", message))?;
            custom.about = Some(found.0);
        }
        None => {}
    }
    Ok(Subject::Custom(custom))
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
    let field = |column: &ColumnDef| {
        let value = cell::from_json(column, image.get(&column.name).unwrap_or(&Json::Null))?;
        Ok(Field { name: column.name.clone(), value })
    };
    dataset.columns.iter().map(field).collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use mandate_policy::ColumnType;

    use super::*;

    const ADDED: &str = r#"{
      "specversion": "1.0",
      "type": "mandate.row.added",
      "source": "crm",
      "id": "e1",
      "subject": "deals/a/b",
      "time": "1970-01-01T00:00:01Z"
    }"#;

    fn told(json: &str) -> Result<Occurrence, (&'static str, &'static str)> {
        let column = ColumnDef { name: "amount".to_owned(), column_type: ColumnType::Decimal(2), nullable: false };
        let deals = DatasetDef { name: "deals".to_owned(), columns: vec![column], any_change: false };
        let schema = DataSchema { datasets: vec![deals], attributes: vec![] };
        let site = SiteId::parse("acme").unwrap();
        read(json, &site, &schema, 7).map_err(|error| (error.problem.code(), error.field))
    }

    #[test]
    fn an_intake_is_told_what_is_wrong_by_code_and_attribute() {
        for (text, expected) in [
            ("[]".to_owned(), ("M0201", "event")),
            (ADDED.replace("\"e1\"", "\"e1\", \"id\": \"e2\""), ("M0201", "event")),
            (ADDED.replace("specversion", "version"), ("M0201", "event")),
            (ADDED.replace("1.0", "0.3"), ("M0201", "specversion")),
            (
                ADDED.replace("\"time\"", "\"datacontenttype\": \"application/jsonp\", \"time\""),
                ("M0201", "datacontenttype"),
            ),
            (format!("{ADDED}{}", " ".repeat(MAX_EVENT)), ("M0202", "event")),
            (ADDED.replace("row.added", "row.moved"), ("M0203", "type")),
            (ADDED.replace("mandate.row.added", "mandate"), ("M0203", "type")),
            (ADDED.replace("deals/a/b", "leads/1"), ("M0204", "subject")),
            (ADDED.replace("1970-01-01T00", "1970-01-01 00"), ("M0205", "time")),
            (ADDED.replace("\"time\"", "\"data\": 7, \"time\""), ("M0206", "data")),
        ] {
            assert_eq!(told(&text), Err(expected), "{}", text.get(..80).unwrap_or(&text));
        }
    }

    #[test]
    fn a_media_type_has_parameters_and_no_case() {
        for kind in ["application/json", "Application/JSON; charset=utf-8", "application/json;charset=utf-8"] {
            let text = ADDED.replace("\"time\"", &format!("\"datacontenttype\": \"{kind}\", \"time\""));
            assert_eq!(told(&text).unwrap().id, "e1", "{kind}");
        }
    }
}
