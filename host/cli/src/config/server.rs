//! `[server]` of `host.toml`: where the server listens, and where people sign in.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use mandate_server::{Oidc, OidcOptions};
use mandate_service::outbound::{Outbound, SystemNames, Target, Trust};
use serde::Deserialize;

use super::{TIME, allowed, beside, read, secret, told};
use crate::failure::CliResult;

/// `[server]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServerConfig {
    listen: Option<SocketAddr>,
    origin: Option<String>,
    oidc: Option<OidcConfig>,
}

/// `[server.oidc]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OidcConfig {
    name: String,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    #[serde(default = "profile")]
    scopes: Vec<String>,
    #[serde(default = "username")]
    claim: String,
    #[serde(default)]
    allow: Vec<String>,
    certificate_file: Option<PathBuf>,
}

fn profile() -> Vec<String> {
    vec!["profile".to_owned()]
}

fn username() -> String {
    "preferred_username".to_owned()
}

/// How the server is set up.
#[derive(Debug, Default)]
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) listen: Option<SocketAddr>,
    /// Where people reach it.
    pub(crate) origin: Option<String>,
    /// Where they sign in.
    pub(crate) oidc: Option<Arc<Oidc>>,
}

/// What `host.toml` of a store says of the server.
pub(crate) fn server(folder: &Path) -> CliResult<Server> {
    let Some(ServerConfig { listen, origin, oidc }) = read(folder)?.and_then(|config| config.server) else {
        return Ok(Server::default());
    };
    let oidc = oidc.map(|config| provider(folder, config)).transpose();
    let oidc = oidc.map_err(|error| told(folder, &format!("`[server.oidc]`: {error}")))?;
    Ok(Server { listen, origin, oidc })
}

fn provider(folder: &Path, config: OidcConfig) -> Result<Arc<Oidc>, String> {
    let OidcConfig { name, issuer, client_id, client_secret_file, scopes, claim, allow, certificate_file } = config;
    let client_secret = client_secret_file.map(|file| secret(folder, &file)).transpose()?;
    let mut allowed: BTreeSet<String> = allowed(&allow)?;
    // The operator names it: it may lie inside.
    allowed.extend(Target::parse(&issuer).map(|target| target.origin()));
    let certificate = certificate_file.map(|file| beside(folder, &file)).transpose()?;
    let trust = Trust::of_machine(certificate.as_deref())?;
    let outbound = Outbound::new(Arc::new(SystemNames), &trust, allowed, TIME)?;
    let options = OidcOptions { name, issuer, client_id, client_secret, scopes, claim };
    Oidc::new(options, outbound).map(Arc::new).map_err(|error| error.to_string())
}
