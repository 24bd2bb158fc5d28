//! What handlers take besides their gate: parts of the path, the query, a JSON body, a form. Each says of itself what the OpenAPI
//! document says of it, and refuses in our words.

use std::time::Duration;

use axum::{
    RequestPartsExt as _,
    body::HttpBody as _,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, header, request::Parts},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema, openapi::path::ParameterIn};

use crate::{
    app::App,
    openapi::{Doc, GONE},
    problem::{Problem, Trouble},
    secret::same,
    session::Session,
};

/// Most bytes of a JSON document or a form. Uploads have a limit of their own.
pub(crate) const MOST: usize = 256 * 1024;
/// Most parameters of a query.
const PARAMETERS: usize = 64;
/// How long the bytes of a body may take to come (W06).
const PATIENCE: Duration = Duration::from_secs(30);

/// Something that a handler takes.
pub(crate) trait Piece {
    /// Says what it is.
    fn describe(doc: &mut Doc);
}

/// The path's parts. What is no id there is told like what does not exist.
pub(crate) struct At<T>(pub(crate) T);

/// The query.
pub(crate) struct Asked<T>(pub(crate) T);

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

/// A form of our own pages: refused without the token of the page that it is on (W03).
pub(crate) struct Form(pub(crate) Fields);

/// The fields of a form, in the order in which they were sent; names may come more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty if it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All of them, as they were sent.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a box was ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }
}

impl<T: DeserializeOwned + Send + 'static> FromRequestParts<App> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extract::<Path<T>>().await.map(|Path(value)| Self(value)).map_err(|_| Trouble::NotFound.into())
    }
}

impl<T: IntoParams> Piece for At<T> {
    fn describe(doc: &mut Doc) {
        doc.parameters::<T>(&ParameterIn::Path);
        doc.refuses(GONE.0, GONE.1);
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let sent = parts.uri.query().unwrap_or_default();
        if sent.bytes().filter(|byte| *byte == b'&').count() >= PARAMETERS {
            return Err(Trouble::Malformed(format!("the query: at most {PARAMETERS} parameters are taken")).into());
        }
        let query = Query::try_from_uri(&parts.uri);
        query.map(|Query(value)| Self(value)).map_err(|error| Trouble::Malformed(error.body_text()).into())
    }
}

impl<T: IntoParams> Piece for Asked<T> {
    fn describe(doc: &mut Doc) {
        doc.parameters::<T>(&ParameterIn::Query);
        doc.refuses("400", "it cannot be read");
        doc.refuses("422", "something in it is not right");
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        takes(&request, &["application/json"], "this takes `application/json`")?;
        let bytes = read(request, MOST).await?;
        let value = serde_json::from_slice(&bytes);
        value.map(Self).map_err(|error| Trouble::Malformed(format!("the JSON body: {error}")).into())
    }
}

impl<T: ToSchema> Piece for Body<T> {
    fn describe(doc: &mut Doc) {
        doc.takes::<T>();
        doc.refuses("400", "it cannot be read");
        doc.refuses("413", "too large");
        doc.refuses("415", "a type or encoding that is not taken");
        doc.refuses("422", "something in it is not right");
    }
}

impl FromRequest<App> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let session = request.extensions().get::<Session>().cloned();
        takes(&request, &["application/x-www-form-urlencoded"], "this takes forms")?;
        let bytes = read(request, MOST).await?;
        let fields = Fields(form_urlencoded::parse(&bytes).into_owned().collect());
        if let Some(session) = session {
            matches_token(&session, fields.text("csrf"))?;
        }
        Ok(Self(fields))
    }
}

impl Piece for Form {
    fn describe(doc: &mut Doc) {
        doc.is_form();
    }
}

/// Whether the page's token was sent.
pub(crate) fn matches_token(session: &Session, sent: &str) -> Result<(), Problem> {
    if same(&session.csrf, sent) { Ok(()) } else { Err(Trouble::StaleForm.into()) }
}

/// Refuses another type of body, and encoded ones (C02).
pub(crate) fn takes(request: &Request, kinds: &[&str], otherwise: &'static str) -> Result<(), Problem> {
    taken(request.headers(), kinds, otherwise)
}

/// [`takes`] of a request whose headers are left.
pub(crate) fn taken(headers: &HeaderMap, kinds: &[&str], otherwise: &'static str) -> Result<(), Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let sent = sent.split(';').next().unwrap_or_default().trim();
    if kinds.iter().any(|kind| sent.eq_ignore_ascii_case(kind)) && !headers.contains_key(header::CONTENT_ENCODING) {
        Ok(())
    } else {
        Err(Trouble::Unsupported(otherwise).into())
    }
}

/// What comes of reading a body, which is waited for so long and no longer.
pub(crate) async fn in_time<T>(reading: impl Future<Output = T>) -> Result<T, Problem> {
    let slow = |_| Trouble::Malformed(format!("the body did not come within {} seconds", PATIENCE.as_secs()));
    Ok(tokio::time::timeout(PATIENCE, reading).await.map_err(slow)?)
}

/// The bytes of a body, at most `most` of them. Who says that there are more is refused before any is read.
pub(crate) async fn read(request: Request, most: usize) -> Result<Vec<u8>, Problem> {
    read_body(request.into_body(), most).await
}

/// [`read`] of a body whose request is left.
pub(crate) async fn read_body(body: axum::body::Body, most: usize) -> Result<Vec<u8>, Problem> {
    if usize::try_from(body.size_hint().lower()).map_or(true, |least| least > most) {
        return Err(Trouble::TooLarge(most).into());
    }
    match in_time(Limited::new(body, most).collect()).await? {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(Trouble::TooLarge(most).into()),
        Err(_) => Err(Trouble::Malformed("the body broke off".to_owned()).into()),
    }
}
