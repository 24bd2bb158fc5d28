//! How long what is kept.

use serde::{Deserialize, Serialize};
use sqlx::{SqliteConnection, SqlitePool};

use super::word;
use crate::error::Result;

/// What has a time that it is kept for. Consents, ownership, how sites are governed, plugins, versions and the chain of the audit are
/// kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Finished runs with all their parts, journals, effects and messages; of their event only the id is left, so that it does
    /// nothing when it comes again.
    Runs,
    /// What guests asked and were told, and what they found, of ended parts; sooner than the runs.
    Journals,
    /// Delivered messages with their attachments; sooner than the runs.
    Messages,
    /// What people were told of automations.
    Notices,
    /// Payloads of the audit about runs that are purged; never those about consent and ownership.
    Audit,
}

impl Kind {
    /// All, in the order in which they are purged.
    pub const ALL: [Self; 5] = [Self::Journals, Self::Messages, Self::Runs, Self::Notices, Self::Audit];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Journals => "journals",
            Self::Messages => "messages",
            Self::Notices => "notices",
            Self::Audit => "audit",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| format!("`{text}` has no retention: name journals, messages, runs, notices or audit"))
    }
}

/// For how many days a kind is kept; `None`: for ever.
pub(crate) async fn days(reader: &SqlitePool, kind: Kind) -> Result<Option<u32>> {
    Ok(sqlx::query_scalar("SELECT days FROM retention WHERE kind = $1")
        .bind(kind.as_str())
        .fetch_optional(reader)
        .await?)
}

/// Keeps a kind for so many days from now on; `None`: for ever.
pub(crate) async fn set(tx: &mut SqliteConnection, kind: Kind, days: Option<u32>) -> Result<()> {
    sqlx::query("DELETE FROM retention WHERE kind = $1").bind(word(&kind)?).execute(&mut *tx).await?;
    if let Some(days) = days {
        sqlx::query("INSERT INTO retention (kind, days) VALUES ($1, $2)")
            .bind(word(&kind)?)
            .bind(days)
            .execute(tx)
            .await?;
    }
    Ok(())
}
