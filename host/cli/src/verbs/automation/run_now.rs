//! `mandate automation run-now`.

use mandate_model::RowRef;

use super::{Target, ask::refused, find::find};
use crate::{
    failure::CliResult,
    home::Home,
    report::{self, Store},
};

/// What about.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// A row that you see; recipients who see it are told. Without it only the act part runs, about nothing
    #[arg(long, value_name = "DATASET/ID", value_parser = row)]
    row: Option<RowRef>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn row(text: &str) -> Result<RowRef, String> {
    let (dataset, id) = text.split_once('/').ok_or_else(|| format!("`{text}` is no DATASET/ID"))?;
    Ok(RowRef { dataset: dataset.to_owned(), id: id.to_owned() })
}

/// Runs it, and shows what followed.
pub(super) async fn run(home: &Home, args: &Args) -> CliResult {
    let life = find(home, &args.target).await?;
    let run = home.service.run_now(&life.automation.id, &args.target.who, args.row.clone()).await;
    let (event, occurrence) = run.map_err(refused)?;
    home.settle().await?;
    report::event(home, &event, &occurrence, Store::Kept, args.json).await?;
    report::failures(home, &event).await
}
