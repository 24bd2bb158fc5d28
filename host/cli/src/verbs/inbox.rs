//! `mandate inbox`: the messages of a person.

use std::path::PathBuf;

use mandate_model::{Content, PrincipalId};

use super::{home, principal};
use crate::{
    args::Common,
    attachments::Attachments,
    failure::{CliError, CliResult},
    show::{inert, lines, time},
};

/// Whose inbox.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
    /// Save every attachment in this folder, under a new name if there is a file of that name
    #[arg(long, value_name = "DIR", conflicts_with = "json")]
    save: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let home = home(common).await?;
    home.known(&args.who).await?;
    let messages = home.service.inbox(&args.who).await.map_err(CliError::unavailable)?;
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&messages).map_err(CliError::unavailable)?);
        return Ok(());
    }
    let folder = args.save.as_deref().map(Attachments::open).transpose()?;
    if messages.is_empty() {
        outln!("no messages");
    }
    for delivered in messages {
        outln!("{}  {}", time(delivered.at), inert(&delivered.message.title));
        out!("{}", lines(&delivered.message.body, "    "));
        for attachment in &delivered.message.attachments {
            let Content::Inline(bytes) = &attachment.content;
            let (name, kind) = (inert(&attachment.name), inert(&attachment.media_type));
            outln!("    attached: {name} ({kind}, {} bytes)", bytes.len());
            if let (Some(folder), Some(path)) = (&folder, &args.save) {
                outln!("    saved:    {}", path.join(folder.save(&attachment.name, bytes)?).display());
            }
        }
    }
    Ok(())
}
