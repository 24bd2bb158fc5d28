//! `/api/v1/plugins`: what was uploaded to the site, and uploading.

use axum::extract::{FromRequest, Request};
use mandate_service::PluginInfo;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{
    answer::Reply,
    app::App,
    body::{At, Piece, read, takes},
    guard::{Guard, See},
    openapi::Doc,
    problem::{Problem, Trouble},
    table::Table,
    uploads,
};

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/plugins", "What was uploaded to your site, the last first", list);
    table.get("/api/v1/plugins/{plugin}", "One plugin: all that it could ever ask for", one);
}

/// One plugin.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Which {
    /// Its digest, such as `sha256:…`.
    plugin: String,
}

/// What was uploaded.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PluginList {
    /// The last first.
    plugins: Vec<PluginBody>,
}

/// A plugin. All texts are its author's.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PluginBody {
    /// What it is: the digest of its bytes.
    digest: String,
    /// What it calls itself.
    name: String,
    /// Which version it calls itself.
    version: String,
    /// What it says it does.
    description: String,
    /// The interfaces that it imports: all that it could ever ask for.
    imports: Vec<String>,
    /// The phases that it takes part in.
    phases: Vec<String>,
    /// What it asks for, before settings are filled in.
    #[schema(value_type = Object)]
    manifest: Value,
    /// When it was uploaded: microseconds since 1970.
    at: i64,
}

impl From<PluginInfo> for PluginBody {
    fn from(plugin: PluginInfo) -> Self {
        let described = plugin.described;
        Self {
            digest: plugin.digest.to_string(),
            name: described.manifest.name.clone(),
            version: described.manifest.version.clone(),
            description: described.manifest.description.clone(),
            imports: described.imports.iter().map(|import| import.as_str().to_owned()).collect(),
            phases: described.phases.iter().map(|phase| phase.as_str().to_owned()).collect(),
            manifest: serde_json::to_value(&described.manifest).unwrap_or_default(),
            at: plugin.at,
        }
    }
}

/// What a component is sent as.
const KINDS: [&str; 2] = ["application/wasm", "application/octet-stream"];

/// The bytes of a component.
pub(super) struct Component(pub(super) Vec<u8>);

impl FromRequest<App> for Component {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        takes(&request, &KINDS, "this takes `application/wasm` or `application/octet-stream`")?;
        read(request, uploads::MOST).await.map(Self)
    }
}

impl Piece for Component {
    fn describe(doc: &mut Doc) {
        doc.takes_bytes(&KINDS);
        doc.refuses("400", "it cannot be read");
        doc.refuses("413", "too large");
        doc.refuses("415", "a type or encoding that is not taken");
        doc.refuses("422", "it is refused; the code says why");
    }
}

async fn list(guard: Guard<See>) -> Result<Reply<PluginList>, Problem> {
    let plugins = guard.app.service.plugins(&guard.me.standing.site).await?;
    Ok(Reply(PluginList { plugins: plugins.into_iter().map(PluginBody::from).collect() }))
}

async fn one(guard: Guard<See>, At(which): At<Which>) -> Result<Reply<PluginBody>, Problem> {
    let found = guard.app.service.plugin(&guard.me.standing.site, &which.plugin).await;
    Ok(Reply(found.map_err(|_| Trouble::NotFound)?.into()))
}
