//! `mandate automation publish`: a draft becomes what would run.

use mandate_governance::{Life, Refused, State, Version};
use mandate_model::{AutomationId, PrincipalId, VersionId};
use mandate_service::{Draft, Publishing, SavedDraft, ServiceError};

use super::{
    Target,
    ask::{called, refused, repeat},
    changes, draft,
    find::find,
    page::Page,
};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::runs_as,
    verbs::reach,
};

/// Which draft, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// Another plugin than the draft's: its digest, or the name of the last one uploaded
    #[arg(long, value_name = "PLUGIN")]
    plugin: Option<String>,
    /// Let the new version act for whom it runs as, for whom you speak
    #[arg(long)]
    consent: bool,
    /// Confirm that it runs as you from now on, in sites where this does that
    #[arg(long)]
    confirm: bool,
}

/// Publishes it.
pub(super) async fn run(home: &Home, args: &Args) -> CliResult {
    let (life, who) = (find(home, &args.target).await?, &args.target.who);
    let id = &life.automation.id;
    let how = How { plugin: args.plugin.as_deref(), consent: args.consent, confirm: args.confirm };
    publish(home, &life, who, &how).await?;
    let life = home.service.automation(id).await.map_err(refused)?;
    let run_as = runs_as(life.automation.run_as.as_ref());
    let then = match (&life.consent, life.automation.state) {
        (Some(_), State::On) => format!("It runs as {run_as}."),
        (Some(_), _) => format!("{run_as} lets it act; it runs once it is turned on."),
        (None, State::On) => format!("It runs once {run_as} consents to it."),
        (None, _) => format!("It runs once {run_as} turns it on."),
    };
    outln!("{} has a new version. {then}", called(&life));
    Page::of(home, id, who).await?.print_version();
    Ok(())
}

/// How to publish.
struct How<'a> {
    plugin: Option<&'a str>,
    consent: bool,
    confirm: bool,
}

/// Publishes somebody's draft of what was never published.
pub(super) async fn first(home: &Home, life: &Life, who: &PrincipalId, confirm: bool) -> CliResult<VersionId> {
    publish(home, life, who, &How { plugin: None, consent: false, confirm }).await
}

async fn publish(home: &Home, life: &Life, who: &PrincipalId, how: &How<'_>) -> CliResult<VersionId> {
    let (saved, draft) = drafted(home, life, who, how.plugin).await?;
    let id = &life.automation.id;
    let publishing = Publishing { base: saved.base, consent: how.consent, ..Publishing::default() };
    let refusal = match home.service.publish(id, who, &draft, publishing.clone()).await {
        Err(ServiceError::Refused(refusal)) => refusal,
        published => return published.map_err(refused),
    };
    let version = home.service.version(home.embedded.site(), &draft).await.map_err(refused)?;
    match &refusal {
        Refused::StaleDraft { base, published } => {
            changes::both_sides(home, who, base.as_ref(), published.as_ref(), Some(&version)).await?;
            Err(CliError::Input(format!("{refusal} with `mandate automation edit`")))
        }
        Refused::WouldMove { from, to } => {
            outln!("it would run as you, with:");
            changes::side(home, who, None, &version).await?;
            let reach = home.service.reach_of_draft(id, who, to, &draft).await.map_err(refused)?;
            reach::tell(&life.automation.name, &reach);
            if !how.confirm {
                return Err(CliError::Input(repeat(&refusal.to_string())));
            }
            let confirmed = Publishing { instead_of: Some(from.clone()), ..publishing };
            home.service.publish(id, who, &draft, confirmed).await.map_err(refused)
        }
        _ => Err(CliError::input(refusal)),
    }
}

/// Publishes the draft as the operator, who says that whom it runs as let it: for fixtures.
pub(crate) async fn plant_version(home: &Home, id: &AutomationId, run_as: &PrincipalId) -> CliResult<VersionId> {
    let life = home.service.automation(id).await.map_err(CliError::input)?;
    let (_, draft) = drafted(home, &life, run_as, None).await?;
    home.service.plant_version(id, &draft).await.map_err(refused)
}

/// Somebody's draft as it was saved, and with this plugin or the one that it names.
async fn drafted(home: &Home, life: &Life, who: &PrincipalId, plugin: Option<&str>) -> CliResult<(SavedDraft, Draft)> {
    let automation = &life.automation;
    let saved = home.service.saved_draft(&automation.id, who).await.map_err(CliError::unavailable)?;
    let saved = saved.ok_or_else(|| draft::none(who, &automation.name))?;
    let draft = resolved(home, &saved, plugin.unwrap_or(&saved.plugin)).await?;
    Ok((saved, draft))
}

/// A saved draft with this plugin of the site.
pub(super) async fn resolved(home: &Home, saved: &SavedDraft, plugin: &str) -> CliResult<Draft> {
    let plugin = home.service.plugin(home.embedded.site(), plugin).await.map_err(CliError::input)?.digest;
    let (settings, trigger) = (saved.settings.clone(), saved.trigger.clone());
    Ok(Draft { plugin, settings, trigger, recipients: saved.recipients.clone() })
}

/// What a draft would be published as.
pub(super) async fn would_be(home: &Home, saved: &SavedDraft) -> CliResult<Version> {
    let draft = resolved(home, saved, &saved.plugin).await?;
    home.service.version(home.embedded.site(), &draft).await.map_err(refused)
}
