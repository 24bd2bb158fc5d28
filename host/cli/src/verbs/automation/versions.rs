//! `mandate automation versions` and `roll-back`: what was published of an automation, and publishing one of it again.

use mandate_governance::Refused;
use mandate_model::VersionId;
use mandate_service::{PastVersion, PastVersions, Publishing, ServiceError};
use serde_json::json;

use super::{
    Target,
    ask::{called, refused, repeat},
    changes,
    find::find,
    page::Page,
    switch::version,
};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::{inert, runs_as, time},
    verbs::reach,
};

/// Of what.
#[derive(Debug, clap::Args)]
pub(crate) struct Versions {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// Only those before the one of this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// To what.
#[derive(Debug, clap::Args)]
pub(crate) struct RollBack {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// What is published again: a version that it had, or its number in the list of them
    #[arg(long, value_name = "VERSION")]
    to: String,
    /// What is published now, as you saw it; refused if another is by now
    #[arg(long, value_name = "VERSION", value_parser = version)]
    seen: Option<VersionId>,
    /// Let that version act for whom it runs as, for whom you speak
    #[arg(long)]
    consent: bool,
    /// Confirm that it runs as you from now on, in sites where this does that
    #[arg(long)]
    confirm: bool,
}

/// Lists them, the latest first.
pub(super) async fn list(home: &Home, args: &Versions) -> CliResult {
    let (life, who) = (find(home, &args.target).await?, &args.target.who);
    let past =
        home.service.versions(&life.automation.id, who, args.before, PastVersions::MOST).await.map_err(refused)?;
    if args.json {
        let all: Vec<_> = past.versions.iter().map(as_json).collect();
        let page = json!({ "versions": all, "next": past.next });
        outln!("{}", serde_json::to_string_pretty(&page).map_err(CliError::unavailable)?);
        return Ok(());
    }
    if past.versions.is_empty() {
        outln!("{}: nothing was published", called(&life));
    }
    past.versions.iter().for_each(line);
    if let Some(next) = past.next {
        outln!("there are older ones: `--before {next}`");
    }
    Ok(())
}

fn id(past: &PastVersion) -> Option<&VersionId> {
    past.version.as_ref().and_then(|version| version.whole.as_ref()).map(|whole| &whole.version)
}

fn line(past: &PastVersion) {
    let by = past.by.as_ref().map_or_else(|| "the operator".to_owned(), ToString::to_string);
    let live = if past.live { "  live" } else { "" };
    let plugin = past.version.as_ref().map_or("cannot be read any more", |version| version.plugin.as_str());
    let id = id(past).map(|id| format!("  {id}")).unwrap_or_default();
    outln!("version {}{live}  {}  by {by}  {}{id}", past.number, time(past.at), inert(plugin));
    for line in past.changes.iter().flat_map(mandate_service::ShownChanges::lines) {
        outln!("  {}", inert(&line));
    }
}

fn as_json(past: &PastVersion) -> serde_json::Value {
    json!({
        "number": past.number,
        "at": past.at,
        "by": past.by,
        "live": past.live,
        "version": past.version,
        "changes": past.changes,
    })
}

/// Publishes what an earlier version says.
pub(super) async fn roll_back(home: &Home, args: &RollBack) -> CliResult {
    let (life, who) = (find(home, &args.target).await?, &args.target.who);
    let automation = &life.automation.id;
    let to = chosen(home, args, automation).await?;
    let base = args.seen.clone().or_else(|| life.automation.published.clone());
    let how = Publishing { base, consent: args.consent, ..Publishing::default() };
    match home.service.roll_back(automation, who, &to, how.clone()).await {
        Err(ServiceError::Refused(moves @ Refused::WouldMove { .. })) => {
            let draft = home.service.earlier(automation, who, &to).await.map_err(refused)?;
            let version = home.service.version(home.embedded.site(), &draft).await.map_err(refused)?;
            outln!("it would run as you, with:");
            changes::side(home, who, None, &version).await?;
            let Refused::WouldMove { from, to: whom } = &moves else { return Err(CliError::input(moves)) };
            let reach = home.service.reach_of_draft(automation, who, whom, &draft).await.map_err(refused)?;
            reach::tell(&life.automation.name, &reach);
            if !args.confirm {
                return Err(CliError::Input(repeat(&moves.to_string())));
            }
            let how = Publishing { instead_of: Some(from.clone()), shown: Some(version.id()), ..how };
            home.service.roll_back(automation, who, &to, how).await.map_err(refused)?
        }
        rolled => rolled.map_err(refused)?,
    };
    let life = home.service.automation(automation).await.map_err(refused)?;
    let run_as = runs_as(life.automation.run_as.as_ref());
    let then = if life.consent.is_some() { "lets it act" } else { "must let it act before it runs" };
    outln!("{} is what it was: a new version. {run_as} {then}.", called(&life));
    Page::of(home, automation, who).await?.print_version();
    Ok(())
}

/// The version that is named, or that has this number.
async fn chosen(home: &Home, args: &RollBack, automation: &mandate_model::AutomationId) -> CliResult<VersionId> {
    let Ok(number) = args.to.parse::<u32>() else {
        return version(&args.to).map_err(CliError::Input);
    };
    let before = Some(number.saturating_add(1));
    let past = home.service.versions(automation, &args.target.who, before, 1).await.map_err(refused)?;
    let found = past.versions.first().filter(|past| past.number == number).and_then(id);
    found.cloned().ok_or_else(|| {
        CliError::Input(format!("there is no version {number} that you may see: see `mandate automation versions`"))
    })
}
