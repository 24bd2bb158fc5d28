//! `mandate inbox`: the messages of a person, what they do with them, and what they were told of automations.

mod list;
mod one;
mod wish;

pub(super) use one::state;

use mandate_model::PrincipalId;
use mandate_service::{Mark, ServiceError, Wish, outward::Way};

use super::{home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
};

/// Whose inbox, or what to do with a message.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    /// What to do with a message
    #[command(subcommand)]
    verb: Option<Verb>,
    /// What is listed
    #[command(flatten)]
    list: list::Asked,
}

/// What to do with a message.
#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show a message, and what became of it by mail and webhook
    Show(Message),
    /// Mark a message as read
    Read(Message),
    /// Put a message away; it is then among the `--archived`
    Archive(Message),
    /// Make a message as it was when it came: unread, not put away
    Unread(Message),
    /// Get what an automation tells no longer by mail or webhook; with neither, it comes to the inbox alone, and as read
    Mute(Muting),
    /// Get it that way again
    Unmute(Muting),
    /// Get no messages of an automation any more: nothing is evaluated as you for it
    OptOut(Wishing),
    /// Get them again
    OptIn(Wishing),
    /// List the automations that tell you something, and how you want to be told
    Wishes(Whose),
}

/// Whose.
#[derive(Debug, clap::Args)]
struct Whose {
    /// Whose
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
}

/// An automation, and who wants something of it.
#[derive(Debug, clap::Args)]
struct Wishing {
    /// A message of it, or the automation itself, by its id
    id: String,
    /// Who
    #[command(flatten)]
    whose: Whose,
}

/// A message, and whose.
#[derive(Debug, clap::Args)]
struct Message {
    /// Its id, as `mandate inbox` shows it
    id: String,
    /// Whose
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
}

/// By which way a message's automation is not to tell somebody.
#[derive(Debug, clap::Args)]
struct Muting {
    /// Of which automation, and who
    #[command(flatten)]
    wishing: Wishing,
    /// By which way: `mail` or `webhook`. Without it, by any
    #[arg(long, value_name = "WAY", value_parser = way)]
    by: Option<Way>,
}

fn way(text: &str) -> Result<Way, String> {
    Way::parse(text).ok_or_else(|| "there are `mail` and `webhook`".to_owned())
}

/// Does it.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let home = home(common).await?;
    match args.verb {
        None => list::run(common, &home, args.list).await,
        Some(Verb::Show(message)) => one::show(&home, &message).await,
        Some(Verb::Read(message)) => one::mark(&home, &message, Mark::Read).await,
        Some(Verb::Archive(message)) => one::mark(&home, &message, Mark::Archived).await,
        Some(Verb::Unread(message)) => one::mark(&home, &message, Mark::Unread).await,
        Some(Verb::Mute(muting)) => wish::mute(&home, &muting, true).await,
        Some(Verb::Unmute(muting)) => wish::mute(&home, &muting, false).await,
        Some(Verb::OptOut(wishing)) => wish::set(&home, &wishing, Wish::OptedOut).await,
        Some(Verb::OptIn(wishing)) => wish::set(&home, &wishing, Wish::Told).await,
        Some(Verb::Wishes(whose)) => wish::list(&home, &whose).await,
    }
}

/// A message that is not theirs is wrong input, whether or not there is one.
fn told(error: ServiceError) -> CliError {
    match error {
        ServiceError::NoMessage(_) | ServiceError::NoAttachment { .. } => CliError::input(error),
        other => CliError::unavailable(other),
    }
}
