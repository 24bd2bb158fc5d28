//! `mandate admin stats`.

use std::collections::BTreeMap;

use super::upkeep;
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    show::time,
};

pub(super) async fn run(common: &Common, as_json: bool) -> CliResult {
    let stats = upkeep(common).await?.stats().await.map_err(CliError::unavailable)?;
    if as_json {
        outln!("{}", serde_json::to_string_pretty(&stats).map_err(CliError::unavailable)?);
        return Ok(());
    }
    outln!("{} bytes, {} of them free to be used again", stats.bytes, stats.free_bytes);
    table("", &stats.counts);
    table("runs ", &stats.runs);
    table("parts ", &stats.parts);
    table("effects ", &stats.effects);
    if let Some(oldest) = stats.oldest {
        outln!("the oldest run is of {}", time(oldest));
    }
    if let Some(head) = stats.head {
        outln!("head {head}");
    }
    Ok(())
}

fn table(of: &str, counts: &BTreeMap<String, i64>) {
    for (what, count) in counts {
        outln!("{count:>12}  {of}{what}");
    }
}
