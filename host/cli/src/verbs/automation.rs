//! `mandate automation`: list automations, turn them on and off.

use mandate_governance::Life;
use mandate_model::{AutomationId, PrincipalId};
use mandate_service::Draft;

use super::{home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// What to do with automations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// List them: state, name, whom it runs as
    List,
    /// Turn one on: whom it runs as lets exactly its present version act for them
    Enable {
        /// Its name or id
        automation: String,
        /// Who turns it on; must be whom it runs as
        #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
        who: PrincipalId,
    },
    /// Turn one off: no run of any kind begins, what is staged or queued is withheld
    Disable {
        /// Its name or id
        automation: String,
        /// Who turns it off
        #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
        who: PrincipalId,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    match verb {
        Verb::List => {
            for Life { automation, consent } in home.service.automations().await.map_err(CliError::unavailable)? {
                if !automation.deleted {
                    let consented = if consent.is_some() { "" } else { "  (no consent)" };
                    let (id, state, name) = (&automation.id, automation.state.as_str(), inert(&automation.name));
                    outln!("{state:<8} {name}  runs as {}{consented}  {id}", automation.run_as);
                }
            }
        }
        Verb::Enable { automation, who } => {
            let life = find(&home, &automation).await?;
            let version = turn_on(&home, &life.automation.id, &who).await?;
            let name = inert(&life.automation.name);
            outln!("`{name}` is on. It acts on behalf of {who}, who consented to exactly {version}.");
        }
        Verb::Disable { automation, who } => {
            let life = find(&home, &automation).await?;
            home.service.disable(&life.automation.id, &who).await.map_err(CliError::input)?;
            outln!("`{}` is off. What was staged or queued is withheld.", inert(&life.automation.name));
        }
    }
    Ok(())
}

/// Publishes the draft, if it is not what is published, and records the consent of whom it runs as.
pub(crate) async fn turn_on(home: &Home, id: &AutomationId, who: &PrincipalId) -> CliResult<mandate_model::VersionId> {
    let life = home.service.automation(id).await.map_err(CliError::input)?;
    let version = match home.service.saved_draft(id, who).await.map_err(CliError::unavailable)? {
        None => life.automation.published.ok_or_else(|| CliError::Input("nothing is published yet".to_owned()))?,
        Some(saved) => {
            let plugin = home.service.plugin(home.embedded.site(), &saved.plugin).await.map_err(CliError::input)?;
            let draft = Draft {
                plugin: plugin.digest,
                settings: saved.settings,
                trigger: saved.trigger,
                recipients: saved.recipients,
            };
            home.service.publish(id, who, &draft).await.map_err(CliError::input)?
        }
    };
    home.service.enable(id, who, &version).await.map_err(CliError::input)?;
    Ok(version)
}

/// The automation of that name or id.
pub(crate) async fn find(home: &Home, name_or_id: &str) -> CliResult<Life> {
    let all = home.service.automations().await.map_err(CliError::unavailable)?;
    let mut found: Vec<Life> = all
        .into_iter()
        .filter(|life| life.automation.name == name_or_id || life.automation.id.as_str() == name_or_id)
        .filter(|life| !life.automation.deleted)
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(life), true) => Ok(life),
        (Some(_), false) => Err(CliError::Input(format!("several automations are called `{name_or_id}`: give the id"))),
        (None, _) => {
            Err(CliError::Input(format!("there is no automation `{name_or_id}`: see `mandate automation list`")))
        }
    }
}
