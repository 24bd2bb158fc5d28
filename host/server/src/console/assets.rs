//! The console's own files: one style, one small module. Their addresses carry a digest, so that browsers keep them for ever.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;

use crate::{
    answer::Answer,
    body::At,
    guard::{Enter, Open},
    openapi::Doc,
    problem::{Problem, Trouble},
    table::Table,
};

/// A file.
pub(crate) struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

static STYLE: Asset =
    Asset { name: "style.css", kind: "text/css; charset=utf-8", text: include_str!("../assets/style.css") };
static LIVE: Asset =
    Asset { name: "live.js", kind: "text/javascript; charset=utf-8", text: include_str!("../assets/live.js") };

static ICON: Asset = Asset { name: "icon.svg", kind: "image/svg+xml", text: include_str!("../assets/icon.svg") };

/// Where the icon is.
pub(super) static ICON_AT: LazyLock<String> = LazyLock::new(|| ICON.at());
/// Where the style is.
pub(super) static STYLE_AT: LazyLock<String> = LazyLock::new(|| STYLE.at());
/// Where the module is.
pub(super) static LIVE_AT: LazyLock<String> = LazyLock::new(|| LIVE.at());

impl Asset {
    fn at(&self) -> String {
        let digest = HEXLOWER.encode(&Sha256::digest(self.text.as_bytes()));
        format!("/assets/{}/{}", digest.get(..16).unwrap_or_default(), self.name)
    }
}

impl IntoResponse for &'static Asset {
    fn into_response(self) -> Response {
        let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
        let kind = HeaderValue::from_static(self.kind);
        ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], self.text).into_response()
    }
}

impl Answer for &'static Asset {
    fn describe(doc: &mut Doc) {
        doc.is_page();
    }
}

/// One file.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its digest.
    digest: String,
    /// Its name.
    name: String,
}

pub(super) fn add(table: &mut Table) {
    table.get("/assets/{digest}/{name}", "A file of the console", asset);
}

async fn asset(_: Open<Enter>, At(which): At<Which>) -> Result<&'static Asset, Problem> {
    let at = format!("/assets/{}/{}", which.digest, which.name);
    [&STYLE, &LIVE, &ICON].into_iter().find(|asset| asset.at() == at).ok_or_else(|| Trouble::NotFound.into())
}
