//! `mandate automation`: list automations, turn them on and off.

use mandate_governance::Life;
use mandate_model::{AutomationId, PrincipalId, VersionId};
use mandate_service::{Draft, Publishing, ServiceError};

use super::{home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    show::{self, inert},
};

/// What to do with automations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// List them: state, name, whom it runs as
    List,
    /// Publish the draft with another plugin: nothing runs until whom it runs as turns that version on
    Publish {
        /// Its name or id
        automation: String,
        /// The plugin: its digest, or the name of the last one uploaded
        #[arg(long, value_name = "PLUGIN")]
        plugin: String,
        /// Who publishes it: whom it runs as, or a manager
        #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
        who: PrincipalId,
    },
    /// Turn one on: whom it runs as lets exactly its published version act for them
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
                    outln!("{state:<8} {name}  runs as {}{consented}  {id}", show::runs_as(automation.run_as.as_ref()));
                }
            }
        }
        Verb::Publish { automation, plugin, who } => {
            let life = find(&home, &automation).await?;
            let version = publish(&home, &life, &who, Some(&plugin)).await?;
            outln!(
                "`{}` has a new version. It runs once {} turns it on.",
                inert(&life.automation.name),
                show::runs_as(life.automation.run_as.as_ref())
            );
            tell(&home, &version).await?;
        }
        Verb::Enable { automation, who } => {
            let life = find(&home, &automation).await?;
            let version = turn_on(&home, &life.automation.id, &who).await?;
            outln!(
                "`{}` is on. It acts on behalf of {who}, who consented to exactly this version:",
                inert(&life.automation.name)
            );
            tell(&home, &version).await?;
        }
        Verb::Disable { automation, who } => {
            let life = find(&home, &automation).await?;
            home.service.disable(&life.automation.id, &who).await.map_err(CliError::input)?;
            outln!("`{}` is off. What was staged or queued is withheld.", inert(&life.automation.name));
        }
    }
    Ok(())
}

/// Records the consent of whom it runs as to the published version; the draft is published first if nothing was yet. A plugin
/// uploaded meanwhile changes nothing: only `publish` makes another version.
pub(crate) async fn turn_on(home: &Home, id: &AutomationId, who: &PrincipalId) -> CliResult<VersionId> {
    let life = home.service.automation(id).await.map_err(CliError::input)?;
    let version = match &life.automation.published {
        Some(published) => published.clone(),
        None => publish(home, &life, who, None).await?,
    };
    home.service.enable(id, who, &version).await.map_err(CliError::input)?;
    Ok(version)
}

/// Publishes the draft as the operator, who says that whom it runs as let it: for fixtures.
pub(crate) async fn plant_version(home: &Home, id: &AutomationId, run_as: &PrincipalId) -> CliResult<VersionId> {
    let life = home.service.automation(id).await.map_err(CliError::input)?;
    let (draft, _) = drafted(home, &life, run_as, None).await?;
    home.service.plant_version(id, &draft).await.map_err(refused)
}

/// Why a version is refused; of settings, where to find which there are.
fn refused(error: ServiceError) -> CliError {
    match error {
        ServiceError::Settings(text) => CliError::Input(format!(
            "{text}: `mandate inspect PLUGIN` shows which it takes; give them with `mandate run … --settings JSON`, or in the \
             fixture's automation"
        )),
        other => CliError::input(other),
    }
}

/// Publishes somebody's draft, with this plugin or the one that it names.
async fn publish(home: &Home, life: &Life, who: &PrincipalId, plugin: Option<&str>) -> CliResult<VersionId> {
    let (draft, base) = drafted(home, life, who, plugin).await?;
    let how = Publishing { base, ..Publishing::default() };
    home.service.publish(&life.automation.id, who, &draft, how).await.map_err(refused)
}

/// Somebody's draft, with this plugin or the one that it names, and what it was begun on.
async fn drafted(
    home: &Home,
    life: &Life,
    who: &PrincipalId,
    plugin: Option<&str>,
) -> CliResult<(Draft, Option<VersionId>)> {
    let automation = &life.automation;
    let saved = home.service.saved_draft(&automation.id, who).await.map_err(CliError::unavailable)?;
    let saved = saved.ok_or_else(|| CliError::Input(format!("{who} has no draft of `{}`", automation.name)))?;
    let plugin = plugin.unwrap_or(&saved.plugin);
    let plugin = home.service.plugin(home.embedded.site(), plugin).await.map_err(CliError::input)?;
    let (settings, trigger, recipients) = (saved.settings, saved.trigger, saved.recipients);
    Ok((Draft { plugin: plugin.digest, settings, trigger, recipients }, saved.base))
}

/// What a version is and may do.
async fn tell(home: &Home, id: &VersionId) -> CliResult {
    let version = home.service.published(id).await.map_err(CliError::unavailable)?;
    let plugin = home.service.plugin(home.embedded.site(), version.plugin().as_str()).await.map_err(CliError::input)?;
    let manifest = &plugin.described.manifest;
    outln!("  version  {id}");
    outln!("  plugin   {} {}, {}", inert(&manifest.name), inert(&manifest.version), plugin.digest);
    for (verb, powers) in [("reads", &version.powers().reads), ("writes", &version.powers().writes)] {
        for (dataset, columns) in powers {
            outln!("  {verb:<8} {}: {}", inert(dataset), inert(&columns.to_string()));
        }
    }
    let told: Vec<String> = version.recipients().iter().map(ToString::to_string).collect();
    outln!("  tells    {}", inert(&told.join(", ")));
    Ok(())
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
