//! Events that were accepted.

use mandate_model::{AutomationId, EventId, Occurrence, Subject};
use sqlx::{Executor, Sqlite, SqliteConnection, SqlitePool};

use super::{from_json, json, word};
use crate::error::Result;

/// Keeps an event; `false` if it was there already. One that is accepted later is never earlier, whatever the clock says: automations
/// act on events in this order.
pub(crate) async fn insert(tx: &mut SqliteConnection, id: &EventId, occurrence: &Occurrence, at: i64) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO event (id, occurrence, state, at)
         SELECT $1, $2, 'pending', CASE WHEN last.at > $3 THEN last.at ELSE $3 END FROM (SELECT max(at) AS at FROM event) AS last
         WHERE true ON CONFLICT DO NOTHING",
    )
    .bind(id.as_str())
    .bind(json(occurrence)?)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Events that no automation was looked up for yet, in the order of their arrival.
pub(crate) async fn pending(reader: &SqlitePool) -> Result<Vec<EventId>> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM event WHERE state = 'pending' ORDER BY at, id LIMIT 256")
        .fetch_all(reader)
        .await?;
    ids.iter().map(|id| super::from_word(id)).collect()
}

/// What happened, as the platform told the host.
pub(crate) async fn occurrence<'e>(executor: impl Executor<'e, Database = Sqlite>, id: &EventId) -> Result<Occurrence> {
    let text: String =
        sqlx::query_scalar("SELECT occurrence FROM event WHERE id = $1").bind(id.as_str()).fetch_one(executor).await?;
    from_json(&text)
}

/// Notes that the automations of an event were looked up, and what could not be read then.
pub(crate) async fn matched(tx: &mut SqliteConnection, id: &EventId, unread: Option<&str>) -> Result<()> {
    sqlx::query("UPDATE event SET state = 'matched', reason = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(unread)
        .execute(tx)
        .await?;
    Ok(())
}

/// Automations that listen to such a change of such a dataset, by the index; their triggers say the rest.
pub(crate) async fn listeners(tx: &mut SqliteConnection, occurrence: &Occurrence) -> Result<Vec<AutomationId>> {
    let Subject::Row(row) = &occurrence.subject else { return Ok(vec![]) };
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT automation FROM listen WHERE site = $1 AND dataset = $2 AND change = $3 ORDER BY automation",
    )
    .bind(occurrence.site.as_str())
    .bind(&row.dataset)
    .bind(word(&occurrence.change)?)
    .fetch_all(tx)
    .await?;
    ids.iter().map(|id| super::from_word(id)).collect()
}
