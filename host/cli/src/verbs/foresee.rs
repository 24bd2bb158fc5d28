//! What taking something away would do, for `--dry-run`.

use mandate_governance::{Life, settings::Then};
use mandate_service::{Impact, Removal};

use super::policy::changes;
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::{self, inert},
};

/// Shows what `removal` would do and does nothing; `none` is said if there is nothing to take away.
pub(super) async fn show(home: &Home, removal: &Removal, none: &str) -> CliResult {
    let impact = home.service.impact(home.embedded.site(), removal).await.map_err(CliError::unavailable)?;
    let impact = impact.ok_or_else(|| CliError::Input(none.to_owned()))?;
    if impact.is_empty() {
        outln!("no automation would stop, and none would lose its last manager");
    } else {
        tell(home, &impact).await?;
    }
    outln!("nothing was changed: leave out `--dry-run` to do it");
    Ok(())
}

async fn tell(home: &Home, impact: &Impact) -> CliResult {
    for loss in &impact.losses {
        let become_of = match loss.then {
            Then::Stop => "would stop",
            Then::Fail => "would fail at what it does",
            Then::Deny => "would be denied what it asks for",
        };
        let lost: Vec<String> = loss.lost.iter().map(ToString::to_string).collect();
        outln!("`{}` {become_of}: {}", inert(&loss.life.automation.name), inert(&lost.join("; ")));
    }
    for life in &impact.unmanaged {
        outln!("`{}` would lose its last manager", inert(&life.automation.name));
    }
    for life in &impact.runs_as {
        outln!("{} runs as them", line(life));
    }
    if !impact.decisions.is_empty() {
        let lives = home.service.automations().await.map_err(CliError::unavailable)?;
        let names: changes::Names = lives.into_iter().map(|life| (life.automation.id, life.automation.name)).collect();
        changes::people(&impact.decisions, &names);
    }
    Ok(())
}

/// An automation in a few words.
pub(super) fn line(life: &Life) -> String {
    format!("`{}` ({})", inert(&life.automation.name), life.automation.state.as_str())
}

/// [`line()`] with whom it runs as.
pub(super) fn line_with_run_as(life: &Life) -> String {
    format!("{}, which runs as {}", line(life), show::runs_as(life.automation.run_as.as_ref()))
}
