//! Requests that are repeated: what was asked for with an `Idempotency-Key` is done once and answered alike, as
//! [draft-ietf-httpapi-idempotency-key-header](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/) has it.
//! One layer around all routes that a person asks with POST; no handler knows of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    app::App,
    body::read_body,
    guard::{self, Means, Scope},
    problem::{Problem, Trouble},
    seal::Seal,
    secret::digest,
    store::answers::{MOST, Place},
    table::RouteInfo,
    uploads,
};

/// What names a request.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// What says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in characters.
const LONGEST: usize = 255;
/// Most bytes of the body of an answer that is kept.
const LARGEST: usize = 64 * 1024;
/// The headers of an answer that matter.
const HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// How it is documented for each route that is done once.
pub(crate) fn parameter() -> Value {
    let about = "What names this request, for 24 hours: sent again with the same key and body, it is answered alike and done once.";
    let schema = json!({ "type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!#-\\[\\]-~]+$" });
    json!({ "name": "Idempotency-Key", "in": "header", "required": false, "description": about, "schema": schema })
}

/// How such a route can refuse because of it.
pub(crate) const REFUSALS: [(&str, &str); 4] = [
    ("400", "it cannot be read"),
    ("409", "the request that this one repeats is under way; `Retry-After` says when to ask again"),
    ("422", "something in it is not right, or the key came with another request"),
    ("429", "too many keys; `Retry-After` says when to try again"),
];

/// The routes that are done once for a key, with what they ask for.
pub(crate) fn repeatable(routes: &[RouteInfo]) -> BTreeMap<&'static str, Scope> {
    routes.iter().filter(|route| route.is_repeatable()).map(|route| (route.path, route.access.scope)).collect()
}

/// What the layer works with.
#[derive(Clone)]
pub(crate) struct Once {
    /// What requests are answered from.
    pub(crate) app: App,
    /// For which routes.
    pub(crate) routes: Arc<BTreeMap<&'static str, Scope>>,
}

/// What seals answers, and which are under way, each with the digest of its request. A process that ends forgets those.
pub(crate) struct Repeats {
    seal: Seal,
    under_way: Mutex<BTreeMap<Place, String>>,
}

impl Repeats {
    /// With this key.
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Trouble> {
        Ok(Self { seal: Seal::new(key)?, under_way: Mutex::default() })
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<Place, String>) -> T) -> T {
        work(&mut self.under_way.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A request that nothing else stands for, until it is dropped.
struct UnderWay {
    repeats: Arc<Repeats>,
    place: Place,
    request: String,
}

impl UnderWay {
    fn begin(repeats: &Arc<Repeats>, place: &Place, request: String) -> Result<Self, Trouble> {
        repeats.with(|all| match all.get(place) {
            Some(first) if *first == request => Err(Trouble::UnderWay),
            Some(_) => Err(Trouble::OtherRequest),
            None => {
                all.insert(place.clone(), request.clone());
                Ok(())
            }
        })?;
        Ok(Self { repeats: repeats.clone(), place: place.clone(), request })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.repeats.with(|all| all.remove(&self.place));
    }
}

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The digest of what was asked.
    request: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Kept {
    /// `None`: it is not kept. What failed on our side may be tried again, and so may what was refused for who asked or how often.
    fn of(request: &str, parts: &axum::http::response::Parts, body: &[u8]) -> Option<Self> {
        let (status, passing) = (parts.status, [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS]);
        if status.is_server_error() || passing.contains(&status) || body.len() > LARGEST {
            return None;
        }
        let text = |name: &HeaderName| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned()));
        let headers = HEADERS.iter().filter_map(text).collect();
        let body = String::from_utf8(body.to_vec()).ok()?;
        Some(Self { request: request.to_owned(), status: status.as_u16(), headers, body })
    }

    fn response(self) -> Option<Response> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).ok()?;
        for (name, value) in self.headers {
            let (name, value) = (name.parse::<HeaderName>().ok()?, HeaderValue::try_from(value).ok()?);
            response.headers_mut().insert(name, value);
        }
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Some(response)
    }
}

/// Does what was asked for once.
pub(crate) async fn once(State(once): State<Once>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let scope = path.and_then(|path| once.routes.get(path)).copied();
    let posts = request.method() == axum::http::Method::POST;
    match scope.filter(|_| posts && request.headers().contains_key(KEY)) {
        None => next.run(request).await,
        Some(scope) => named(once.app, scope, request, next).await.unwrap_or_else(Problem::into_response),
    }
}

async fn named(app: App, scope: Scope, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    // Who may not ask for it is told so by the route itself.
    let Some((me, means)) = guard::person(&mut parts, &app, scope).await? else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let route = parts.uri.to_string();
    let place = Place { site: app.options.site.clone(), person: me.id().clone(), route, key: key(&parts.headers)? };
    let body = read_body(body, uploads::MOST).await?;
    let request = digest_of(&parts, &means, &body);
    let under_way = UnderWay::begin(&app.repeats, &place, request)?;
    if let Some(sealed) = app.store.answer(&place, app.clock.now()).await? {
        return again(&app, &under_way, &sealed);
    }
    if app.store.has_most_answers(&place.site, &place.person, app.clock.now()).await? {
        return Err(Trouble::TooManyKeys(MOST).into());
    }
    // It is done and kept even if who asked does not wait for it: they will ask again.
    let done = tokio::spawn(async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        keep(&app, &under_way, response).await
    });
    done.await.map_err(|_| Trouble::Internal("a request broke off".to_owned()))?
}

/// The answer that was given before.
fn again(app: &App, asked: &UnderWay, sealed: &str) -> Result<Response, Problem> {
    let kept = app.repeats.seal.open(&bound(&asked.place), sealed);
    let kept: Option<Kept> = kept.and_then(|kept| serde_json::from_slice(&kept).ok());
    let kept = kept.ok_or_else(|| Trouble::Internal("an answer that was kept cannot be read".to_owned()))?;
    if kept.request != asked.request {
        return Err(Trouble::OtherRequest.into());
    }
    kept.response().ok_or_else(|| Trouble::Internal("an answer that was kept is none".to_owned()).into())
}

/// Keeps an answer before it is given.
async fn keep(app: &App, asked: &UnderWay, response: Response) -> Result<Response, Problem> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| Trouble::Internal(error.to_string()))?.to_bytes();
    if let Some(kept) = Kept::of(&asked.request, &parts, &body) {
        let kept = serde_json::to_vec(&kept).map_err(|error| Trouble::Internal(error.to_string()))?;
        let sealed = app.repeats.seal.seal(&bound(&asked.place), &kept)?;
        // It was done: that its answer cannot be kept is no reason to say otherwise.
        if let Err(error) = app.store.keep_answer(&asked.place, &sealed, app.clock.now()).await {
            eprintln!("mandate: an answer could not be kept: {error}");
        }
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// No site, person, address or digest has a line end.
fn bound(place: &Place) -> String {
    format!("{}\n{}\n{}\n{}", place.site, place.person, place.route, place.key)
}

/// What makes two requests the same, beside their address: the body, what it is, and the session or token that sent it. So nobody is
/// given with one token what was answered to another.
fn digest_of(parts: &Parts, means: &Means, body: &[u8]) -> String {
    let means = match means {
        Means::Session(id) | Means::Token { id, .. } => id.as_bytes(),
    };
    let kind = parts.headers.get(header::CONTENT_TYPE).map_or(b"".as_slice(), HeaderValue::as_bytes);
    let mut digest = Sha256::new();
    for part in [means, kind, body] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    HEXLOWER.encode(&digest.finalize())
}

/// The digest of the key that was sent.
fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut all = headers.get_all(KEY).iter();
    let sent = all.next().filter(|_| all.next().is_none()).and_then(|value| value.to_str().ok());
    let key = sent.and_then(unquoted).filter(|key| (1..=LONGEST).contains(&key.len()));
    let wrong = || {
        let rule = "1 to 255 letters, digits and signs without a space, once, in double quotes or without";
        Problem::from(Trouble::Malformed(format!("`Idempotency-Key`: {rule}")))
    };
    key.map(|key| digest(&key)).ok_or_else(wrong)
}

/// A string of RFC 9651, or the same without quotes, as many send it.
fn unquoted(sent: &str) -> Option<String> {
    let visible = |key: &str| key.bytes().all(|byte| byte.is_ascii_graphic());
    let plain = |key: &str| visible(key) && !key.contains(['"', '\\']);
    let sent = sent.trim();
    match sent.strip_prefix('"') {
        None => plain(sent).then(|| sent.to_owned()),
        Some(rest) => rest.strip_suffix('"').filter(|key| plain(key)).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sent: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for one in sent {
            headers.append(KEY, HeaderValue::from_bytes(one.as_bytes()).unwrap());
        }
        key(&headers).ok()
    }

    #[test]
    fn a_key_is_the_same_in_quotes_and_without() {
        assert_eq!(told(&["\"8e03978e\""]), Some(digest("8e03978e")));
        assert_eq!(told(&["8e03978e"]), Some(digest("8e03978e")));
        assert!(told(&[&"x".repeat(255)]).is_some() && told(&[&format!("\"{}\"", "x".repeat(255))]).is_some());
        let long = "x".repeat(256);
        for wrong in [&["", ""][..1], &["\"\""], &["\"a"], &["a\""], &["a b"], &["é"], &["a\\b"], &["a", "a"], &[&long]]
        {
            assert_eq!(told(wrong), None, "{wrong:?}");
        }
    }
}
