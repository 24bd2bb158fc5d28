//! `mandate plugin`: upload components and list them.

use std::path::PathBuf;

use mandate_service::Quarantined;

use super::{fixture, home};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    show::{inert, time},
};

/// What to do with plugins.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Check components and keep them, all or none: if one is refused, nothing is kept. The same bytes again are the same plugin
    Upload {
        /// The components: .wasm files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List what was uploaded, and say what is in quarantine
    List,
    /// Let a plugin run again that ended the host twice; what was given up meanwhile is tried again
    Release {
        /// Its digest, or the name of the last uploaded one of that name
        plugin: String,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    match verb {
        Verb::Upload { files } => upload(&home, &files).await,
        Verb::List => list(&home).await,
        Verb::Release { plugin } => release(&home, &plugin).await,
    }
}

async fn upload(home: &Home, files: &[PathBuf]) -> CliResult {
    for path in files {
        fixture::check(home, path).await.map_err(|error| match error {
            CliError::Input(text) if files.len() > 1 => CliError::Input(format!("{text}\nnothing was uploaded")),
            CliError::Unavailable(text) if files.len() > 1 => {
                CliError::Unavailable(format!("{text}\nnothing was uploaded"))
            }
            other => other,
        })?;
    }
    for path in files {
        let digest = fixture::upload(home, path).await?;
        let plugin = home.service.plugin(home.embedded.site(), digest.as_str()).await.map_err(CliError::input)?;
        let manifest = &plugin.described.manifest;
        outln!("uploaded {} {}\n  {digest}", inert(&manifest.name), inert(&manifest.version));
    }
    Ok(())
}

async fn list(home: &Home) -> CliResult {
    let quarantined = home.service.quarantined().await.map_err(CliError::unavailable)?;
    for plugin in home.service.plugins(home.embedded.site()).await.map_err(CliError::unavailable)? {
        let manifest = &plugin.described.manifest;
        outln!("{} {}  {}  {}", inert(&manifest.name), inert(&manifest.version), time(plugin.at), plugin.digest);
        let held = |one: &&Quarantined| one.site == *home.embedded.site() && one.plugin == plugin.digest;
        if let Some(held) = quarantined.iter().find(held) {
            outln!("  in quarantine since {}: it ended the host twice; see `mandate plugin release`", time(held.at));
        }
    }
    for damaged in home.service.damaged_plugins(home.embedded.site()).await.map_err(CliError::unavailable)? {
        outln!("damaged  {}  {}", inert(&damaged.id), inert(&damaged.reason));
    }
    Ok(())
}

async fn release(home: &Home, plugin: &str) -> CliResult {
    let digest = home.service.plugin(home.embedded.site(), plugin).await.map_err(CliError::input)?.digest;
    if !home.service.release(home.embedded.site(), &digest).await.map_err(CliError::unavailable)? {
        return Err(CliError::Input(format!("the plugin `{}` is in no quarantine", inert(plugin))));
    }
    home.service.revive().await.map_err(CliError::unavailable)?;
    outln!("released {digest}");
    home.settle().await
}
