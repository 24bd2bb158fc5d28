//! How a host is set up beside its store: `host.toml` in the store's folder, read when the store is opened. What is secret stands in
//! files of its own, which are named there.

mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use mandate_service::{
    Outward,
    embedded::Embedded,
    mail::{Mail, MailServer, MailTls},
    operations::http::HttpOperations,
    outbound::{Outbound, SystemNames, Target, Trust},
    outward::{Carrier, Way},
    webhook::Webhooks,
};
use serde::Deserialize;

use self::server::ServerConfig;
pub(crate) use self::server::server;
use crate::{
    failure::{CliError, CliResult},
    files,
};

/// What it is called in the folder of a store.
const FILE: &str = "host.toml";
/// How long a request or a letter may take.
const TIME: Duration = Duration::from_secs(10);

/// What stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    mail: Option<MailConfig>,
    webhooks: Option<OutboundConfig>,
    operations: Option<OutboundConfig>,
    server: Option<ServerConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailConfig {
    host: String,
    port: u16,
    tls: TlsWord,
    from: String,
    user: Option<String>,
    password_file: Option<PathBuf>,
    certificate_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TlsWord {
    Starttls,
    Implicit,
    None,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboundConfig {
    #[serde(default)]
    allow: Vec<String>,
    certificate_file: Option<PathBuf>,
}

/// What stands in the file of a store; `None`: there is no such file.
fn read(folder: &Path) -> CliResult<Option<Config>> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(None);
    }
    // The message points at the line and shows it: no secret stands in this file.
    let config = toml::from_str(&files::text(&path)?).map_err(|error| told(folder, &error.to_string().trim_end()))?;
    Ok(Some(config))
}

/// Something in the file is wrong.
fn told(folder: &Path, error: &dyn std::fmt::Display) -> CliError {
    CliError::Input(format!("`{}`: {error}", folder.join(FILE).display()))
}

/// The ways that the host of a store has; none if there is no `host.toml`. Lets the platform call operations, if it says so.
pub(crate) fn outward(folder: &Path, embedded: &Embedded) -> CliResult<Outward> {
    let Some(config) = read(folder)? else { return Ok(Outward::none()) };
    let told = |error: &dyn std::fmt::Display| told(folder, error);
    let mut carriers: BTreeMap<Way, Arc<dyn Carrier>> = BTreeMap::new();
    if let Some(mail) = config.mail {
        let server = mail_server(folder, mail).map_err(|error| told(&error))?;
        carriers.insert(Way::Mail, Arc::new(Mail::new(server).map_err(|error| told(&error))?));
    }
    if let Some(webhooks) = config.webhooks {
        carriers
            .insert(Way::Webhook, Arc::new(Webhooks::new(outbound(folder, &webhooks).map_err(|error| told(&error))?)));
    }
    if let Some(operations) = config.operations {
        let outbound = outbound(folder, &operations).map_err(|error| told(&error))?;
        embedded.call_with(HttpOperations::new(outbound, folder.to_owned()));
    }
    Ok(Outward { addresses: Arc::new(embedded.clone()), carriers })
}

fn mail_server(folder: &Path, config: MailConfig) -> Result<MailServer, String> {
    let MailConfig { host, port, tls, from, user, password_file, certificate_file } = config;
    let user = match (user, password_file) {
        (Some(user), Some(file)) => Some((user, secret(folder, &file)?)),
        (None, None) => None,
        _ => return Err("`user` and `password_file` go together".to_owned()),
    };
    let tls = match tls {
        TlsWord::Starttls => MailTls::StartTls,
        TlsWord::Implicit => MailTls::Implicit,
        TlsWord::None => MailTls::None,
    };
    let certificate = certificate_file.map(|file| beside(folder, &file)).transpose()?;
    Ok(MailServer { host, port, tls, user, certificate, from, time: TIME })
}

fn outbound(folder: &Path, config: &OutboundConfig) -> Result<Outbound, String> {
    let allowed = allowed(&config.allow)?;
    let certificate = config.certificate_file.as_ref().map(|file| beside(folder, file)).transpose()?;
    let trust = Trust::of_machine(certificate.as_deref())?;
    Outbound::new(Arc::new(SystemNames), &trust, allowed, TIME)
}

/// The origins that an operator lets be called though they lie inside.
fn allowed(texts: &[String]) -> Result<BTreeSet<String>, String> {
    let mut allowed = BTreeSet::new();
    for text in texts {
        let target = Target::parse(text).map_err(|error| error.to_string())?;
        if target.as_str().trim_end_matches('/') != target.origin() {
            return Err(format!("`allow` names whole origins, such as `{}`, not `{text}`", target.origin()));
        }
        allowed.insert(target.origin());
    }
    Ok(allowed)
}

/// A secret that stands in a file of its own, on one line.
fn secret(folder: &Path, file: &Path) -> Result<String, String> {
    let text = String::from_utf8(beside(folder, file)?).map_err(|_| named(file, "is not UTF-8 text"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// The bytes of a file that is named in the configuration: from the folder of the store on, unless it says from where.
fn beside(folder: &Path, file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(folder.join(file)).map_err(|error| named(file, &format!("cannot be read: {error}")))
}

fn named(file: &Path, problem: &str) -> String {
    format!("`{}` {problem}", file.display())
}
