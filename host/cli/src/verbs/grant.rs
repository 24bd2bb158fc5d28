//! `mandate grant`: give rights and take them away. The next host call sees it.

use mandate_model::PrincipalId;
use mandate_policy::{Grant, Right};
use mandate_service::Removal;

use super::{foresee, home, operation, principal, stopped};
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
    /// What: read, create, update or remove rows, or invoke an operation
    #[arg(value_parser = what)]
    right: What,
    /// On which dataset, or which operation
    resource: String,
}

/// What is given.
#[derive(Debug, Clone, Copy)]
enum What {
    Rows(Right),
    Invoke,
}

/// What to do with grants.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Give a right on a dataset (policies still say which rows and columns), or to invoke an operation
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

async fn add(home: &Home, Which { who, right, resource }: Which) -> CliResult {
    let right = match right {
        What::Rows(right) => right,
        What::Invoke => return add_invoke(home, &who, &resource).await,
    };
    home.dataset(&resource)?;
    let grant = Grant { right, dataset: resource };
    let new = home.embedded.grant(&who, &grant).await.map_err(CliError::input)?;
    told(&who, &grant.to_string(), new);
    Ok(())
}

async fn add_invoke(home: &Home, who: &PrincipalId, operation: &str) -> CliResult {
    operation::known(home, operation).await?;
    let new = home.embedded.grant_operation(who, operation).await.map_err(CliError::input)?;
    told(who, &format!("invoke {operation}"), new);
    Ok(())
}

fn told(who: &PrincipalId, grant: &str, new: bool) {
    if new {
        outln!("{who} now has the grant to {grant}");
    } else {
        outln!("{who} had the grant to {grant} already");
    }
}

async fn remove(home: &Home, Which { who, right, resource }: Which, dry_run: bool) -> CliResult {
    let (grant, removal, see) = match right {
        What::Rows(right) => {
            home.dataset(&resource)?;
            let see = format!("rights {who} {resource}");
            let grant = Grant { right, dataset: resource };
            (grant.to_string(), Removal::Grant(who.clone(), grant), see)
        }
        What::Invoke => {
            operation::known(home, &resource).await?;
            let see = format!("operation show {resource}");
            (format!("invoke {resource}"), Removal::Operation(who.clone(), resource), see)
        }
    };
    let none = format!("{who} has no grant of their own to {grant}; a team of theirs may: see `mandate {see}`");
    if dry_run {
        return foresee::show(home, &removal, &none).await;
    }
    let was = match &removal {
        Removal::Operation(who, operation) => home.embedded.revoke_operation(who, operation).await,
        Removal::Grant(who, grant) => home.embedded.revoke(who, grant).await,
        Removal::Role(..) | Removal::Team(..) | Removal::Active(_) => Ok(false),
    };
    if !was.map_err(CliError::input)? {
        // Somebody deactivated may still have grants; who has none may not be there at all.
        home.known(&who).await?;
        return Err(CliError::Input(none));
    }
    outln!("{who} has no grant of their own to {grant} any more");
    stopped(home).await
}

fn what(text: &str) -> Result<What, String> {
    if text == "invoke" {
        return Ok(What::Invoke);
    }
    Right::parse(text)
        .map(What::Rows)
        .ok_or_else(|| format!("`{text}` is no right: read, create, update, remove or invoke"))
}
