//! `mandate grant`: give rights and take them away. The next host call sees it.

use mandate_model::PrincipalId;
use mandate_policy::{Grant, Right};
use mandate_service::Removal;

use super::{foresee, home, principal, stopped};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
};

/// Which grant.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// To whom: `user:ana` or `team:emea`
    #[arg(value_parser = principal)]
    who: PrincipalId,
    /// What: read, create, update or remove
    #[arg(value_parser = right)]
    right: Right,
    /// On which dataset
    dataset: String,
}

/// What to do with grants.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Give a right on a dataset; policies still say which rows and columns
    Add(Which),
    /// Take it away; the very next host call of a running part is denied
    Remove {
        #[command(flatten)]
        which: Which,
        /// Show which automations would stop and why, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    match verb {
        Verb::Add(which) => add(&home, which).await,
        Verb::Remove { which, dry_run } => remove(&home, which, dry_run).await,
    }
}

async fn add(home: &Home, Which { who, right, dataset }: Which) -> CliResult {
    home.dataset(&dataset)?;
    let grant = Grant { right, dataset };
    if home.embedded.grant(&who, &grant).await.map_err(CliError::input)? {
        outln!("{who} now has the grant to {grant}");
    } else {
        outln!("{who} had the grant to {grant} already");
    }
    Ok(())
}

async fn remove(home: &Home, Which { who, right, dataset }: Which, dry_run: bool) -> CliResult {
    home.dataset(&dataset)?;
    let grant = Grant { right, dataset };
    let none = format!(
        "{who} has no grant of their own to {grant}; a team of theirs may: see `mandate rights {who} {}`",
        grant.dataset
    );
    if dry_run {
        return foresee::show(home, &Removal::Grant(who, grant), &none).await;
    }
    if !home.embedded.revoke(&who, &grant).await.map_err(CliError::input)? {
        // Somebody deactivated may still have grants; who has none may not be there at all.
        home.known(&who).await?;
        return Err(CliError::Input(none));
    }
    outln!("{who} has no grant of their own to {grant} any more");
    stopped(home).await
}

fn right(text: &str) -> Result<Right, String> {
    Right::parse(text).ok_or_else(|| format!("`{text}` is no right: read, create, update or remove"))
}
