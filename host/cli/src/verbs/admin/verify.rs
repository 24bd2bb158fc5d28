//! `mandate admin verify`.

use std::sync::Arc;

use mandate_service::{Head, SystemClock, embedded::Embedded};
use serde_json::json;

use super::upkeep;
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home,
    show::inert,
};

pub(super) async fn run(common: &Common, kept: Option<&Head>, as_json: bool) -> CliResult {
    let verified = upkeep(common).await?.verify(kept).await.map_err(CliError::unavailable)?;
    let mut flaws: Vec<String> = verified.flaws.iter().map(ToString::to_string).collect();
    let platform = Embedded::open(&home::platform(&common.store), Arc::new(SystemClock)).await;
    let damage = platform.map_err(CliError::unavailable)?.damage().await.map_err(CliError::unavailable)?;
    flaws.extend(damage.into_iter().map(|what| format!("the platform's file is damaged: {what}")));
    if as_json {
        let told = json!({ "entries": verified.entries, "head": verified.head, "flaws": flaws });
        outln!("{}", serde_json::to_string_pretty(&told).map_err(CliError::unavailable)?);
    } else {
        let head = verified.head.map_or_else(|| "none".to_owned(), |head| head.to_string());
        outln!("{} entries, head {head}", verified.entries);
        for flaw in &flaws {
            outln!("{}", inert(flaw));
        }
    }
    if flaws.is_empty() {
        return Ok(());
    }
    let what =
        "what is stored is not what was written: keep the file, find out who could write it, and restore a backup";
    Err(CliError::Failed(what.to_owned()))
}
