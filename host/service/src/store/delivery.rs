//! Deliveries: the way of each message, and of each notice, to one person beside their inbox.

use mandate_model::{AutomationId, Message, PrincipalId, RunId};
use serde::{Deserialize, Serialize};
use sqlx::{SqliteConnection, SqlitePool};

use super::{from_json, from_word, word};
use crate::{error::Result, governing::Told, outward::Way};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// Yet to be sent, for the first time or again.
    Pending,
    /// Being sent.
    Sending,
    /// It was taken at the other end.
    Sent,
    /// Not sent: when it was its turn, it might not be delivered any more.
    Withheld,
    /// Not sent: the person does not want it by this way.
    Muted,
    /// It may have been sent. It is not sent again, for it could arrive twice.
    Unknown,
    /// Refused at the other end, or tried too often; it can be tried again by hand.
    Dead,
}

/// A delivery, as the person sees it to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// By which way.
    pub way: Way,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it was settled: microseconds since 1970-01-01T00:00:00Z; `None`: not yet.
    pub at: Option<i64>,
}

/// A delivery, as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryRecord {
    /// Its idempotency key.
    pub id: String,
    /// To whom.
    pub person: PrincipalId,
    /// Where it stands.
    #[serde(flatten)]
    pub view: DeliveryView,
    /// How often it was tried.
    pub attempts: u32,
    /// What the last attempt came to.
    pub detail: Option<String>,
}

/// What a delivery brings.
pub(crate) enum Load {
    /// A message: its id, part, run, finding key, text, and when it was delivered.
    Message {
        id: String,
        part: String,
        run: RunId,
        automation: AutomationId,
        finding: String,
        message: Message,
        at: i64,
    },
    /// A notice.
    Notice { told: Told, at: i64 },
}

/// A delivery, as the dispatcher needs it.
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) person: PrincipalId,
    pub(crate) way: Way,
    pub(crate) attempts: u32,
    pub(crate) load: Load,
}

/// What a delivery is of.
#[derive(Clone, Copy)]
pub(crate) enum Of<'a> {
    Message(&'a str),
    Notice(i64),
}

/// Keeps a delivery that is yet to be sent; the same thing by the same way is one delivery.
pub(crate) async fn insert(
    tx: &mut SqliteConnection,
    id: &str,
    of: Of<'_>,
    person: &PrincipalId,
    way: Way,
    due: i64,
) -> Result<()> {
    let (message, notice) = match of {
        Of::Message(id) => (Some(id), None),
        Of::Notice(number) => (None, Some(number)),
    };
    sqlx::query(
        "INSERT INTO delivery (id, message, notice, person, way, state, due) VALUES ($1, $2, $3, $4, $5, 'pending', $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(message)
    .bind(notice)
    .bind(person.to_string())
    .bind(way.as_str())
    .bind(due)
    .execute(tx)
    .await?;
    Ok(())
}

/// Deliveries that are to be sent now, at most `most`: who waits longest comes first.
pub(crate) async fn due(reader: &SqlitePool, now: i64, most: u32) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT id FROM delivery WHERE state = 'pending' AND due <= $1 ORDER BY due, id LIMIT $2")
        .bind(now)
        .bind(most)
        .fetch_all(reader)
        .await?)
}

#[derive(sqlx::FromRow)]
struct Row {
    message: Option<String>,
    notice: Option<i64>,
    person: String,
    way: String,
    attempts: u32,
}

/// A delivery; `None` once what it brings was erased.
pub(crate) async fn get(reader: &SqlitePool, id: &str) -> Result<Option<Delivery>> {
    let row: Option<Row> = sqlx::query_as("SELECT message, notice, person, way, attempts FROM delivery WHERE id = $1")
        .bind(id)
        .fetch_optional(reader)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let load = match (&row.message, row.notice) {
        (Some(message), _) => message_load(reader, message).await?,
        (None, notice) => notice_load(reader, notice).await?,
    };
    let (person, way) = (from_word(&row.person)?, from_word(&row.way)?);
    Ok(Some(Delivery { id: id.to_owned(), person, way, attempts: row.attempts, load }))
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    part: String,
    run: String,
    automation: String,
    finding: String,
    body: String,
    delivered: i64,
}

async fn message_load(reader: &SqlitePool, id: &str) -> Result<Load> {
    let row: MessageRow = sqlx::query_as(
        "SELECT part, part.run, run.automation, finding, body, delivered
         FROM message JOIN part ON part.id = message.part JOIN run ON run.id = part.run
         WHERE message.id = $1 AND delivered IS NOT NULL",
    )
    .bind(id)
    .fetch_one(reader)
    .await?;
    Ok(Load::Message {
        id: id.to_owned(),
        part: row.part,
        run: from_word(&row.run)?,
        automation: from_word(&row.automation)?,
        finding: row.finding,
        message: from_json(&row.body)?,
        at: row.delivered,
    })
}

async fn notice_load(reader: &SqlitePool, number: Option<i64>) -> Result<Load> {
    let (at, body): (i64, String) =
        sqlx::query_as("SELECT at, body FROM notice WHERE number = $1").bind(number).fetch_one(reader).await?;
    Ok(Load::Notice { told: from_json(&body)?, at })
}

/// Notes that a delivery is about to be sent; `false` if it is not pending any more. From here on, until [`settle`] or [`later`],
/// nobody knows whether it arrived.
pub(crate) async fn claim(tx: &mut SqliteConnection, id: &str) -> Result<bool> {
    let claim = "UPDATE delivery SET state = 'sending', attempts = attempts + 1 WHERE id = $1 AND state = 'pending'";
    Ok(sqlx::query(claim).bind(id).execute(tx).await?.rows_affected() == 1)
}

/// Settles a delivery.
pub(crate) async fn settle(
    tx: &mut SqliteConnection,
    id: &str,
    state: DeliveryState,
    at: i64,
    detail: Option<&str>,
) -> Result<()> {
    sqlx::query("UPDATE delivery SET state = $2, at = $3, detail = $4 WHERE id = $1")
        .bind(id)
        .bind(word(&state)?)
        .bind(at)
        .bind(detail)
        .execute(tx)
        .await?;
    Ok(())
}

/// Puts a delivery off. One that was not claimed counts as tried all the same.
pub(crate) async fn later(tx: &mut SqliteConnection, id: &str, due: i64, detail: &str) -> Result<()> {
    sqlx::query(
        "UPDATE delivery SET attempts = attempts + CASE state WHEN 'pending' THEN 1 ELSE 0 END, state = 'pending', due = $2,
         detail = $3
         WHERE id = $1",
    )
    .bind(id)
    .bind(due)
    .bind(detail)
    .execute(tx)
    .await?;
    Ok(())
}

/// There is nowhere to send it: as if there were no such way.
pub(crate) async fn forget(tx: &mut SqliteConnection, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM delivery WHERE id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// Whether anything is being sent.
pub(crate) async fn is_left(reader: &SqlitePool) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM delivery WHERE state = 'sending')";
    Ok(sqlx::query_scalar(sql).fetch_one(reader).await?)
}

/// Nothing is being sent now. What was when the host ended is sent again with its key where keys are known, unless that was
/// tried too often; a mail may have gone out, and is not sent again (E02).
pub(crate) async fn recover(tx: &mut SqliteConnection, most: u32, at: i64) -> Result<()> {
    for way in Way::ALL {
        let again = if way.knows_keys() { "pending" } else { "unknown" };
        sqlx::query(
            "UPDATE delivery SET state = CASE WHEN $2 = 'pending' AND attempts >= $3 THEN 'dead' ELSE $2 END,
             at = CASE WHEN $2 = 'pending' AND attempts < $3 THEN NULL ELSE $4 END,
             detail = 'the host ended while it was sent' WHERE state = 'sending' AND way = $1",
        )
        .bind(way.as_str())
        .bind(again)
        .bind(most)
        .bind(at)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// The deliveries of a message.
pub(crate) async fn of_message(reader: &SqlitePool, message: &str) -> Result<Vec<DeliveryView>> {
    let rows: Vec<(String, String, Option<i64>)> =
        sqlx::query_as("SELECT way, state, at FROM delivery WHERE message = $1 ORDER BY way")
            .bind(message)
            .fetch_all(reader)
            .await?;
    let view = |(way, state, at): (String, String, Option<i64>)| {
        Ok(DeliveryView { way: from_word(&way)?, state: from_word(&state)?, at })
    };
    rows.into_iter().map(view).collect()
}

#[derive(sqlx::FromRow)]
struct RecordRow {
    id: String,
    person: String,
    way: String,
    state: String,
    at: Option<i64>,
    attempts: u32,
    detail: Option<String>,
}

/// Every delivery, in order of when it was due.
pub(crate) async fn all(reader: &SqlitePool) -> Result<Vec<DeliveryRecord>> {
    let rows: Vec<RecordRow> =
        sqlx::query_as("SELECT id, person, way, state, at, attempts, detail FROM delivery ORDER BY due, id")
            .fetch_all(reader)
            .await?;
    let record = |row: RecordRow| {
        let view = DeliveryView { way: from_word(&row.way)?, state: from_word(&row.state)?, at: row.at };
        let (person, detail) = (from_word(&row.person)?, row.detail);
        Ok(DeliveryRecord { id: row.id, person, view, attempts: row.attempts, detail })
    };
    rows.into_iter().map(record).collect()
}
