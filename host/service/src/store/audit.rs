//! The audit: what happened, in order, chained. [`append`] is the one way in, called in the transaction of what it tells.

pub(crate) mod begin;
pub(crate) mod chain;
pub(crate) mod entry;
pub(crate) mod ran;

use mandate_model::AutomationId;
use serde::Serialize;
use sqlx::{Executor, Sqlite, SqliteConnection, SqlitePool};

use self::{
    chain::{BYTES, Head, ORIGIN},
    entry::{Audited, Found},
};
use super::{from_json, json, random};
use crate::error::{Result, ServiceError};

/// An entry, as the operator reads it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditEntry {
    /// From 1, without a gap.
    pub number: i64,
    /// When: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What; `None`: it was purged.
    pub audited: Option<Audited>,
}

/// An entry as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) number: i64,
    pub(crate) previous: Vec<u8>,
    pub(crate) commitment: Vec<u8>,
    pub(crate) hash: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) salt: Option<Vec<u8>>,
    pub(crate) payload: Option<String>,
    #[sqlx(flatten)]
    pub(crate) found: Found,
}

/// Adds an entry; its number.
pub(crate) async fn append(tx: &mut SqliteConnection, audited: &Audited, at: i64) -> Result<i64> {
    let last = head(&mut *tx).await?.unwrap_or(Head { number: 0, hash: ORIGIN });
    let number = last.number + 1;
    let payload = json(audited)?;
    let mut salt = [0; BYTES];
    random(&mut salt)?;
    let commitment = chain::commitment(&salt, &payload);
    let hash = chain::hash(&last.hash, number, at, &commitment);
    let Found { what, automation, run, part, sequence } = audited.found();
    sqlx::query(
        "INSERT INTO audit (number, previous, commitment, hash, at, what, automation, run, part, sequence, salt, payload)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(number)
    .bind(last.hash.as_slice())
    .bind(commitment.as_slice())
    .bind(hash.as_slice())
    .bind(at)
    .bind(what)
    .bind(automation)
    .bind(run)
    .bind(part)
    .bind(sequence)
    .bind(salt.as_slice())
    .bind(payload)
    .execute(tx)
    .await?;
    Ok(number)
}

/// The last entry; `None`: the audit is empty.
pub(crate) async fn head<'e>(executor: impl Executor<'e, Database = Sqlite>) -> Result<Option<Head>> {
    let last: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetch_optional(executor).await?;
    let read = |(number, hash): (i64, Vec<u8>)| {
        let hash = hash.try_into().map_err(|_| ServiceError::Damaged("the audit's last hash".to_owned()))?;
        Ok(Head { number, hash })
    };
    last.map(read).transpose()
}

/// At most `most` entries after number `after`, in order; those of one automation, or all.
pub(crate) async fn rows(
    reader: &SqlitePool,
    automation: Option<&AutomationId>,
    after: i64,
    most: u32,
) -> Result<Vec<Row>> {
    Ok(sqlx::query_as(
        "SELECT number, previous, commitment, hash, at, salt, payload, what, automation, run, part, sequence FROM audit
         WHERE number > $1 AND ($2 IS NULL OR automation = $2) ORDER BY number LIMIT $3",
    )
    .bind(after)
    .bind(automation.map(AutomationId::as_str))
    .bind(most)
    .fetch_all(reader)
    .await?)
}

/// [`rows`], to be read.
pub(crate) async fn entries(
    reader: &SqlitePool,
    automation: Option<&AutomationId>,
    after: i64,
    most: u32,
) -> Result<Vec<AuditEntry>> {
    let read = |row: Row| {
        let audited = row.payload.as_deref().map(from_json).transpose()?;
        Ok(AuditEntry { number: row.number, at: row.at, audited })
    };
    rows(reader, automation, after, most).await?.into_iter().map(read).collect()
}

/// When a part ended last; `None`: it did not, or its entries were purged.
pub(crate) async fn ended(reader: &SqlitePool, part: &str) -> Result<Option<i64>> {
    let ended = "SELECT max(at) FROM audit WHERE part = $1 AND what = 'part'";
    Ok(sqlx::query_scalar(ended).bind(part).fetch_one(reader).await?)
}

/// Purges the payloads of what was audited of a part that is erased, for who may not know of the event, there was none (FND-13);
/// how many.
pub(crate) async fn forget_part(tx: &mut SqliteConnection, part: &str) -> Result<u64> {
    let numbers: Vec<i64> =
        sqlx::query_scalar("SELECT number FROM audit WHERE part = $1").bind(part).fetch_all(&mut *tx).await?;
    for number in &numbers {
        purge(tx, *number).await?;
    }
    Ok(numbers.len() as u64)
}

/// Purges the payload of an entry, and all by which it is found.
pub(crate) async fn purge(tx: &mut SqliteConnection, number: i64) -> Result<()> {
    sqlx::query(
        "UPDATE audit SET what = 'purged', automation = NULL, run = NULL, part = NULL, sequence = NULL, salt = NULL,
         payload = NULL WHERE number = $1",
    )
    .bind(number)
    .execute(tx)
    .await?;
    Ok(())
}
