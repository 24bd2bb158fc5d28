//! What handlers answer with. Each answer says of itself what the OpenAPI document says of it.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use mandate_model::{Attachment, Content};
use maud::Markup;
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::Doc;

/// An answer.
pub(crate) trait Answer: IntoResponse {
    /// Says what it is.
    fn describe(doc: &mut Doc);
}

/// A document: 200.
pub(crate) struct Reply<T>(pub(crate) T);

/// Something new: 201, with where it is.
pub(crate) struct Made<T> {
    /// Its address.
    pub(crate) at: String,
    /// What it is.
    pub(crate) what: T,
}

/// Done: 204.
pub(crate) struct Done;

/// A page: 200, or 422 with what is wrong beside the fields.
pub(crate) struct Page {
    /// All is well, or not.
    pub(crate) status: StatusCode,
    /// The page.
    pub(crate) markup: Markup,
    /// After how many seconds a browser asks again by itself.
    again: Option<u8>,
}

/// Go there next: 303.
pub(crate) struct SeeOther(pub(crate) String);

/// A document, as JSON.
pub(crate) fn json<T: Serialize>(status: StatusCode, what: &T) -> Response {
    match serde_json::to_string(what) {
        Ok(text) => {
            let kind = HeaderValue::from_static("application/json");
            (status, [(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            crate::problem::Problem::from(crate::problem::Trouble::Internal(error.to_string())).into_response()
        }
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self.0)
    }
}

impl<T: Serialize + ToSchema> Answer for Reply<T> {
    fn describe(doc: &mut Doc) {
        doc.answers::<T>("200", "what was asked for");
    }
}

impl<T: Serialize> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        let mut response = json(StatusCode::CREATED, &self.what);
        if let Ok(at) = HeaderValue::from_str(&self.at) {
            response.headers_mut().insert(header::LOCATION, at);
        }
        response
    }
}

impl<T: Serialize + ToSchema> Answer for Made<T> {
    fn describe(doc: &mut Doc) {
        doc.answers::<T>("201", "what was made; `Location` says where");
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Answer for Done {
    fn describe(doc: &mut Doc) {
        doc.empty("204", "done");
    }
}

impl Page {
    /// A page on which all is well.
    pub(crate) fn ok(markup: Markup) -> Self {
        Self { status: StatusCode::OK, markup, again: None }
    }

    /// A page that the browser asks for again after some seconds, with or without scripts.
    pub(crate) fn again_in(mut self, seconds: u8) -> Self {
        self.again = Some(seconds);
        self
    }

    /// The page, answered with another status.
    pub(crate) fn with(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A form that is shown again, with what is wrong.
    pub(crate) fn again(markup: Markup) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, markup, again: None }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.markup).into_response();
        if let Some(seconds) = self.again {
            response.headers_mut().insert(HeaderName::from_static("refresh"), HeaderValue::from(u16::from(seconds)));
        }
        response
    }
}

impl Answer for Page {
    fn describe(doc: &mut Doc) {
        doc.is_page();
    }
}

impl IntoResponse for SeeOther {
    fn into_response(self) -> Response {
        match HeaderValue::from_str(&self.0) {
            Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

impl Answer for SeeOther {
    fn describe(doc: &mut Doc) {
        doc.is_page();
    }
}

/// A file by a guest: saved and never shown, whatever it says it is (N08, W08).
pub(crate) struct File(pub(crate) Attachment);

impl IntoResponse for File {
    fn into_response(self) -> Response {
        let Content::Inline(bytes) = self.0.content;
        let kind = HeaderValue::from_static("application/octet-stream");
        let saved = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", encoded(&self.0.name)));
        let saved = saved.unwrap_or(HeaderValue::from_static("attachment"));
        let sealed = HeaderValue::from_static("default-src 'none'; sandbox");
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_DISPOSITION, saved),
            (header::CONTENT_SECURITY_POLICY, sealed),
        ];
        (headers, bytes).into_response()
    }
}

impl Answer for File {
    fn describe(doc: &mut Doc) {
        doc.content("200", "the file, to be saved", "application/octet-stream");
    }
}

/// A name as RFC 8187 has it: every byte but letters, digits, `-`, `.` and `_` as `%xx`.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn w08_a_file_name_cannot_end_its_header() {
        assert_eq!(encoded("deals 2026.csv"), "deals%202026.csv");
        assert_eq!(encoded("a\r\nSet-Cookie: x\"; ../é"), "a%0D%0ASet-Cookie%3A%20x%22%3B%20..%2F%C3%A9");
    }
}
