//! What a person is shown when something did not work: what happened and what to do, never what went on inside.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt as _;
use maud::html;
use serde_json::Value;

use super::frame::bare;

/// The page of a problem that was made for programs. Who is not signed in is led to where one signs in.
pub(crate) async fn page(response: Response) -> Response {
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, "/enter")]).into_response();
    }
    let bytes = response.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let content = html! {
        p { (text("detail")) }
        p { a href="/automations" { "Back to your automations" } }
        p.quiet { "Code " a href={ "/problems/" (text("code")) } { (text("code")) } }
    };
    (status, bare(heading(status), &content)).into_response()
}

fn heading(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Nothing here",
        StatusCode::FORBIDDEN => "You may not do that",
        StatusCode::CONFLICT => "Something else is so now",
        StatusCode::SERVICE_UNAVAILABLE => "Not just now",
        status if status.is_server_error() => "Something went wrong",
        _ => "That did not work",
    }
}
