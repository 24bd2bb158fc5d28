//! Verifying a store: its file, its audit, and that the one tells of the other.

mod agree;
mod walk;

use serde::Serialize;
use sqlx::SqlitePool;

use super::Upkeep;
use crate::{
    error::{Result, ServiceError},
    store::audit::chain::Head,
};

/// Most flaws of each sort that are told.
const TOLD: u32 = 10;

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many entries of the audit are chained to each other from the first one on.
    pub entries: i64,
    /// How far the audit reaches; `None`: it has no entry.
    pub head: Option<Head>,
    /// What is wrong: of the chain, the first thing. None: the store is as it was written.
    pub flaws: Vec<Flaw>,
}

/// Something that is wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "flaw", content = "where")]
pub enum Flaw {
    /// SQLite finds the file damaged.
    #[error("the file is damaged: {0}")]
    File(String),
    /// A row refers to one that is not there.
    #[error("a row of `{0}` refers to one that is not there")]
    Reference(String),
    /// There is not even the first entry.
    #[error("the audit is empty: all its entries were removed")]
    Empty,
    /// A number is left out.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// The entry stands elsewhere than where it was written.
    #[error("entry {number} is out of order: it was written to follow what is entry {follows} now")]
    OutOfOrder {
        /// Where it stands.
        number: i64,
        /// What it follows.
        follows: i64,
    },
    /// The entry follows one that is not there any more.
    #[error("entry {0} does not follow the one before it: entries before it were removed or written anew")]
    Unlinked(i64),
    /// The entry is another than was chained.
    #[error("entry {0}: its number, time, commitment or hash was changed")]
    Entry(i64),
    /// The payload is another than was committed to.
    #[error("entry {0}: its payload was changed")]
    Payload(i64),
    /// The entry is found by what it does not tell of.
    #[error("entry {0}: the columns that it is found by were changed")]
    Found(i64),
    /// What the entry tells of is not what is stored.
    #[error("entry {number}: {what} in the store is not what was audited")]
    Differs {
        /// Which entry.
        number: i64,
        /// What it tells of.
        what: String,
    },
    /// The audit ends before the head that was kept elsewhere.
    #[error("the audit was cut off: it ends with entry {last}, and the head that was kept elsewhere is entry {kept}")]
    CutOff {
        /// The last entry that there is.
        last: i64,
        /// The one whose head was kept.
        kept: i64,
    },
    /// The entry is not the one whose head was kept elsewhere.
    #[error("entry {0} is not the one whose head was kept elsewhere: the audit was written anew")]
    Rewritten(i64),
    /// Something is stored of which nothing was audited.
    #[error("{0} is stored, and no entry of the audit tells of it")]
    Unaudited(String),
}

impl Upkeep {
    /// Reads the whole store and says what is wrong with it. `kept`: a head that was kept elsewhere, without which a whole audit that
    /// was written anew, or one whose end was cut off, is not told from the true one.
    pub async fn verify(&self, kept: Option<&Head>) -> Result<Verified> {
        let reader = self.store.reader();
        match all(reader, kept).await {
            // What SQLite cannot read is told like the rest.
            Err(ServiceError::Store(sqlx::Error::Database(error))) => {
                Ok(Verified { entries: 0, head: None, flaws: vec![Flaw::File(error.to_string())] })
            }
            verified => verified,
        }
    }
}

async fn all(reader: &SqlitePool, kept: Option<&Head>) -> Result<Verified> {
    let mut flaws = file(reader).await?;
    let (head, flaw) = walk::walk(reader, kept).await?;
    flaws.extend(flaw);
    flaws.extend(agree::unaudited(reader).await?);
    flaws.extend(agree::consents(reader).await?);
    Ok(Verified { entries: head.as_ref().map_or(0, |head| head.number), head, flaws })
}

/// The file itself, by SQLite's own checks.
async fn file(reader: &SqlitePool) -> Result<Vec<Flaw>> {
    let said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(10)").fetch_all(reader).await?;
    let mut flaws: Vec<Flaw> = said.into_iter().filter(|line| line != "ok").map(Flaw::File).collect();
    let dangling: Vec<String> = sqlx::query_scalar("SELECT \"table\" FROM pragma_foreign_key_check LIMIT $1")
        .bind(TOLD)
        .fetch_all(reader)
        .await?;
    flaws.extend(dangling.into_iter().map(Flaw::Reference));
    Ok(flaws)
}
