//! A person's inbox, for that person alone: another's message is told like one that does not exist (N08).

use mandate_model::{Attachment, AutomationId, Content, PrincipalId, RunId};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, ServiceError},
    runner::Runner,
    service::Service,
    store::{self, delivery::DeliveryView, inbox::Kept, part::PartKind},
};

/// Which messages are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shelf {
    /// Those that were not put away.
    #[default]
    Current,
    /// Those of them that were not read.
    Unread,
    /// Those that were put away.
    Archived,
}

/// What a person does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// They read it.
    Read,
    /// They put it away.
    Archived,
    /// It is as when it came.
    Unread,
}

/// A message, as the person sees it to whom it was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxMessage {
    /// Its id: derived, so that it says nothing about other messages.
    pub id: String,
    /// The run that it came from.
    pub run: RunId,
    /// The automation that it came from.
    pub automation: AutomationId,
    /// The key of the finding that it tells about.
    pub finding: String,
    /// One line. Text of a guest: shown escaped everywhere (R9).
    pub title: String,
    /// Plain text, of a guest too.
    pub body: String,
    /// What comes with it; what is in them, [`Service::attachment`] says.
    pub attachments: Vec<AttachmentInfo>,
    /// When it was delivered: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Whether they read it.
    pub read: bool,
    /// Whether they put it away.
    pub archived: bool,
}

/// An attachment without what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentInfo {
    /// File name, by a guest.
    pub name: String,
    /// Such as `text/csv`, by a guest.
    pub media_type: String,
    /// How many bytes it has.
    pub size: usize,
}

/// Some messages of an inbox, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxPage {
    /// The messages.
    pub messages: Vec<InboxMessage>,
    /// Whether there are older ones: ask for those before the last of these.
    pub more: bool,
}

impl Service {
    /// At most `most` messages of a person, the latest first; `before`: only those older than this message of theirs.
    pub async fn messages(
        &self,
        person: &PrincipalId,
        shelf: Shelf,
        before: Option<&str>,
        most: u32,
    ) -> Result<InboxPage> {
        let reader = self.store().reader();
        let place = match before {
            Some(id) => {
                let kept = self.runner().kept(person, id).await?;
                Some((kept.at, kept.id))
            }
            None => None,
        };
        let mut kept = store::inbox::page(reader, person, shelf, place.as_ref(), most.saturating_add(1)).await?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let more = kept.len() > most;
        kept.truncate(most);
        Ok(InboxPage { messages: kept.into_iter().map(InboxMessage::from).collect(), more })
    }

    /// How many of the last thousand messages of a person are unread: each page says so, and must not look at all that there ever were.
    pub async fn unread(&self, person: &PrincipalId) -> Result<u32> {
        store::inbox::unread(self.store().reader(), person, 1_000).await
    }

    /// A message of a person, and what became of it beside their inbox. [`ServiceError::NoMessage`] whether it does not exist or is
    /// not theirs.
    pub async fn message(&self, person: &PrincipalId, id: &str) -> Result<(InboxMessage, Vec<DeliveryView>)> {
        let kept = self.runner().kept(person, id).await?;
        let deliveries = store::delivery::of_message(self.store().reader(), id).await?;
        Ok((kept.into(), deliveries))
    }

    /// Marks a message of a person. [`ServiceError::NoMessage`] whether it does not exist or is not theirs.
    pub async fn mark(&self, person: &PrincipalId, id: &str, mark: Mark) -> Result<()> {
        let mut tx = self.store().begin().await?;
        if !store::inbox::mark(&mut tx, person, id, mark, self.host().clock.now()).await? {
            return Err(ServiceError::NoMessage(id.to_owned()));
        }
        tx.commit().await?;
        Ok(())
    }

    /// An attachment of a message of a person, counted from 1. It is theirs to open only while they are there and may know of what
    /// the message is about, with the rights of now: its bytes were made from what they saw then.
    /// [`ServiceError::NoAttachment`] whether it does not exist or may not be opened now.
    pub async fn attachment(&self, person: &PrincipalId, id: &str, number: usize) -> Result<Attachment> {
        let kept = self.runner().kept(person, id).await?;
        let none = || ServiceError::NoAttachment { message: id.to_owned(), number };
        let at = number.checked_sub(1).ok_or_else(none)?;
        if !self.runner().opens(person, &kept).await? {
            return Err(none());
        }
        kept.message.attachments.into_iter().nth(at).ok_or_else(none)
    }
}

impl Runner {
    async fn kept(&self, person: &PrincipalId, id: &str) -> Result<Kept> {
        let kept = store::inbox::kept(self.store.reader(), person, id).await?;
        kept.ok_or_else(|| ServiceError::NoMessage(id.to_owned()))
    }

    /// Whether a person is there and may know of the event of a message, with the rights of now. Who cannot be asked about may not.
    /// What run_as told them was made of what run_as sees, and they need see none of it (ONE-09).
    async fn opens(&self, person: &PrincipalId, kept: &Kept) -> Result<bool> {
        let context = self.context(&kept.run).await?;
        let there = matches!(self.host.platform.directory.principal(person).await, Ok(Some(_)));
        let told = kept.kind == PartKind::Act;
        Ok(there && (told || self.witnesses(person, PartKind::Notify, &context).await.unwrap_or(false)))
    }
}

impl From<Kept> for InboxMessage {
    fn from(kept: Kept) -> Self {
        let info = |attachment: Attachment| {
            let Content::Inline(bytes) = attachment.content;
            AttachmentInfo { name: attachment.name, media_type: attachment.media_type, size: bytes.len() }
        };
        Self {
            id: kept.id,
            run: kept.run,
            automation: kept.automation,
            finding: kept.finding,
            title: kept.message.title,
            body: kept.message.body,
            attachments: kept.message.attachments.into_iter().map(info).collect(),
            at: kept.at,
            read: kept.read,
            archived: kept.archived,
        }
    }
}
