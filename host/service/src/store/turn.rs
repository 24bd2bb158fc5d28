//! Whose turn it is, and who works on what.
//!
//! Whoever begins a part holds it: as `worker`, until `lease`, under a `fence` that grows with every begin. What comes of the part
//! is kept only under the fence that it was begun with, so of two who work on one part only the last to begin changes anything
//! (E05).

use sqlx::{SqliteConnection, SqlitePool};

use super::audit;
use crate::error::{Result, ServiceError};

/// How long a part is held, in microseconds: longer than it may take with the default limits, and anew at each effect.
pub(crate) const LEASE: i64 = 10 * 60 * 1_000_000;

/// Parts that may begin or go on now, as far as others are concerned:
/// - of the act parts of an automation, the one whose event was accepted first of those that are not finished;
/// - of a plugin that is a suspect, only the suspects, which run alone.
macro_rules! ready {
    () => {
        "(part.kind <> 'act' OR (
             NOT EXISTS (SELECT 1 FROM part AS before WHERE before.automation = part.automation AND before.kind = 'act'
                 AND before.state IN ('pending', 'running', 'staged')
                 AND (before.accepted, before.event) < (part.accepted, part.event))
             AND NOT EXISTS (SELECT 1 FROM run AS before JOIN event ON event.id = before.event
                 WHERE before.automation = part.automation AND before.state = 'pending'
                 AND (event.at, event.id) < (part.accepted, part.event))))
         AND (part.state = 'staged' OR part.suspect IS NOT NULL
             OR NOT EXISTS (SELECT 1 FROM part AS suspect WHERE suspect.site = part.site AND suspect.plugin = part.plugin
                 AND suspect.suspect IS NOT NULL AND suspect.state IN ('pending', 'running')))"
    };
}

/// Parts that are to be evaluated, carried out or delivered now, beside each other.
pub(crate) async fn due(reader: &SqlitePool, now: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(concat!(
        "SELECT id FROM part WHERE state IN ('pending', 'staged') AND due <= $1 AND (lease IS NULL OR lease <= $1)
         AND (state = 'staged' OR suspect IS NULL) AND ",
        ready!(),
        " ORDER BY due, id LIMIT 256"
    ))
    .bind(now)
    .fetch_all(reader)
    .await?)
}

/// A suspect whose turn it is: it runs with nothing beside it. Those that were alone less often when the host ended come first, so
/// that the innocent are done before the one that ends it again.
pub(crate) async fn suspect(reader: &SqlitePool, now: i64) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(concat!(
        "SELECT id FROM part WHERE state = 'pending' AND suspect IS NOT NULL AND due <= $1
         AND (lease IS NULL OR lease <= $1) AND ",
        ready!(),
        " ORDER BY suspect, due, id LIMIT 1"
    ))
    .bind(now)
    .fetch_optional(reader)
    .await?)
}

/// When there is something to plan or to do next.
pub(crate) async fn next_due(reader: &SqlitePool) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(concat!(
        "WITH waiting (due) AS (SELECT due FROM run WHERE state = 'pending'
         UNION ALL SELECT CASE WHEN lease > due THEN lease ELSE due END FROM part
             WHERE state IN ('pending', 'staged') AND ",
        ready!(),
        " UNION ALL SELECT lease FROM part WHERE state = 'running'
         UNION ALL SELECT due FROM delivery WHERE state IN ('pending', 'sending')
         UNION ALL SELECT at FROM event WHERE state = 'pending')
         SELECT min(due) FROM waiting"
    ))
    .fetch_one(reader)
    .await?)
}

/// Takes a part on as `worker`, if its turn has come and nobody holds it: the fence that it is held under.
pub(crate) async fn begin(
    tx: &mut SqliteConnection,
    id: &str,
    worker: &str,
    now: i64,
    alone: bool,
) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(concat!(
        "UPDATE part SET worker = $2, lease = $3 + $4, fence = fence + 1, alone = $5,
         attempts = attempts + CASE state WHEN 'pending' THEN 1 ELSE 0 END,
         state = CASE state WHEN 'pending' THEN 'running' ELSE state END
         WHERE id = $1 AND state IN ('pending', 'staged') AND (lease IS NULL OR lease <= $3) AND ",
        ready!(),
        " RETURNING fence"
    ))
    .bind(id)
    .bind(worker)
    .bind(now)
    .bind(LEASE)
    .bind(i32::from(alone))
    .fetch_optional(tx)
    .await?)
}

/// Whether a part is held under its fence for half a lease more. [`ServiceError::Stale`] if somebody else began it meanwhile.
pub(crate) async fn is_held(reader: &SqlitePool, (id, fence): (&str, i64), now: i64) -> Result<bool> {
    let lease: Option<i64> =
        sqlx::query_scalar("SELECT lease FROM part WHERE id = $1 AND fence = $2 AND lease IS NOT NULL")
            .bind(id)
            .bind(fence)
            .fetch_optional(reader)
            .await?;
    Ok(lease.ok_or(ServiceError::Stale)? >= now + LEASE / 2)
}

/// Holds a part for longer. [`ServiceError::Stale`] if somebody else began it meanwhile.
pub(crate) async fn renew(tx: &mut SqliteConnection, id: &str, fence: i64, now: i64) -> Result<()> {
    let renewed = sqlx::query("UPDATE part SET lease = $3 + $4 WHERE id = $1 AND fence = $2 AND lease IS NOT NULL")
        .bind(id)
        .bind(fence)
        .bind(now)
        .bind(LEASE)
        .execute(tx)
        .await?;
    held(renewed.rows_affected())
}

/// A statement that is meant for a part under its fence has found it.
pub(crate) fn held(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(ServiceError::Stale) }
}

/// Gives back all that `worker` holds, as if it had not begun: how many parts.
pub(crate) async fn give_back(tx: &mut SqliteConnection, worker: &str) -> Result<u64> {
    let given = sqlx::query(
        "UPDATE part SET attempts = attempts - CASE state WHEN 'running' THEN 1 ELSE 0 END,
         state = CASE state WHEN 'running' THEN 'pending' ELSE state END, lease = NULL, alone = 0
         WHERE worker = $1 AND lease IS NOT NULL",
    )
    .bind(worker)
    .execute(tx)
    .await?;
    Ok(given.rows_affected())
}

/// Whether `worker` holds anything, or a lease is over.
pub(crate) async fn is_left(reader: &SqlitePool, worker: &str, now: i64) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM part WHERE lease IS NOT NULL AND (worker = $1 OR lease <= $2))",
    )
    .bind(worker)
    .bind(now)
    .fetch_one(reader)
    .await?)
}

/// Takes back what is held for longer than its lease. What was begun too often is given up.
pub(crate) async fn take_back(tx: &mut SqliteConnection, now: i64, most: u32) -> Result<()> {
    let taken: Vec<String> = sqlx::query_scalar(
        "UPDATE part SET state = CASE WHEN state = 'staged' THEN state WHEN attempts >= $2 THEN 'dead' ELSE 'pending' END,
         reason = 'nothing was heard of it in time', lease = NULL, alone = 0 WHERE lease <= $1 RETURNING id",
    )
    .bind(now)
    .bind(most)
    .fetch_all(&mut *tx)
    .await?;
    for id in taken {
        // Of those that have not ended, this says nothing.
        audit::ran::part_ended(tx, &id, now).await?;
    }
    Ok(())
}

/// The host starts, and nobody works on anything: what was being evaluated when the last one ended may be what ended it, and is a
/// suspect. Of a suspect that was alone then for the second time, the plugin is put into quarantine (E07).
pub(crate) async fn interrupted(tx: &mut SqliteConnection, now: i64) -> Result<()> {
    sqlx::query(
        "UPDATE part SET state = 'pending', suspect = coalesce(suspect, 0) + alone, attempts = attempts - 1,
         reason = 'the host ended while it ran' WHERE state = 'running'",
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE part SET lease = NULL, alone = 0 WHERE lease IS NOT NULL").execute(&mut *tx).await?;
    sqlx::query(
        "INSERT INTO quarantine (site, plugin, part, at) SELECT site, plugin, min(id), $1 FROM part
         WHERE state = 'pending' AND suspect >= 2 GROUP BY site, plugin ON CONFLICT DO NOTHING",
    )
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// What is left to do: events to look at, runs to plan, parts to finish.
pub(crate) async fn left(reader: &SqlitePool) -> Result<(u64, u64, u64)> {
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM event WHERE state = 'pending'), (SELECT count(*) FROM run WHERE state = 'pending'),
         (SELECT count(*) FROM part WHERE state IN ('pending', 'running', 'staged'))",
    )
    .fetch_one(reader)
    .await?)
}
