//! `mandate inbox`: the messages of a person, what they do with them, and what they were told of automations.

mod list;
mod one;

pub(super) use one::state;

use mandate_model::PrincipalId;
use mandate_service::{Mark, ServiceError, outward::Way};

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
    /// Get what the automation of this message tells no longer by mail or webhook; the inbox gets it all the same
    Mute(Muting),
    /// Get it that way again
    Unmute(Muting),
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
    /// The message, and whose
    #[command(flatten)]
    message: Message,
    /// By which way: `mail` or `webhook`
    #[arg(long, value_name = "WAY", value_parser = way)]
    by: Way,
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
        Some(Verb::Mute(muting)) => one::mute(&home, &muting, true).await,
        Some(Verb::Unmute(muting)) => one::mute(&home, &muting, false).await,
    }
}

/// A message that is not theirs is wrong input, whether or not there is one.
fn told(error: ServiceError) -> CliError {
    match error {
        ServiceError::NoMessage(_) | ServiceError::NoAttachment { .. } => CliError::input(error),
        other => CliError::unavailable(other),
    }
}
