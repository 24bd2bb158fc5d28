//! `GET /api/v1/openapi.json`, and whether the server lives.

use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::{
    answer::{Answer, Reply},
    guard::{Enter, Open},
    openapi::{self, Doc},
    problem::Problem,
    table::Table,
};

/// The document itself.
struct Document(Value);

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        Reply(self.0).into_response()
    }
}

impl Answer for Document {
    fn describe(doc: &mut Doc) {
        doc.content("200", "this document", "application/json");
    }
}

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/openapi.json", "The OpenAPI document of this API", document);
    table.get("/api/v1/health", "Whether the server answers", health);
}

async fn document(_: Open<Enter>) -> Result<Document, Problem> {
    Ok(Document(openapi::document()))
}

/// It answers, so it lives.
struct Lives;

impl IntoResponse for Lives {
    fn into_response(self) -> Response {
        "ok\n".into_response()
    }
}

impl Answer for Lives {
    fn describe(doc: &mut Doc) {
        doc.content("200", "it does", "text/plain");
    }
}

async fn health(_: Open<Enter>) -> Result<Lives, Problem> {
    Ok(Lives)
}
