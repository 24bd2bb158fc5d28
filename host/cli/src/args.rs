//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use mandate_runtime::engine::Isolation;

use crate::{home::Options, verbs};

/// Automations as WebAssembly components, each evaluated as a person.
///
/// Exit codes: 0 fine, 1 a part or spec failed, 2 bad input or usage, 3 platform or store not available, 4 told to end (Ctrl-C,
/// SIGTERM) before everything was done.
#[derive(Debug, Parser)]
#[command(name = "mandate", version, arg_required_else_help = true, max_term_width = 120)]
pub(crate) struct Cli {
    /// What every verb understands.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb understands.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Folder of the store
    #[arg(long, global = true, value_name = "DIR", default_value = ".mandate", overrides_with = "store")]
    pub(crate) store: PathBuf,
    /// Where guests live: `pooled` slots that are reset, or memory of its own for each (`strict`)
    #[arg(long, global = true, value_name = "HOW", default_value = "pooled")]
    pub(crate) isolation: IsolationArg,
}

impl Common {
    /// The options of a store that is opened.
    pub(crate) fn options(&self) -> Options {
        Options { isolation: self.isolation(), ..Options::default() }
    }

    /// Where guests live.
    pub(crate) fn isolation(&self) -> Isolation {
        match self.isolation {
            IsolationArg::Pooled => Isolation::Pooled,
            IsolationArg::Strict => Isolation::Strict,
        }
    }
}

/// `--isolation`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum IsolationArg {
    /// Slots that are reset.
    Pooled,
    /// Memory of its own for each instance.
    Strict,
}

impl IsolationArg {
    /// The word on the command line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pooled => "pooled",
            Self::Strict => "strict",
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a store from a fixture
    #[command(subcommand)]
    Fixture(verbs::fixture::Verb),
    /// Upload plugins and list them
    #[command(subcommand)]
    Plugin(verbs::plugin::Verb),
    /// Automations as a person sees and governs them: list, show, draft, publish, turn on, share, hand over, run now
    #[command(subcommand)]
    Automation(verbs::automation::Verb),
    /// Show how the site governs its automations, look ahead, choose otherwise
    #[command(subcommand)]
    Policy(verbs::policy::Verb),
    /// Take in what happened elsewhere
    #[command(subcommand)]
    Event(verbs::event::Verb),
    /// Insert, update and remove rows, by hand, as a person
    #[command(subcommand)]
    Row(verbs::row::Verb),
    /// Give rights to people and teams, and take them away
    #[command(subcommand)]
    Grant(verbs::grant::Verb),
    /// Give roles to people and teams, and take them away
    #[command(subcommand)]
    Role(verbs::role::Verb),
    /// Put people and teams into teams, and take them out
    #[command(subcommand)]
    Team(verbs::team::Verb),
    /// Show what concerns somebody, say where they are reached, deactivate them, hand over what runs as them
    #[command(subcommand)]
    Person(verbs::person::Verb),
    /// Show what an automation would touch as somebody, against whom it runs as now
    Reach(verbs::reach::Args),
    /// Show what a person may see of a dataset, and why
    Rights(verbs::rights::Args),
    /// Show what went out beside inboxes, and try again what failed: for the operator
    #[command(subcommand)]
    Delivery(verbs::delivery::Verb),
    /// Show the messages of a person, and what they were told of automations; read them, put them away
    Inbox(verbs::inbox::Args),
    /// Show the named operations, and settle those of which nobody knows whether they were carried out: for the operator
    #[command(subcommand)]
    Operation(verbs::operation::Verb),
    /// Run a plugin on a fixture, or show what ran
    Run(verbs::run::Args),
    /// Look after the store: verify it, read its audit, purge, forget, back up, restore
    #[command(subcommand)]
    Admin(verbs::admin::Verb),
    Serve(verbs::serve::Args),
    Inspect(verbs::inspect::Args),
    Demo(verbs::demo::Args),
}
