//! `mandate run`: a plugin on a fixture, in a store that is thrown away; and what ran, as one person may see it.

mod dead;
mod explain;
mod list;
mod replay;
mod show;
mod try_out;

use std::path::PathBuf;

use mandate_model::PrincipalId;
use mandate_service::{HIDDEN, RunView, words};

use super::{home, principal};
use crate::{args::Common, failure::CliResult, show::inert};

/// A plugin on a fixture, or what to show.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    /// What to do with what ran
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The fixture: a TOML file, or its folder. Nothing of it is changed
    #[arg(required = true)]
    fixture: Option<PathBuf>,
    /// The component: a .wasm file
    #[arg(long, value_name = "FILE", required = true)]
    plugin: Option<PathBuf>,
    /// What happens: a CloudEvents JSON file, or short: `row.added:DATASET/ID`, about a row that the fixture has
    #[arg(long, value_name = "EVENT", required = true)]
    event: Option<String>,
    /// Show only the part of this person. Where the fixture has no automation for the plugin, it runs as them and tells them
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: Option<PrincipalId>,
    /// Settings of the automation: a JSON object. Without it, those of the fixture's
    #[arg(long, value_name = "JSON")]
    settings: Option<String>,
    /// Show what would be changed, and change nothing, not even in the store that is thrown away
    #[arg(long)]
    dry_run: bool,
    /// With `--as`: say why something was denied, which the person is not told
    #[arg(long, requires = "who")]
    reasons: bool,
    /// Print JSON: with `--as` a list of the person's runs
    #[arg(long)]
    json: bool,
}

/// What to do with what ran in a store.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// A run as a person may see it, with every host call
    Show(show::Args),
    /// The runs that a person may know of, the latest first
    List(list::Args),
    /// A run with what its recipients were told, on the record
    Reveal(show::Reveal),
    /// Why nobody was told or nothing happened: what an automation made of an event, as far as a person may know
    Explain(explain::Args),
    /// Print a person's own parts of a run as JSON, for `replay --from`
    Record(replay::Record),
    /// A person's own parts of a run again: its journal answers, nothing is asked or changed, and what differs is told
    Replay(replay::Replay),
    /// List what was given up, and why: events, runs, parts, operations and deliveries. For the operator
    Dead(dead::Args),
    /// Try again what was given up: one, by its id, or all
    Retry(dead::Retry),
}

/// Does it.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    match args.verb {
        Some(Verb::Show(args)) => show::run(common, &args).await,
        Some(Verb::List(args)) => list::run(common, args).await,
        Some(Verb::Reveal(args)) => show::reveal(common, &args).await,
        Some(Verb::Explain(args)) => explain::run(common, args).await,
        Some(Verb::Record(args)) => replay::record(common, &args).await,
        Some(Verb::Replay(args)) => Box::pin(replay::replay(common, &args)).await,
        Some(Verb::Dead(args)) => dead::list(common, &args).await,
        Some(Verb::Retry(args)) => dead::retry(common, &args).await,
        None => try_out::run(common, args).await,
    }
}

/// What happened, in a word; or that it is not shown.
fn happened(view: &RunView) -> String {
    view.event.get().map_or_else(|| HIDDEN.to_owned(), |event| inert(&words::subject(&event.subject)))
}
