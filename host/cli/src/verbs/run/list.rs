//! `mandate run list`: the runs that a person may know of, the latest first.

use mandate_model::{PrincipalId, RunId};
use mandate_service::RunView;

use super::{happened, home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    show::{inert, time},
    verbs::automation::{self, find},
};

/// Which runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// As whom: their own, and those of automations whose history they may see
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
    /// Only those of this automation: its name or id
    #[arg(long, value_name = "AUTOMATION")]
    automation: Option<String>,
    /// Only those before this run
    #[arg(long, value_name = "RUN")]
    after: Option<String>,
    /// At most so many, and 100
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists them.
pub(super) async fn run(common: &Common, args: Args) -> CliResult {
    let (home, who) = (home(common).await?, &args.who);
    home.known(who).await?;
    let automation = match args.automation {
        Some(automation) => {
            let target = automation::Target { automation, who: who.clone() };
            Some(find::find(&home, &target).await?.automation.id)
        }
        None => None,
    };
    let after = args.after.as_deref().map(RunId::parse).transpose().map_err(CliError::input)?;
    let runs = home.service.history(who, automation.as_ref(), after.as_ref(), args.limit).await;
    let runs = runs.map_err(CliError::of)?;
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&runs).map_err(CliError::unavailable)?);
        return Ok(());
    }
    runs.iter().for_each(line);
    Ok(())
}

fn line(view: &RunView) {
    outln!("{}  {}  {}  {}", time(view.at), view.id, inert(&view.name), happened(view));
}
