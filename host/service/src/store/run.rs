//! Runs: one event × one version of one automation.

use mandate_model::{AutomationId, EventId, RunId, VersionId};
use serde::{Deserialize, Serialize};
use sqlx::{Executor, Sqlite, SqliteConnection, SqlitePool};

use super::{from_word, word};
use crate::error::Result;

/// As whom the notifications of a run are evaluated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TellsAs {
    /// Each as its recipient, in a part of theirs; also before the run is planned.
    #[default]
    Recipient,
    /// As whom it runs as, in the act part.
    RunAs,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) id: RunId,
    pub(crate) automation: AutomationId,
    pub(crate) version: VersionId,
    pub(crate) event: EventId,
    pub(crate) attempts: u32,
    /// Set when it is planned, and never again.
    pub(crate) tells_as: TellsAs,
}

#[derive(sqlx::FromRow)]
struct RunRow {
    id: String,
    automation: String,
    version: String,
    event: String,
    attempts: u32,
    tells_as: String,
}

/// Keeps a run that is yet to be planned; the same event makes the same run, however often it arrives.
pub(crate) async fn insert(tx: &mut SqliteConnection, run: &Run, due: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO run (id, automation, version, event, state, due) VALUES ($1, $2, $3, $4, 'pending', $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(run.id.as_str())
    .bind(run.automation.as_str())
    .bind(run.version.as_str())
    .bind(run.event.as_str())
    .bind(due)
    .execute(tx)
    .await?;
    Ok(())
}

/// A run.
pub(crate) async fn get<'e>(executor: impl Executor<'e, Database = Sqlite>, id: &RunId) -> Result<Run> {
    let row: RunRow =
        sqlx::query_as("SELECT id, automation, version, event, attempts, tells_as FROM run WHERE id = $1")
            .bind(id.as_str())
            .fetch_one(executor)
            .await?;
    Ok(Run {
        id: from_word(&row.id)?,
        automation: from_word(&row.automation)?,
        version: from_word(&row.version)?,
        event: from_word(&row.event)?,
        attempts: row.attempts,
        tells_as: from_word(&row.tells_as)?,
    })
}

/// Runs that are to be planned now.
pub(crate) async fn due(reader: &SqlitePool, now: i64) -> Result<Vec<RunId>> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT id FROM run WHERE state = 'pending' AND due <= $1 ORDER BY due, id LIMIT 256")
            .bind(now)
            .fetch_all(reader)
            .await?;
    ids.iter().map(|id| from_word(id)).collect()
}

/// Takes the run on if it is yet to be planned.
pub(crate) async fn planned(tx: &mut SqliteConnection, id: &RunId, tells_as: TellsAs) -> Result<bool> {
    let done = sqlx::query("UPDATE run SET state = 'planned', tells_as = $2 WHERE id = $1 AND state = 'pending'")
        .bind(id.as_str())
        .bind(word(&tells_as)?)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a run before it was planned: `withheld` or `dead`.
pub(crate) async fn end(tx: &mut SqliteConnection, id: &RunId, state: &str, reason: &str) -> Result<()> {
    sqlx::query("UPDATE run SET state = $2, reason = $3 WHERE id = $1 AND state = 'pending'")
        .bind(id.as_str())
        .bind(state)
        .bind(reason)
        .execute(tx)
        .await?;
    Ok(())
}

/// Puts the planning off.
pub(crate) async fn later(tx: &mut SqliteConnection, id: &RunId, due: i64, reason: &str) -> Result<()> {
    sqlx::query("UPDATE run SET attempts = attempts + 1, due = $2, reason = $3 WHERE id = $1 AND state = 'pending'")
        .bind(id.as_str())
        .bind(due)
        .bind(reason)
        .execute(tx)
        .await?;
    Ok(())
}

/// When there is something to plan or to do next.
pub(crate) async fn next_due(reader: &SqlitePool) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT min(due) FROM (SELECT due FROM run WHERE state = 'pending'
         UNION ALL SELECT due FROM part WHERE state IN ('pending', 'running', 'staged')
         UNION ALL SELECT due FROM delivery WHERE state IN ('pending', 'sending')
         UNION ALL SELECT at AS due FROM event WHERE state = 'pending')",
    )
    .fetch_one(reader)
    .await?)
}

/// What was given up, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct DeadLetter {
    /// `event`, `run`, `part`, `effect` or `delivery`.
    pub kind: String,
    /// Its id; of an effect, its key.
    pub id: String,
    /// Why it was given up.
    pub reason: String,
}

/// All that was given up.
pub(crate) async fn dead(reader: &SqlitePool) -> Result<Vec<DeadLetter>> {
    Ok(sqlx::query_as(
        "SELECT 'event' AS kind, id, reason FROM event WHERE reason IS NOT NULL
         UNION ALL SELECT 'run', id, coalesce(reason, '') FROM run WHERE state = 'dead'
         UNION ALL SELECT 'part', id, coalesce(reason, '') FROM part WHERE state = 'dead'
         UNION ALL SELECT 'effect', part.run || '/' || part.id || '/' || effect.sequence, coalesce(effect.reason, '')
             FROM effect JOIN part ON part.id = effect.part WHERE effect.state = 'unknown'
         UNION ALL SELECT 'delivery', id, coalesce(detail, '') FROM delivery WHERE state IN ('dead', 'unknown')
         ORDER BY 1, 2",
    )
    .fetch_all(reader)
    .await?)
}

/// Gives everything that was given up another chance.
pub(crate) async fn revive(tx: &mut SqliteConnection, now: i64) -> Result<()> {
    // The runs that an event made before are not made again.
    sqlx::query("UPDATE event SET state = 'pending', reason = NULL WHERE reason IS NOT NULL").execute(&mut *tx).await?;
    for sql in [
        "UPDATE run SET state = 'pending', attempts = 0, due = $1 WHERE state = 'dead'",
        // A part whose plan is stored goes on where it stopped, unless nobody knows how far that is; its guest is not asked again.
        "UPDATE part SET attempts = 0, due = $1, state = CASE WHEN outcome IS NULL THEN 'pending' ELSE 'staged' END
         WHERE state = 'dead' AND NOT EXISTS (SELECT 1 FROM effect WHERE effect.part = part.id AND effect.state = 'unknown')",
        "UPDATE effect SET state = 'staged', reason = NULL
         WHERE state = 'dead' AND part IN (SELECT id FROM part WHERE state = 'staged' AND due <= $1)",
        // What may have been sent is not sent again, by whomever it is asked.
        "UPDATE delivery SET state = 'pending', attempts = 0, due = $1, at = NULL WHERE state = 'dead'",
    ] {
        sqlx::query(sql).bind(now).execute(&mut *tx).await?;
    }
    Ok(())
}

/// The runs that an event caused, in order of their ids.
pub(crate) async fn of_event(reader: &SqlitePool, event: &EventId) -> Result<Vec<RunId>> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM run WHERE event = $1 ORDER BY id")
        .bind(event.as_str())
        .fetch_all(reader)
        .await?;
    ids.iter().map(|id| from_word(id)).collect()
}
