//! Events that were accepted.

use mandate_model::{AutomationId, EventId, Occurrence, SiteId, Subject};
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

/// When an event was accepted.
pub(crate) async fn accepted(reader: &SqlitePool, id: &EventId) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT at FROM event WHERE id = $1").bind(id.as_str()).fetch_one(reader).await?)
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

/// Automations that listen to a change of a dataset, or to an event of a type: by the index.
pub(crate) const LISTENERS: &str =
    "SELECT automation FROM listen WHERE site = $1 AND subject = $2 AND change = $3 ORDER BY automation";

/// Automations that listen to such a change of such a dataset, or to such an event, by the index; their triggers say the rest.
pub(crate) async fn listeners(tx: &mut SqliteConnection, occurrence: &Occurrence) -> Result<Vec<AutomationId>> {
    let subject = match &occurrence.subject {
        Subject::Row(row) => &row.dataset,
        Subject::Custom(custom) => &custom.event_type,
        Subject::File(_) | Subject::Schedule(_) => return Ok(vec![]),
    };
    let ids: Vec<String> = sqlx::query_scalar(LISTENERS)
        .bind(occurrence.site.as_str())
        .bind(subject)
        .bind(word(&occurrence.change)?)
        .fetch_all(tx)
        .await?;
    ids.iter().map(|id| super::from_word(id)).collect()
}

/// Whether any automation of a site listens to events of a type: by the same index.
pub(crate) const IS_HEARD: &str =
    "SELECT EXISTS (SELECT 1 FROM listen WHERE site = $1 AND subject = $2 AND change = 'other')";

/// Whether any automation of the site listens to events of this type.
pub(crate) async fn is_heard(tx: &mut SqliteConnection, site: &SiteId, event_type: &str) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_HEARD).bind(site.as_str()).bind(event_type).fetch_one(tx).await?)
}

/// Types of events that automations of the site listen to, at most `limit`.
pub(crate) async fn heard_types(tx: &mut SqliteConnection, site: &SiteId, limit: usize) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT subject FROM listen WHERE site = $1 AND change = 'other' ORDER BY subject LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(sqlx::query_scalar(sql).bind(site.as_str()).bind(limit).fetch_all(tx).await?)
}

/// Whether the event was accepted before.
pub(crate) async fn is_known(tx: &mut SqliteConnection, id: &EventId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM event WHERE id = $1)";
    Ok(sqlx::query_scalar(sql).bind(id.as_str()).fetch_one(tx).await?)
}
