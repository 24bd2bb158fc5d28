//! `mandate automation unused`: the powers that an automation declares and does not use.

use super::{Target, find::find};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// Of what, and how far back.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// How many of its last runs to look at
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists them.
pub(super) async fn run(home: &Home, args: &Args) -> CliResult {
    let life = find(home, &args.target).await?;
    let unused = home.service.unused(&args.target.who, &life.automation.id, args.runs).await.map_err(CliError::of)?;
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&unused).map_err(CliError::unavailable)?);
        return Ok(());
    }
    let (name, counted) = (inert(&life.automation.name), unused.counted);
    if counted == 0 {
        outln!("`{name}`: none of its last runs can be counted: of none do you see the whole act part");
        return Ok(());
    }
    outln!(
        "`{name}`: in {counted} act parts that you see whole, these powers were not used (notify parts do not count):"
    );
    for power in &unused.powers {
        outln!("  {}", inert(&power.to_string()));
    }
    if unused.powers.is_empty() {
        outln!("  none: all were used");
    }
    Ok(())
}
