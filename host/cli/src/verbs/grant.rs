//! `mandate grant`: give rights and take them away. The next host call sees it.

use mandate_model::PrincipalId;
use mandate_policy::{Grant, Right};

use super::{home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
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
    Remove(Which),
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    let (which, add) = match verb {
        Verb::Add(which) => (which, true),
        Verb::Remove(which) => (which, false),
    };
    let Which { who, right, dataset } = which;
    home.dataset(&dataset)?;
    let grant = Grant { right, dataset };
    let changed = if add { home.embedded.grant(&who, &grant).await } else { home.embedded.revoke(&who, &grant).await };
    match (changed.map_err(CliError::input)?, add) {
        (true, true) => outln!("{who} now has the grant to {grant}"),
        (false, true) => outln!("{who} had the grant to {grant} already"),
        (true, false) => outln!("{who} has no grant of their own to {grant} any more"),
        (false, false) => {
            // Somebody deactivated may still have grants; who has none may not be there at all.
            home.known(&who).await?;
            return Err(CliError::Input(format!(
                "{who} has no grant of their own to {grant}; a team of theirs may: see `mandate rights {who} {}`",
                grant.dataset
            )));
        }
    }
    Ok(())
}

fn right(text: &str) -> Result<Right, String> {
    Right::parse(text).ok_or_else(|| format!("`{text}` is no right: read, create, update or remove"))
}
