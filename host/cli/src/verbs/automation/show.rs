//! `mandate automation show`.

use super::{Target, find::find, page::Page};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
};

/// Which, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub(super) async fn run(home: &Home, args: &Args) -> CliResult {
    let life = find(home, &args.target).await?;
    let page = Page::of(home, &life.automation.id, &args.target.who).await?;
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&page).map_err(CliError::unavailable)?);
    } else {
        page.print();
    }
    Ok(())
}
