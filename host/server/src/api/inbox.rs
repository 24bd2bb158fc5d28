//! `/api/v1/inbox`: one's own messages. Another's is told like one that does not exist (N08).

use mandate_service::{InboxMessage, Mark};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    answer::{Done, File, Reply},
    body::{Asked, At, Body},
    guard::{Guard, Own, See},
    listing,
    problem::{Problem, Trouble},
    table::Table,
};

/// How many are listed at once.
const PAGE: u32 = 50;

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/inbox", "Your messages, the latest first", list);
    table.get("/api/v1/inbox/{message}", "One message of yours", one);
    table.post("/api/v1/inbox/{message}/mark", "Mark a message: read, unread, archived", mark);
    table.get(
        "/api/v1/inbox/{message}/attachments/{number}",
        "What comes with a message, if you may still open it",
        attachment,
    );
}

/// How to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// `current`, `unread` or `archived`; `current` if it is left out.
    shelf: Option<String>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at most: 1 to 50; 50 if it is left out.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// One message.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Which {
    /// Its id.
    message: String,
}

/// One attachment.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct WhichOne {
    /// The message's id.
    message: String,
    /// Which, from 1.
    number: String,
}

/// Some messages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageList {
    /// The latest first.
    messages: Vec<MessageBody>,
    /// The cursor of the next page, if there is one.
    next: Option<String>,
}

/// A message. Title and body are text of a guest: show them as text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageBody {
    /// Its id.
    id: String,
    /// The run that it came from.
    run: String,
    /// The automation that it came from.
    automation: String,
    /// One line.
    title: String,
    /// Plain text.
    body: String,
    /// What comes with it.
    attachments: Vec<AttachmentBody>,
    /// When it was delivered: microseconds since 1970.
    at: i64,
    /// Whether you read it.
    read: bool,
    /// Whether you put it away.
    archived: bool,
}

/// An attachment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttachmentBody {
    /// Its file name, by a guest.
    name: String,
    /// Such as `text/csv`, by a guest.
    media_type: String,
    /// How many bytes it has.
    size: usize,
}

impl From<InboxMessage> for MessageBody {
    fn from(message: InboxMessage) -> Self {
        let attachments = message.attachments.into_iter();
        Self {
            id: message.id,
            run: message.run.to_string(),
            automation: message.automation.to_string(),
            title: message.title,
            body: message.body,
            attachments: attachments
                .map(|one| AttachmentBody { name: one.name, media_type: one.media_type, size: one.size })
                .collect(),
            at: message.at,
            read: message.read,
            archived: message.archived,
        }
    }
}

async fn list(guard: Guard<See>, Asked(paging): Asked<Paging>) -> Result<Reply<MessageList>, Problem> {
    let (shelf, limit) = (listing::shelf(paging.shelf.as_deref())?, listing::limit(paging.limit, PAGE)?);
    let (page, next) = listing::messages(&guard.app, &guard.me, shelf, paging.cursor.as_deref(), limit).await?;
    Ok(Reply(MessageList { messages: page.messages.into_iter().map(MessageBody::from).collect(), next }))
}

async fn one(guard: Guard<See>, At(which): At<Which>) -> Result<Reply<MessageBody>, Problem> {
    let (message, _) = guard.app.service.message(guard.me.id(), &which.message).await?;
    Ok(Reply(message.into()))
}

/// What you do with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Marking {
    /// As what.
    #[serde(rename = "as")]
    mark: MarkBody,
}

/// As what a message is marked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MarkBody {
    /// You read it.
    Read,
    /// It is as when it came.
    Unread,
    /// You put it away.
    Archived,
}

async fn mark(guard: Guard<Own>, At(which): At<Which>, Body(marking): Body<Marking>) -> Result<Done, Problem> {
    let mark = match marking.mark {
        MarkBody::Read => Mark::Read,
        MarkBody::Unread => Mark::Unread,
        MarkBody::Archived => Mark::Archived,
    };
    guard.app.service.mark(guard.me.id(), &which.message, mark).await?;
    Ok(Done)
}

async fn attachment(guard: Guard<See>, At(which): At<WhichOne>) -> Result<File, Problem> {
    let number = which.number.parse().map_err(|_| Trouble::NotFound)?;
    Ok(File(guard.app.service.attachment(guard.me.id(), &which.message, number).await?))
}
