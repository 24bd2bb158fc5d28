//! `mandate automation list`.

use mandate_governance::{Life, State};
use mandate_model::PrincipalId;
use serde_json::json;

use super::{find::visible, principal, words};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::{inert, runs_as},
};

/// Whose view, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only what this person may see; without it everything, for the operator
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: Option<PrincipalId>,
    /// Only those that run on a consent taken over from another product, which nobody has given here
    #[arg(long)]
    grandfathered: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists them.
pub(super) async fn run(home: &Home, args: &Args) -> CliResult {
    let mut lines = vec![];
    let mut each = |life: Life| match (args.grandfathered && !grandfathered(&life), args.json) {
        (true, _) => {}
        (false, true) => lines.push(line_as_json(&life)),
        (false, false) => line(&life),
    };
    if let Some(who) = &args.who {
        visible(home, who, each).await?;
    } else {
        let all = home.service.automations().await.map_err(CliError::unavailable)?;
        all.into_iter().filter(|life| !life.automation.deleted).for_each(&mut each);
        // Of what cannot be read nobody knows.
        for damaged in home.service.damaged_automations().await.map_err(CliError::unavailable)? {
            if args.json {
                lines.push(json!({ "id": damaged.id, "damaged": damaged.reason }));
            } else {
                outln!("damaged  {}  {}", inert(&damaged.id), inert(&damaged.reason));
            }
        }
    }
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&lines).map_err(CliError::unavailable)?);
    }
    Ok(())
}

fn line(life: &Life) {
    let automation = &life.automation;
    let (state, kind, name) = (automation.state.as_str(), words::kind(automation.kind), inert(&automation.name));
    let taken_over = grandfathered(life).then_some("grandfathered");
    let consent = consent(life).or(taken_over).map(|word| format!("  ({word})")).unwrap_or_default();
    let offered = automation.offered.as_ref().map(|to| format!("  offered to {to}")).unwrap_or_default();
    let run_as = runs_as(automation.run_as.as_ref());
    outln!("{state:<8} {kind:<8} {name}  runs as {run_as}{consent}{offered}  {}", automation.id);
}

/// Whether it runs on a consent from another product (VEN-14).
fn grandfathered(life: &Life) -> bool {
    life.consent.as_ref().is_some_and(|consent| consent.grandfathered)
}

/// What its consent lacks, in words.
fn consent(life: &Life) -> Option<&'static str> {
    match (&life.consent, &life.automation.published, life.automation.state) {
        (Some(_), _, _) => None,
        (None, None, _) => Some("nothing published"),
        (None, Some(_), State::On) => Some("waits for consent"),
        (None, Some(_), _) => Some("no consent"),
    }
}

fn line_as_json(life: &Life) -> serde_json::Value {
    let automation = &life.automation;
    json!({
        "id": automation.id,
        "name": automation.name,
        "state": automation.state,
        "kind": automation.kind,
        "workspace": automation.workspace,
        "run_as": automation.run_as,
        "consent": life.consent.is_some(),
        "grandfathered": grandfathered(life),
        "lacks": consent(life),
        "offered": automation.offered,
    })
}
