//! `mandate run explain`: why nobody was told, or why nothing happened.

use mandate_model::{EventId, PrincipalId};

use super::{home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    show::inert,
    verbs::automation::{self, find},
};

/// Of which event and which automation.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The automation: its name or id
    automation: String,
    /// The event: its id
    #[arg(long, value_name = "EVENT")]
    event: String,
    /// As whom
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Says it.
pub(super) async fn run(common: &Common, args: Args) -> CliResult {
    let Args { automation, event, who, json } = args;
    let home = home(common).await?;
    home.known(&who).await?;
    let event = EventId::parse(&event).map_err(CliError::input)?;
    let id = match mandate_model::AutomationId::parse(&automation) {
        // Who is told by it need not see it.
        Ok(id) => id,
        Err(_) => find::find(&home, &automation::Target { automation, who: who.clone() }).await?.automation.id,
    };
    let explanation = home.service.explain(&who, &id, &event).await.map_err(CliError::of)?;
    if json {
        outln!("{}", serde_json::to_string_pretty(&explanation).map_err(CliError::unavailable)?);
        return Ok(());
    }
    if let Some(run) = &explanation.run {
        outln!("run {run}");
    }
    for fate in &explanation.fates {
        outln!("{}", inert(&fate.to_string()));
    }
    Ok(())
}
