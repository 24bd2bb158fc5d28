//! Events as people write them: CloudEvents in JSON files, or the short form of the command line.

use mandate_model::{Occurrence, SiteId};
use mandate_policy::DataSchema;
use mandate_service::cloud_event::{CloudEvent, VERSION};
use serde_json::json;

use crate::problem::FixtureError;
use crate::text::Text;

/// What the `source` of an event in short form is.
pub const SHORT_SOURCE: &str = "mandate";

/// Reads an event: a [`CloudEvent`] if it begins with `{`, else the [short form](short). `now` (microseconds since
/// 1970-01-01T00:00:00Z) is the time of an event that does not say one.
pub fn parse(text: &Text, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, FixtureError> {
    let json = text.as_str();
    if !json.trim_start().starts_with('{') {
        return short(json.trim(), site, schema, now).map_err(|message| FixtureError::one(text.at(0), message));
    }
    let event = CloudEvent::parse(json)
        .map_err(|error| FixtureError::one(text.at_line(error.line, error.column), error.message))?;
    event.occurrence(site, schema, now).map_err(|error| {
        let offset = json.find(&format!("\"{}\"", error.field)).unwrap_or(0);
        FixtureError::one(text.at(offset), error.message)
    })
}

/// Reads `row.added:deals/1001`, `row.removed:deals/1001` or `row.updated[amount,stage]:deals/1001`, with the columns that
/// changed in brackets (without: the platform cannot say), or `event:com.acme.paid:deals/1001`, with or without a row. Its id is the
/// text and the time, its source [`SHORT_SOURCE`].
pub fn short(text: &str, site: &SiteId, schema: &DataSchema, now: i64) -> Result<Occurrence, String> {
    let (event_type, subject, columns) = match text.strip_prefix("event:") {
        Some(custom) => {
            let (name, about) = custom.split_once(':').map_or((custom, None), |(name, about)| (name, Some(about)));
            (name.to_owned(), about, None)
        }
        None => row_change(text)?,
    };
    let changed = |columns: &str| columns.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>();
    let event = CloudEvent {
        specversion: VERSION.to_owned(),
        event_type,
        source: SHORT_SOURCE.to_owned(),
        id: format!("{text}@{now}"),
        subject: subject.map(str::to_owned),
        time: None,
        datacontenttype: None,
        data: columns.map(|columns| json!({ "changed": changed(columns) })),
    };
    event.occurrence(site, schema, now).map_err(|error| error.message)
}

/// Type, subject and columns of what happened to a row.
fn row_change(text: &str) -> Result<(String, Option<&str>, Option<&str>), String> {
    let forms = "write `row.added:dataset/id`, `row.updated[column,column]:dataset/id`, `row.removed:dataset/id` or \
                 `event:TYPE:dataset/id`";
    let (kind, subject) = text.split_once(':').ok_or_else(|| format!("`{text}` is no event: {forms}"))?;
    let (kind, columns) = match kind.split_once('[') {
        Some((kind, columns)) => {
            (kind, Some(columns.strip_suffix(']').ok_or_else(|| format!("a `]` is missing: {forms}"))?))
        }
        None => (kind, None),
    };
    if !["row.added", "row.updated", "row.removed"].contains(&kind) {
        return Err(format!("`{kind}` is no type of event: {forms}"));
    }
    Ok((format!("mandate.{kind}"), Some(subject), columns))
}
