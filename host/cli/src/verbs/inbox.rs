//! `mandate inbox`: the messages of a person, and what they were told of automations.

use std::path::PathBuf;

use mandate_model::{Content, PrincipalId};
use serde_json::json;

use super::{home, principal};
use crate::{
    args::Common,
    attachments::Attachments,
    failure::{CliError, CliResult},
    show::{inert, lines, quoted, time},
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
    let notices = home.service.notices(&args.who).await.map_err(CliError::unavailable)?;
    if args.json {
        let notices: Vec<_> = notices.iter().map(|(at, told)| json!({ "at": at, "told": told })).collect();
        let all = json!({ "messages": messages, "notices": notices });
        outln!("{}", serde_json::to_string_pretty(&all).map_err(CliError::unavailable)?);
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
    for (at, told) in notices {
        outln!("{}  automation `{}`: {}", time(at), inert(&told.name), inert(&told.text));
        let store = quoted(&common.store.display().to_string());
        outln!("    mandate automation show {} --as {} --store {store}", told.automation, args.who);
    }
    Ok(())
}
