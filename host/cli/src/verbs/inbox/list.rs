//! `mandate inbox`: some messages, the latest first, and what the person was told of automations.

use std::path::PathBuf;

use mandate_model::{Content, PrincipalId};
use mandate_service::{InboxMessage, ServiceError, Shelf};
use serde_json::json;

use super::told;
use crate::{
    args::Common,
    attachments::Attachments,
    failure::{CliError, CliResult},
    home::Home,
    show::{inert, lines, quoted, time},
    verbs::principal,
};

/// Whose inbox, and how much of it.
#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// Whose
    #[arg(long = "as", value_name = "PERSON", value_parser = principal, required = true)]
    who: Option<PrincipalId>,
    /// Only what was not read
    #[arg(long, conflicts_with = "archived")]
    unread: bool,
    /// Only what was put away
    #[arg(long)]
    archived: bool,
    /// Only what is older than this message
    #[arg(long, value_name = "ID")]
    before: Option<String>,
    /// Most messages
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Save every attachment in this folder, under a new name if there is a file of that name
    #[arg(long, value_name = "DIR", conflicts_with = "json")]
    save: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub(super) async fn run(common: &Common, home: &Home, args: Asked) -> CliResult {
    let Some(who) = &args.who else { return Err(CliError::Input("say whose inbox with --as PERSON".to_owned())) };
    home.known(who).await?;
    let shelf = match (args.unread, args.archived) {
        (true, _) => Shelf::Unread,
        (_, true) => Shelf::Archived,
        _ => Shelf::Current,
    };
    let page = home.service.messages(who, shelf, args.before.as_deref(), args.limit).await.map_err(told)?;
    let first = args.before.is_none() && !args.archived;
    let notices = if first { home.service.notices(who).await.map_err(CliError::unavailable)? } else { vec![] };
    if args.json {
        let notices: Vec<_> = notices.iter().map(|(at, told)| json!({ "at": at, "told": told })).collect();
        let all = json!({ "messages": page.messages, "more": page.more, "notices": notices });
        outln!("{}", serde_json::to_string_pretty(&all).map_err(CliError::unavailable)?);
        return Ok(());
    }
    let folder = args.save.as_ref().map(|path| Attachments::open(path).map(|folder| (folder, path))).transpose()?;
    if page.messages.is_empty() {
        outln!("no messages");
    }
    for message in &page.messages {
        print(message);
        if let Some((folder, path)) = &folder {
            save(home, who, message, folder, path).await?;
        }
    }
    if let (true, Some(last)) = (page.more, page.messages.last()) {
        outln!("there are older ones: --before {}", last.id);
    }
    for (at, told) in notices {
        outln!("{}  automation `{}`: {}", time(at), inert(&told.name), inert(&told.text));
        let store = quoted(&common.store.display().to_string());
        outln!("    mandate automation show {} --as {who} --store {store}", told.automation);
    }
    Ok(())
}

/// A message without what is attached.
pub(super) fn print(message: &InboxMessage) {
    let state = match (message.archived, message.read) {
        (true, _) => "put away",
        (_, true) => "read",
        _ => "unread",
    };
    outln!("{}  {}", time(message.at), inert(&message.title));
    out!("{}", lines(&message.body, "    "));
    for attachment in &message.attachments {
        let (name, kind) = (inert(&attachment.name), inert(&attachment.media_type));
        outln!("    attached: {name} ({kind}, {} bytes)", attachment.size);
    }
    outln!("    message:  {} ({state})", message.id);
}

async fn save(
    home: &Home,
    who: &PrincipalId,
    message: &InboxMessage,
    folder: &Attachments,
    path: &std::path::Path,
) -> CliResult {
    for number in 1..=message.attachments.len() {
        match home.service.attachment(who, &message.id, number).await {
            Ok(attachment) => {
                let Content::Inline(bytes) = &attachment.content;
                outln!("    saved:    {}", path.join(folder.save(&attachment.name, bytes)?).display());
            }
            Err(error @ ServiceError::NoAttachment { .. }) => outln!("    not saved: {error}"),
            Err(error) => return Err(told(error)),
        }
    }
    Ok(())
}
