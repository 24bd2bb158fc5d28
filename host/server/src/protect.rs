//! Headers that every answer carries, and what is answered when nothing else is.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{app::App, console, problem::Problem, problem::Trouble};

/// Nothing but our own files, no script or style in pages, nobody's frame (W02, W03).
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// Puts the headers on.
pub(crate) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "same-origin");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    // What people see is theirs: nothing on the way keeps it.
    put(header::CACHE_CONTROL, "no-store");
    if app.is_secure() {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// What only looks is answered with what people and places are at one moment; what changes something asks anew at each step.
pub(crate) async fn at_one_moment(request: Request, next: Next) -> Response {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    let answer = next.run(request);
    if looks { mandate_service::at_one_moment(answer).await } else { answer.await }
}

/// A problem of a page is a page: programs are told in JSON, people in words.
pub(crate) async fn in_words(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let looks = request.method() == Method::GET;
    let wanted = request.uri().path_and_query().filter(|_| looks).map(ToString::to_string);
    let response = next.run(request).await;
    let problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    if api || !problem {
        return response;
    }
    console::trouble::page(response, wanted).await
}

/// No such address.
pub(crate) async fn nothing() -> Response {
    Problem::from(Trouble::NotFound).into_response()
}

/// No such method.
pub(crate) async fn no_method() -> Response {
    Problem::from(Trouble::NoSuchMethod).into_response()
}
