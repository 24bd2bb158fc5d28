//! CloudEvents over HTTP, as [their binding](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md)
//! has it: one as a document, one in headers with its data as the body, or many as a document.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use data_encoding::HEXLOWER_PERMISSIVE;
use mandate_service::{
    EventError, EventProblem, ServiceError,
    cloud_event::{CloudEvent, MAX_EVENT},
    json,
};
use serde_json::Value;

use crate::{
    app::App,
    body::{Piece, read, takes},
    openapi::Doc,
    problem::Problem,
};

/// One event as a document.
pub(crate) const DOCUMENT: [&str; 2] = ["application/cloudevents+json", "application/json"];
/// Many as a document.
const BATCH: &str = "application/cloudevents-batch+json";
/// What else is told when it is none of them.
const TAKEN: &str =
    "this takes `application/cloudevents+json`, `application/cloudevents-batch+json`, or an event in `ce-…` headers";
/// Most events of a batch.
const MOST_EVENTS: usize = 500;
/// Most bytes of a batch.
const MOST_BYTES: usize = 4 << 20;
/// The attribute that says that an event is in the headers.
const BINARY: &str = "ce-specversion";

/// What was sent: each event as far as it could be read.
pub(crate) enum Sent {
    /// One.
    One(Box<Result<CloudEvent, EventError>>),
    /// Many, in their order.
    Batch(Vec<Result<CloudEvent, EventError>>),
}

impl FromRequest<App> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        if takes(&request, &[BATCH], TAKEN).is_ok() {
            return Ok(batch(&read(request, MOST_BYTES).await?).map_err(ServiceError::Event)?);
        }
        let headers = request.headers().clone();
        if is_binary(&headers) {
            return Ok(Self::One(Box::new(in_headers(&headers, &read(request, MAX_EVENT).await?))));
        }
        takes(&request, &DOCUMENT, TAKEN)?;
        Ok(Self::One(Box::new(document(&read(request, MAX_EVENT).await?))))
    }
}

impl Piece for Sent {
    fn describe(doc: &mut Doc) {
        doc.takes_bytes(&[DOCUMENT[0], DOCUMENT[1], BATCH]);
        for (name, about) in [
            (
                BINARY,
                "`1.0`, for an event in headers: then the body is its `data`; the other attributes are headers, too",
            ),
            ("ce-type", "what happened, for an event in headers"),
            ("ce-source", "the source of your token, for an event in headers"),
            ("ce-id", "which event, for one in headers"),
            ("ce-subject", "to what, for an event in headers: percent-encoded, as all of them"),
            ("ce-time", "when, for an event in headers"),
        ] {
            doc.header(name, about);
        }
        doc.refuses("400", "it cannot be read");
        doc.refuses("413", "too large");
        doc.refuses("415", "a type or encoding that is not taken");
        doc.refuses("422", "the event is refused; the code says why");
    }
}

/// Whether the event is in the headers. A document says of itself that it is one, whatever they say.
fn is_binary(headers: &HeaderMap) -> bool {
    let document = media_type(headers).is_some_and(|kind| kind.starts_with("application/cloudevents"));
    headers.contains_key(BINARY) && !document && !headers.contains_key(header::CONTENT_ENCODING)
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(header::CONTENT_TYPE)?.to_str().ok()?.trim().to_ascii_lowercase())
}

fn malformed(message: String) -> EventError {
    EventProblem::Malformed.at("event", message)
}

fn text(bytes: &[u8]) -> Result<&str, EventError> {
    std::str::from_utf8(bytes).map_err(|_| malformed("this is no text in UTF-8".to_owned()))
}

/// One event as a document.
pub(crate) fn document(bytes: &[u8]) -> Result<CloudEvent, EventError> {
    CloudEvent::parse(text(bytes)?).map_err(|error| malformed(error.to_string()))
}

/// What is no array of JSON is refused as a whole; each event of one is read for itself.
fn batch(bytes: &[u8]) -> Result<Sent, EventError> {
    match json::value(text(bytes)?).map_err(|error| malformed(error.to_string()))? {
        Value::Array(events) if events.len() <= MOST_EVENTS => {
            Ok(Sent::Batch(events.into_iter().map(CloudEvent::of).collect()))
        }
        Value::Array(_) => Err(EventProblem::TooLarge.at("event", format!("a batch has at most {MOST_EVENTS} events"))),
        other => Err(malformed(format!("this is {}: a batch is an array of events", json::kind(&other)))),
    }
}

/// One event in headers, with its data as the body.
fn in_headers(headers: &HeaderMap, body: &[u8]) -> Result<CloudEvent, EventError> {
    let must = |field| {
        let missing = || EventProblem::Malformed.at(field, format!("the header `ce-{field}` is missing"));
        attribute(headers, field)?.ok_or_else(missing)
    };
    let data = match body {
        [] => None,
        bytes => Some(json::value(text(bytes)?).map_err(|error| EventProblem::Data.at("data", error.to_string()))?),
    };
    Ok(CloudEvent {
        specversion: must("specversion")?,
        event_type: must("type")?,
        source: must("source")?,
        id: must("id")?,
        subject: attribute(headers, "subject")?,
        time: attribute(headers, "time")?,
        datacontenttype: media_type(headers),
        data,
    })
}

/// An attribute of an event in headers.
fn attribute(headers: &HeaderMap, field: &'static str) -> Result<Option<String>, EventError> {
    let name = format!("ce-{field}");
    let mut all = headers.get_all(&name).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(EventProblem::Malformed.at(field, format!("the header `{name}` stands twice"))),
        (Some(value), None) => decoded(value.as_bytes()).map(Some).ok_or_else(|| {
            let message = format!("the header `{name}` is not percent-encoded UTF-8: write `%` as `%25`");
            EventProblem::Malformed.at(field, message)
        }),
    }
}

/// The text of a header: what is quoted is taken out of its quotes, then `%xx` is decoded, once.
fn decoded(value: &[u8]) -> Option<String> {
    let mut bytes = unquoted(value)?.into_iter();
    let mut decoded = vec![];
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => HEXLOWER_PERMISSIVE.decode(&[bytes.next()?, bytes.next()?]).ok()?.first().copied()?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

/// What is in double quotes, as RFC 9110 has it (5.6.4); as it is, what is in none.
fn unquoted(value: &[u8]) -> Option<Vec<u8>> {
    let Some(rest) = value.strip_prefix(b"\"") else { return Some(value.to_vec()) };
    let mut bytes = rest.strip_suffix(b"\"")?.iter();
    let mut plain = vec![];
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => plain.push(*bytes.next()?),
            b'"' => return None,
            other => plain.push(*other),
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_unquoted_and_decoded_once() {
        for (sent, meant) in [
            ("deals/1001", Some("deals/1001")),
            ("Euro%20%E2%82%AC%20%F0%9F%98%80", Some("Euro \u{20ac} \u{1f600}")),
            ("%2541", Some("%41")),
            ("\"a \\\"b\\\" \\\\%41\"", Some("a \"b\" \\A")),
            ("\"\"", Some("")),
            ("a\"b", Some("a\"b")),
            ("%", None),
            ("%4", None),
            ("%zz", None),
            ("%ff", None),
            ("\"", None),
            ("\"a", None),
            ("\"a\"b\"", None),
            ("\"a\\\"", None),
        ] {
            assert_eq!(decoded(sent.as_bytes()).as_deref(), meant, "{sent}");
        }
    }

    #[test]
    fn an_attribute_stands_once() {
        let mut headers = HeaderMap::new();
        assert_eq!(attribute(&headers, "id"), Ok(None));
        headers.append("ce-id", "a".parse().unwrap());
        assert_eq!(attribute(&headers, "id"), Ok(Some("a".to_owned())));
        headers.append("ce-id", "a".parse().unwrap());
        assert_eq!(attribute(&headers, "id").unwrap_err().message, "the header `ce-id` stands twice");
    }
}
