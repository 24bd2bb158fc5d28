//! On, off, consent, and the end.

use mandate_governance::{Acquisition, Ask, Life};
use mandate_model::{PrincipalId, VersionId};

use super::{
    Target,
    ask::{ask, ask_confirmed, called, published, repeat},
    find::find,
    page::Page,
    publish,
};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::runs_as,
    verbs::principal,
};

/// Which version is let act.
#[derive(Debug, clap::Args)]
pub(crate) struct Seen {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// The version that you were shown; refused if another is published by now
    #[arg(long, value_name = "VERSION", value_parser = version)]
    seen: Option<VersionId>,
}

/// Turning on.
#[derive(Debug, clap::Args)]
pub(crate) struct Enable {
    /// What
    #[command(flatten)]
    seen: Seen,
    /// Confirm that it runs as you from now on, in sites where this does that
    #[arg(long)]
    confirm: bool,
}

/// What may change whom it runs as.
#[derive(Debug, clap::Args)]
pub(crate) struct Confirmed {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// Confirm that it runs as you from now on, in sites where this does that
    #[arg(long)]
    confirm: bool,
}

/// A version as an argument.
pub(super) fn version(text: &str) -> Result<VersionId, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

/// Turns it on. Of what was never published, the actor's own draft is published first.
pub(super) async fn enable(home: &Home, args: &Enable) -> CliResult {
    let Seen { target, seen } = &args.seen;
    let life = find(home, target).await?;
    let version = match (seen, &life.automation.published) {
        (Some(seen), _) => seen.clone(),
        (None, Some(published)) => published.clone(),
        (None, None) if life.automation.run_as.is_none() && !args.confirm => {
            return Err(CliError::Input(repeat("whoever turns it on first is whom the automation runs as")));
        }
        (None, None) => publish::first(home, &life, &target.who, args.confirm).await?,
    };
    let make = |acquisition: Option<Acquisition>| Ask::Enable { version: version.clone(), acquisition };
    let life = ask_confirmed(home, target, args.confirm, make).await?;
    let run_as = runs_as(life.automation.run_as.as_ref());
    let name = called(&life);
    if life.consent.is_some() {
        outln!("{name} is on. It acts on behalf of {run_as}, who consented to exactly this version:");
    } else {
        outln!("{name} is on, but waits until {run_as} lets exactly this version act for them:");
    }
    told(home, &life, target).await
}

/// Turns it off.
pub(super) async fn disable(home: &Home, args: &Confirmed) -> CliResult {
    let make = |acquisition: Option<Acquisition>| Ask::Disable { acquisition };
    let life = ask_confirmed(home, &args.target, args.confirm, make).await?;
    outln!("{} is off.", called(&life));
    Ok(())
}

/// Lets what is published act for whom it runs as.
pub(super) async fn consent(home: &Home, args: &Seen) -> CliResult {
    let seen = args.seen.clone();
    ask(home, &args.target, |life| Ok(Ask::Consent { version: seen.map_or_else(|| published(life), Ok)? })).await?;
    told(home, &find(home, &args.target).await?, &args.target).await
}

/// Takes that back.
pub(super) async fn revoke(home: &Home, target: &Target) -> CliResult {
    ask(home, target, |_| Ok(Ask::Revoke)).await
}

/// Whose consent is taken over.
#[derive(Debug, clap::Args)]
pub(crate) struct Migrated {
    #[command(flatten)]
    target: Target,
    /// Whom it ran as in the other product; refused if that is not whom it runs as here
    #[arg(long, value_name = "PERSON", value_parser = principal)]
    ran_as: Option<PrincipalId>,
}

/// Takes a consent over from another product.
pub(super) async fn migrate(home: &Home, args: Migrated) -> CliResult {
    ask(home, &args.target, |life| Ok(Ask::Migrate { version: published(life)?, run_as: args.ran_as })).await
}

/// Deletes it.
pub(super) async fn delete(home: &Home, target: &Target) -> CliResult {
    ask(home, target, |_| Ok(Ask::Delete)).await
}

/// What now acts, as the actor may know it.
async fn told(home: &Home, life: &Life, target: &Target) -> CliResult {
    Page::of(home, &life.automation.id, &target.who).await?.print_version();
    Ok(())
}
