//! When automations with a schedule are due next. There is a row while, and only while, one is on and may run.

use mandate_model::{AutomationId, VersionId};
use sqlx::{SqliteConnection, SqlitePool};

use super::from_word;
use crate::error::Result;

/// Automations that are due, the earliest first: by the index.
pub(crate) const DUE: &str = "SELECT automation FROM schedule WHERE due <= $1 ORDER BY due, automation LIMIT 256";

/// Automations that are due now.
pub(crate) async fn due(reader: &SqlitePool, now: i64) -> Result<Vec<AutomationId>> {
    let ids: Vec<String> = sqlx::query_scalar(DUE).bind(now).fetch_all(reader).await?;
    ids.iter().map(|id| from_word(id)).collect()
}

/// Which version of an automation is due next, and when.
pub(crate) async fn of(tx: &mut SqliteConnection, automation: &AutomationId) -> Result<Option<(VersionId, i64)>> {
    let row: Option<(String, i64)> = sqlx::query_as("SELECT version, due FROM schedule WHERE automation = $1")
        .bind(automation.as_str())
        .fetch_optional(tx)
        .await?;
    row.map(|(version, due)| Ok((from_word(&version)?, due))).transpose()
}

/// It is due then, and at no other time.
pub(crate) async fn set(
    tx: &mut SqliteConnection,
    automation: &AutomationId,
    version: &VersionId,
    due: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO schedule (automation, version, due) VALUES ($1, $2, $3)
         ON CONFLICT (automation) DO UPDATE SET version = excluded.version, due = excluded.due",
    )
    .bind(automation.as_str())
    .bind(version.as_str())
    .bind(due)
    .execute(tx)
    .await?;
    Ok(())
}

/// It is due no more.
pub(crate) async fn clear(tx: &mut SqliteConnection, automation: &AutomationId) -> Result<()> {
    sqlx::query("DELETE FROM schedule WHERE automation = $1").bind(automation.as_str()).execute(tx).await?;
    Ok(())
}

/// When the next one is due.
pub(crate) async fn next(reader: &SqlitePool) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar("SELECT min(due) FROM schedule").fetch_one(reader).await?)
}
