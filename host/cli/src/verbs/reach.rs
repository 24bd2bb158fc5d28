//! `mandate reach`: what an automation would touch as somebody, against whom it runs as now.

use mandate_model::rows::MAX_PAGE;
use mandate_service::{DatasetReach, PowerReach, ReachPreview};

use super::{
    automation::{Target, find::find},
    home,
};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    show::{self, inert},
};

/// Of what, and as whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
}

/// Shows it.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let home = home(common).await?;
    let life = find(&home, &args.target).await?;
    let reach = home.service.reach(&life.automation.id, &args.target.who).await.map_err(CliError::input)?;
    tell(&life.automation.name, &reach);
    Ok(())
}

/// What it would touch, and whether that is more or less than now: before anybody makes it run as somebody else (FIL-21).
pub(crate) fn tell(name: &str, reach: &ReachPreview) {
    outln!("`{}` runs as {}; as {} it would reach:", inert(name), show::runs_as(reach.run_as.as_ref()), reach.person);
    for power in &reach.powers {
        outln!("  {}", power_line(power));
    }
    for dataset in &reach.datasets {
        tell_dataset(reach, dataset);
    }
    outln!("{}", reach.summary());
}

fn power_line(reach: &PowerReach) -> String {
    let Some(power) = &reach.power else {
        return "no   something that they may not know of".to_owned();
    };
    let (held, change) = match (reach.held, reach.grows(), reach.shrinks()) {
        (true, true, _) => ("yes", "  (more than now)"),
        (false, _, true) => ("no ", "  (less than now)"),
        (true, ..) => ("yes", ""),
        (false, ..) => ("no ", ""),
    };
    format!("{held}  {}{change}", inert(&power.to_string()))
}

fn tell_dataset(reach: &ReachPreview, dataset: &DatasetReach) {
    let rows = &dataset.rows;
    let more = if rows.more { ", and more that were not looked at" } else { "" };
    outln!("  of `{}`: {} rows{more}", inert(&dataset.dataset), rows.count);
    if let Some(extent) = &dataset.extent {
        outln!("    sees     {}; columns {}", inert(&extent.reads), columns(&extent.sees));
        outln!("    may set  {}", columns(&extent.sets));
    }
    let (Some(run_as), Some(same)) = (&reach.run_as, dataset.same) else { return };
    if same {
        outln!("    the same as {run_as} sees");
    } else {
        let compared = match rows.new {
            Some(new) => format!(": {new} of these rows are new to it"),
            None => format!("; more than {MAX_PAGE} rows are not compared one by one"),
        };
        outln!("    not what {run_as} sees{compared}");
    }
}

fn columns(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { inert(&names.join(", ")) }
}
