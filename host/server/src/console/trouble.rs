//! What a person is shown when something did not work: what happened and what to do, never what went on inside.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt as _;
use maud::html;
use serde_json::Value;

use super::frame::bare;

/// The page of a problem that was made for programs. Who is not signed in is led to where one signs in, and from there to `wanted`.
pub(crate) async fn page(response: Response, wanted: Option<String>) -> Response {
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        let query = |to: &str| form_urlencoded::Serializer::new(String::new()).append_pair("to", to).finish();
        let enter = wanted.map_or_else(|| "/enter".to_owned(), |to| format!("/enter?{}", query(&to)));
        return (StatusCode::SEE_OTHER, [(header::LOCATION, enter)]).into_response();
    }
    let bytes = response.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let content = html! {
        p.sentence { (sentence(&text("detail"))) }
        div.acts { a.button.primary href="/automations" { "Back to your automations" } }
        p.quiet { "If you ask somebody about it, name the code " a href={ "/problems/" (text("code")) } { (text("code")) } "." }
    };
    (status, bare(heading(status), &content)).into_response()
}

/// What programs are told, as a sentence.
fn sentence(detail: &str) -> String {
    let mut letters = detail.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let end = if detail.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
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

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_detail_is_a_sentence() {
        assert_eq!(sentence("there is nothing here"), "There is nothing here.");
        assert_eq!(sentence("Is it?"), "Is it?");
        assert_eq!(sentence("état"), "État.");
        assert_eq!(sentence(""), ".");
    }
}
