//! `mandate run dead` and `mandate run retry`: what was given up, for the operator.

use super::home;
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// How to list it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What to try again.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Retry {
    /// One, by its id as `mandate run dead` lists it
    id: Option<String>,
    /// All of it
    #[arg(long)]
    all: bool,
}

/// Lists it.
pub(super) async fn list(common: &Common, args: &Args) -> CliResult {
    let letters = home(common).await?.service.dead_letters().await.map_err(CliError::unavailable)?;
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&letters).map_err(CliError::unavailable)?);
        return Ok(());
    }
    if letters.is_empty() {
        outln!("nothing was given up");
    }
    for letter in &letters {
        outln!("{:<8}  {}  {}", letter.kind, letter.id, inert(&letter.reason));
    }
    Ok(())
}

/// Tries it again.
pub(super) async fn retry(common: &Common, args: &Retry) -> CliResult {
    let home = home(common).await?;
    match &args.id {
        Some(id) => one(&home, id).await?,
        None => home.service.revive().await.map_err(CliError::unavailable)?,
    }
    home.settle().await?;
    let left = home.service.dead_letters().await.map_err(CliError::unavailable)?;
    let left: Vec<_> = left.iter().filter(|letter| args.id.as_ref().is_none_or(|id| *id == letter.id)).collect();
    match left.len() {
        0 => outln!("tried again; nothing of it is given up"),
        count => outln!("tried again; {count} still given up: see `mandate run dead`"),
    }
    Ok(())
}

async fn one(home: &Home, id: &str) -> CliResult {
    if home.service.revive_one(id).await.map_err(CliError::unavailable)? {
        return Ok(());
    }
    let letters = home.service.dead_letters().await.map_err(CliError::unavailable)?;
    let (id, known) = (inert(id), letters.iter().any(|letter| letter.id == id));
    Err(CliError::Input(if known {
        format!(
            "`{id}` is not tried again, for nobody knows whether it was done: look there; for an operation, then say what became of \
             it with `mandate operation settle`"
        )
    } else {
        format!("nothing of the id `{id}` was given up: see `mandate run dead`")
    }))
}
