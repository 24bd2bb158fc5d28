//! `mandate role`: give roles and take them away.

use mandate_model::PrincipalId;
use mandate_service::{Holding, Reach, Removal};

use super::{foresee, home, principal, stopped};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// Whose role, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Whose: `user:ana` or `team:emea`
    #[arg(value_parser = principal)]
    who: PrincipalId,
    /// A built-in role such as `site-admin`, or one of the site's own
    role: String,
    /// In this workspace only
    #[arg(long, value_name = "WORKSPACE", conflicts_with = "dataset")]
    workspace: Option<String>,
    /// For this dataset only
    #[arg(long, value_name = "DATASET")]
    dataset: Option<String>,
}

/// What to do with roles.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Give one; `mandate policy show` says what each gives
    Add(Which),
    /// Take one away
    Remove {
        #[command(flatten)]
        which: Which,
        /// Show what would become of automations and of who may do what, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List who has which of their own
    List,
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    match verb {
        Verb::List => list(&home).await,
        Verb::Add(which) => {
            let (who, holding) = named(&home, which)?;
            let new = home.embedded.give_role(&who, &holding).await.map_err(CliError::input)?;
            let already = if new { "" } else { " already" };
            outln!("{who} is {}{already}", words(&holding));
            Ok(())
        }
        Verb::Remove { which, dry_run } => {
            let (who, holding) = named(&home, which)?;
            let none = format!("{who} is not {} of their own: see `mandate role list`", words(&holding));
            if dry_run {
                return foresee::show(&home, &Removal::Role(who, holding), &none).await;
            }
            if !home.embedded.take_role(&who, &holding).await.map_err(CliError::input)? {
                return Err(CliError::Input(none));
            }
            outln!("{who} is not {} any more", words(&holding));
            stopped(&home).await
        }
    }
}

async fn list(home: &Home) -> CliResult {
    let holdings = home.embedded.role_holdings().await.map_err(CliError::unavailable)?;
    if holdings.is_empty() {
        outln!("nobody has a role");
    }
    for (who, holding) in holdings {
        outln!("{who}  {}", words(&holding));
    }
    Ok(())
}

fn named(home: &Home, which: Which) -> CliResult<(PrincipalId, Holding)> {
    let Which { who, role, workspace, dataset } = which;
    let reach = match (workspace, dataset) {
        (Some(workspace), _) => Reach::Workspace(workspace),
        (None, Some(dataset)) => Reach::Dataset(home.dataset(&dataset)?.name.clone()),
        (None, None) => Reach::Site,
    };
    Ok((who, Holding { role, reach }))
}

/// A role and where it holds.
fn words(Holding { role, reach }: &Holding) -> String {
    let role = inert(role);
    match reach {
        Reach::Site => format!("`{role}` of the site"),
        Reach::Workspace(name) => format!("`{role}` of the workspace `{}`", inert(name)),
        Reach::Dataset(name) => format!("`{role}` of the dataset `{}`", inert(name)),
    }
}
