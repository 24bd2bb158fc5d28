//! `mandate admin`: looking after a store: verify, read the audit, purge, forget, back up, restore, count.

mod audit;
mod backup;
mod erase;
mod stats;
mod verify;

use std::{path::PathBuf, sync::Arc};

use mandate_model::PrincipalId;
use mandate_service::{Head, RetentionKind, SystemClock, Upkeep};

use super::principal;
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home,
};

/// How to look after the store.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Check file, audit and everything that the audit tells of; exit code 1 if anything is wrong
    Verify {
        /// A head that was kept elsewhere, as an earlier `verify` printed it: shows what was cut off or written anew
        #[arg(long, value_name = "HASH@NUMBER")]
        head: Option<Head>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show who did what, what ran as whom, and what it changed
    Audit(audit::Args),
    /// Show or set how long what is kept; `purge` goes by it
    Retention {
        /// Of what: journals, messages, runs, notices or audit
        #[arg(requires = "days")]
        kind: Option<RetentionKind>,
        /// For how many days, or `forever`
        #[arg(value_name = "DAYS", value_parser = erase::days)]
        days: Option<erase::Days>,
    },
    /// Show how much is older than it is kept for; with `--confirm`, purge it
    Purge {
        /// Everything older than this, instead of what `retention` says
        #[arg(long, value_name = "DAYS")]
        older_than: Option<u32>,
        /// Purge, not only count
        #[arg(long)]
        confirm: bool,
    },
    /// Erase what ran as a person and what they were told, for ever
    Forget {
        /// Whom
        #[arg(value_parser = principal)]
        person: PrincipalId,
        /// Do it
        #[arg(long)]
        confirm: bool,
    },
    /// Copy store, platform and secret into a new folder
    Backup {
        /// Where
        folder: PathBuf,
    },
    /// Make the store `--store`, which must not be there yet, from a backup, and verify it
    Restore {
        /// The backup
        folder: PathBuf,
    },
    /// Count what is in the store
    Stats {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    match verb {
        Verb::Verify { head, json } => verify::run(common, head.as_ref(), json).await,
        Verb::Audit(args) => audit::run(common, args).await,
        Verb::Retention { kind, days } => erase::retention(common, kind.zip(days)).await,
        Verb::Purge { older_than, confirm } => erase::purge(common, older_than, confirm).await,
        Verb::Forget { person, confirm } => erase::forget(common, &person, confirm).await,
        Verb::Backup { folder } => backup::backup(common, &folder).await,
        Verb::Restore { folder } => backup::restore(common, &folder).await,
        Verb::Stats { json } => stats::run(common, json).await,
    }
}

/// The store that the command line names, without its platform.
async fn upkeep(common: &Common) -> CliResult<Upkeep> {
    let path = home::store(&common.store);
    if !path.is_file() {
        return Err(home::none(&common.store));
    }
    Upkeep::open(&path, Arc::new(SystemClock)).await.map_err(CliError::unavailable)
}

/// How many, in words.
fn counted(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
