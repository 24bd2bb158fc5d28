//! What a recipient is told.

use serde::{Deserialize, Serialize};

/// A message for one recipient. Plain text: shown escaped everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// One line.
    pub title: String,
    /// Plain text.
    pub body: String,
    /// Files that come with it.
    pub attachments: Vec<Attachment>,
}

/// A file that comes with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Such as `text/csv`.
    pub media_type: String,
    /// What it holds.
    pub content: Content,
}

/// What an attachment holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// The bytes themselves.
    Inline(#[serde(with = "crate::hex")] Vec<u8>),
}
