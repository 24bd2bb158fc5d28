//! `mandate automation dry-run`.

use mandate_model::{RowRef, RunId};
use mandate_service::Occasion;

use super::{Target, ask::refused, find::find, publish, run_now::row};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    verbs::rehearsed,
};

/// What about.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// As if run by hand about a row that you see; without it, about nothing
    #[arg(long, value_name = "DATASET/ID", value_parser = row, conflicts_with = "of")]
    row: Option<RowRef>,
    /// As if the event of this run, which you may see, happened again
    #[arg(long, value_name = "RUN")]
    of: Option<String>,
    /// What is published, even if you have a draft
    #[arg(long)]
    published: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows what it would do and tell as the person who asks.
pub(super) async fn run(home: &Home, args: &Args) -> CliResult {
    let (life, who) = (find(home, &args.target).await?, &args.target.who);
    let id = &life.automation.id;
    let saved = home.service.saved_draft(id, who).await.map_err(refused)?.filter(|_| !args.published);
    let draft = match &saved {
        Some(saved) => Some(publish::resolved(home, saved, &saved.plugin).await?),
        None => None,
    };
    let occasion = match &args.of {
        Some(run) => Occasion::Run(RunId::parse(run).map_err(CliError::input)?),
        None => Occasion::Now(args.row.clone()),
    };
    let parts = home.service.dry_run(id, who, draft.as_ref(), occasion).await.map_err(refused)?;
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&parts).map_err(CliError::unavailable)?);
        return Ok(());
    }
    let what = if draft.is_some() { "your draft" } else { "what is published" };
    outln!("{what}, as {who} and nobody else; nothing of it is kept or carried out:");
    parts.iter().for_each(rehearsed::print);
    Ok(())
}
