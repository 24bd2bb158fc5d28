//! `mandate operation`: what automations may ask the platform to do, and what became of what nobody knows of. For the operator.

use mandate_service::{Settlement, operations::Operation};

use super::home;
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    show::{inert, lines},
};

/// What to do about operations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// List them, each with what it does
    List,
    /// Show one: its schema, how it is called, who may invoke it
    Show {
        /// Its name
        name: String,
    },
    /// List what may or may not have been carried out, by its key
    Unknown,
    /// Say what became of it, after a look at where it was called; what was withheld with it goes on
    Settle {
        /// Its key, as `mandate operation unknown` lists it
        key: String,
        /// `applied`: it was carried out. `retry`: it was not, and is carried out now
        #[arg(value_parser = settlement)]
        settlement: Settlement,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    match verb {
        Verb::List => {
            for Operation { name, description, .. } in
                home.embedded.operations().await.map_err(CliError::unavailable)?
            {
                outln!("{name}  {}", inert(&description));
            }
            Ok(())
        }
        Verb::Show { name } => show(&home, &name).await,
        Verb::Unknown => {
            for letter in home.service.dead_letters().await.map_err(CliError::unavailable)? {
                if letter.kind == "effect" {
                    outln!("{}  {}", letter.id, inert(&letter.reason));
                }
            }
            Ok(())
        }
        Verb::Settle { key, settlement } => {
            home.service.settle(&key, settlement).await.map_err(CliError::input)?;
            home.settle().await
        }
    }
}

async fn show(home: &Home, name: &str) -> CliResult {
    let operation = known(home, name).await?;
    outln!("{name}: {}", inert(&operation.description));
    match &operation.call {
        Some(call) => {
            outln!("  called at   {}", inert(call.target.as_str()));
            if let Some(file) = &call.secret_file {
                outln!("  secret in   {}", inert(&file.display().to_string()));
            }
        }
        None => outln!("  carried out by the program that embeds the platform"),
    }
    let again = if operation.idempotent { "with the same key" } else { "never, once it may have been done" };
    outln!("  tried again {again}");
    let who: Vec<String> =
        home.embedded.invokers(name).await.map_err(CliError::unavailable)?.iter().map(ToString::to_string).collect();
    outln!("  invoked by  {}", if who.is_empty() { "nobody".to_owned() } else { who.join(", ") });
    outln!("  arguments");
    let schema = serde_json::to_string_pretty(&operation.schema).map_err(CliError::unavailable)?;
    out!("{}", lines(&schema, "    "));
    Ok(())
}

/// The operation of that name; the message of an error lists those there are.
pub(super) async fn known(home: &Home, name: &str) -> CliResult<Operation> {
    let mut all = home.embedded.operations().await.map_err(CliError::unavailable)?;
    let there = mandate_spec::known::listed(all.iter().map(|operation| operation.name.as_str()));
    let at = all.iter().position(|operation| operation.name == name);
    let found = at.map(|at| all.swap_remove(at));
    found.ok_or_else(|| CliError::Input(format!("there is no operation `{name}`; there are: {there}")))
}

fn settlement(text: &str) -> Result<Settlement, String> {
    match text {
        "applied" => Ok(Settlement::Applied),
        "retry" => Ok(Settlement::Retry),
        _ => Err(format!("`{text}` is neither `applied` nor `retry`")),
    }
}
