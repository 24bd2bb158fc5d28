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
    outln!(
        "`{}` runs as {}; as {} it would reach:",
        inert(&life.automation.name),
        show::runs_as(reach.run_as.as_ref()),
        reach.person
    );
    for power in &reach.powers {
        outln!("  {}", power_line(power));
    }
    for dataset in &reach.datasets {
        tell(&reach, dataset);
    }
    outln!("{}", summary(&reach));
    Ok(())
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

fn tell(reach: &ReachPreview, dataset: &DatasetReach) {
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

/// Whether the reach grows or shrinks, in one line.
fn summary(reach: &ReachPreview) -> String {
    let grows = reach.powers.iter().any(PowerReach::grows)
        || reach.datasets.iter().any(|dataset| dataset.rows.new.is_some_and(|new| new > 0));
    let shrinks = reach.powers.iter().any(PowerReach::shrinks);
    let differs = reach.datasets.iter().any(|dataset| dataset.same == Some(false));
    let compared = reach.datasets.iter().all(|dataset| dataset.same != Some(false) || dataset.rows.new.is_some());
    let words = match (grows, shrinks) {
        (true, true) => "its reach would grow in one place and shrink in another",
        (true, false) => "its reach would grow",
        (false, false) if !compared => {
            "its reach would be another: there are too many rows to say whether it would grow"
        }
        (false, true) if !compared => {
            "its reach would shrink, and there are too many rows to say whether it would grow too"
        }
        (false, true) => "its reach would shrink",
        (false, false) if differs => "its reach would be another: it may do less than now",
        (false, false) => "its reach would stay as it is",
    };
    words.to_owned()
}

fn columns(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { inert(&names.join(", ")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use mandate_model::PrincipalId;
    use mandate_service::Rows;

    use super::*;

    #[test]
    fn what_was_not_compared_is_not_called_less() {
        let person = PrincipalId::parse("user:ana").unwrap();
        let of = |new, same| {
            let rows = Rows { count: 1000, more: true, new };
            let deals = DatasetReach { dataset: "deals".to_owned(), rows, extent: None, same: Some(same) };
            summary(&ReachPreview { person: person.clone(), run_as: None, powers: vec![], datasets: vec![deals] })
        };
        assert_eq!(of(None, false), "its reach would be another: there are too many rows to say whether it would grow");
        assert_eq!(of(Some(0), false), "its reach would be another: it may do less than now");
        assert_eq!(of(Some(1), false), "its reach would grow");
        assert_eq!(of(None, true), "its reach would stay as it is");
    }
}
