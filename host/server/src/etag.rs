//! What a document was when it was read: a digest of what its reader was told, so that nobody changes what they have not seen.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::{
    answer::{Answer, Reply},
    app::App,
    body::Piece,
    openapi::Doc,
    problem::{Problem, Trouble},
};

/// A document with its tag: 200, or 304 to who has it.
pub(crate) struct Tagged<T> {
    /// What it is.
    pub(crate) what: T,
    /// What its reader has.
    pub(crate) has: IfNoneMatch,
}

/// The tags that a request takes for new enough.
pub(crate) struct IfNoneMatch(Vec<String>);

/// The tags of which one must hold; none where nothing was said.
pub(crate) struct IfMatch(Vec<String>);

impl IfMatch {
    /// Whether `what`, as it is now, is what its reader has; where they said nothing, it is.
    pub(crate) fn holds<T: Serialize>(&self, what: Option<&T>) -> Result<(), Problem> {
        let now = what.map(tag).transpose()?;
        if self.0.is_empty() || now.is_some_and(|now| is_among(&self.0, &now)) {
            Ok(())
        } else {
            Err(Trouble::Changed.into())
        }
    }

    /// Whether anything was said.
    pub(crate) fn is_asked(&self) -> bool {
        !self.0.is_empty()
    }
}

/// The strong tag of a document.
fn tag<T: Serialize>(what: &T) -> Result<String, Trouble> {
    let bytes = serde_json::to_vec(what).map_err(|error| Trouble::Internal(error.to_string()))?;
    let digest = HEXLOWER.encode(&Sha256::digest(&bytes));
    Ok(format!("\"{}\"", digest.get(..32).unwrap_or_default()))
}

fn is_among(sent: &[String], tag: &str) -> bool {
    sent.iter().any(|one| one == "*" || one == tag)
}

fn sent(headers: &HeaderMap, name: HeaderName) -> Vec<String> {
    let all = headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or_default());
    all.flat_map(|line| line.split(',')).map(|one| one.trim().to_owned()).collect()
}

impl FromRequestParts<App> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Ok(Self(sent(&parts.headers, header::IF_NONE_MATCH)))
    }
}

impl FromRequestParts<App> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Ok(Self(sent(&parts.headers, header::IF_MATCH)))
    }
}

impl Piece for IfNoneMatch {
    fn describe(doc: &mut Doc) {
        doc.header("If-None-Match", "the `ETag` that you have");
        doc.empty("304", "it is what you have");
    }
}

impl Piece for IfMatch {
    fn describe(doc: &mut Doc) {
        doc.header("If-Match", "the `ETag` of what you read; refused if it is another now");
        doc.refuses("412", "it was changed since you read it");
    }
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let tag = match tag(&self.what) {
            Ok(tag) => tag,
            Err(trouble) => return Problem::from(trouble).into_response(),
        };
        let mut response = if is_among(&self.has.0, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Reply(self.what).into_response()
        };
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

impl<T: Serialize + ToSchema> Answer for Tagged<T> {
    fn describe(doc: &mut Doc) {
        doc.answers::<T>("200", "what was asked for");
        doc.answers_with("200", "ETag", &json!({ "schema": { "type": "string" }, "description": "what it is now" }));
    }
}
