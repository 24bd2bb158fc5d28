//! Messages: in the outbox until they are delivered, in somebody's inbox afterwards.

use mandate_model::{AutomationId, Message, PrincipalId, RunId};
use serde::{Deserialize, Serialize};
use sqlx::{SqliteConnection, SqlitePool};

use super::{from_json, from_word, json, part::PartKind};
use crate::{
    error::Result,
    inbox::{Mark, Shelf},
};

/// A message that was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// Its id: derived, so that it says nothing about other messages.
    pub id: String,
    /// The run that it came from.
    pub run: RunId,
    /// The automation that it came from.
    pub automation: AutomationId,
    /// The key of the finding that it tells about.
    pub finding: String,
    /// What it says. Text of a guest: shown escaped everywhere (R9).
    pub message: Message,
    /// When it was delivered: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
}

#[derive(sqlx::FromRow)]
struct DeliveredRow {
    id: String,
    run: String,
    automation: String,
    finding: String,
    body: String,
    delivered: i64,
}

/// A message on its way.
pub(crate) struct Outgoing<'a> {
    pub(crate) id: String,
    pub(crate) sequence: u32,
    pub(crate) finding: &'a str,
    pub(crate) message: &'a Message,
}

/// Puts a message into the outbox. One for each (part, recipient, finding key): a second one is dropped.
pub(crate) async fn insert(
    tx: &mut SqliteConnection,
    part: &str,
    recipient: &PrincipalId,
    outgoing: &Outgoing<'_>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO message (id, part, sequence, finding, recipient, body) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(&outgoing.id)
    .bind(part)
    .bind(outgoing.sequence)
    .bind(outgoing.finding)
    .bind(recipient.to_string())
    .bind(json(outgoing.message)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Delivers what is in the outbox for a part, `muted` as read; the ids of what was delivered.
pub(crate) async fn deliver(tx: &mut SqliteConnection, part: &str, muted: bool, at: i64) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "UPDATE message SET delivered = $2, read = $3 WHERE part = $1 AND delivered IS NULL RETURNING id",
    )
    .bind(part)
    .bind(at)
    .bind(muted.then_some(at))
    .fetch_all(tx)
    .await?)
}

/// Delivers a message that an act part tells somebody, `muted` as read.
pub(crate) async fn tell(
    tx: &mut SqliteConnection,
    part: &str,
    recipient: &PrincipalId,
    outgoing: &Outgoing<'_>,
    (muted, at): (bool, i64),
) -> Result<()> {
    insert(&mut *tx, part, recipient, outgoing).await?;
    sqlx::query("UPDATE message SET delivered = $2, read = $3 WHERE id = $1 AND delivered IS NULL")
        .bind(&outgoing.id)
        .bind(at)
        .bind(muted.then_some(at))
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether an automation ever told a person something that is still there.
pub(crate) async fn was_told(reader: &SqlitePool, person: &PrincipalId, automation: &AutomationId) -> Result<bool> {
    let told = "SELECT EXISTS (SELECT 1 FROM message JOIN part ON part.id = message.part JOIN run ON run.id = part.run
                WHERE recipient = $1 AND delivered IS NOT NULL AND run.automation = $2)";
    Ok(sqlx::query_scalar(told).bind(person.to_string()).bind(automation.as_str()).fetch_one(reader).await?)
}

/// The automations that told a person something that is still there.
pub(crate) async fn tellers(reader: &SqlitePool, person: &PrincipalId) -> Result<Vec<AutomationId>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT run.automation FROM message JOIN part ON part.id = message.part JOIN run ON run.id = part.run
         WHERE recipient = $1 AND delivered IS NOT NULL ORDER BY run.automation",
    )
    .bind(person.to_string())
    .fetch_all(reader)
    .await?;
    ids.iter().map(|id| from_word(id)).collect()
}

/// A message that somebody else's part told a person.
#[derive(sqlx::FromRow)]
pub(crate) struct ToldAsRunAs {
    pub(crate) id: String,
    pub(crate) part: String,
    pub(crate) sequence: u32,
}

/// Delivered messages to `person` of parts that are not theirs: at most `most`.
pub(crate) async fn told(tx: &mut SqliteConnection, person: &PrincipalId, most: u32) -> Result<Vec<ToldAsRunAs>> {
    Ok(sqlx::query_as(
        "SELECT message.id, message.part, message.sequence FROM message JOIN part ON part.id = message.part
         WHERE message.recipient = $1 AND delivered IS NOT NULL AND part.kind = 'act' LIMIT $2",
    )
    .bind(person.to_string())
    .bind(most)
    .fetch_all(tx)
    .await?)
}

/// Removes a message, with its deliveries.
pub(crate) async fn remove(tx: &mut SqliteConnection, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM message WHERE id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// Removes what is in the outbox for a part.
pub(crate) async fn discard(tx: &mut SqliteConnection, part: &str) -> Result<()> {
    sqlx::query("DELETE FROM message WHERE part = $1 AND delivered IS NULL").bind(part).execute(tx).await?;
    Ok(())
}

/// What was delivered to a person, or to them in one run: in the order of delivery.
pub(crate) async fn inbox(reader: &SqlitePool, person: &PrincipalId, run: Option<&RunId>) -> Result<Vec<Delivered>> {
    let rows: Vec<DeliveredRow> = sqlx::query_as(
        "SELECT message.id, part.run, run.automation, finding, body, delivered
         FROM message JOIN part ON part.id = message.part JOIN run ON run.id = part.run
         WHERE recipient = $1 AND delivered IS NOT NULL AND ($2 IS NULL OR run.id = $2)
         ORDER BY delivered, part.run, message.sequence",
    )
    .bind(person.to_string())
    .bind(run.map(RunId::as_str))
    .fetch_all(reader)
    .await?;
    let read = |row: DeliveredRow| {
        Ok(Delivered {
            id: row.id,
            run: from_word(&row.run)?,
            automation: from_word(&row.automation)?,
            finding: row.finding,
            message: from_json(&row.body)?,
            at: row.delivered,
        })
    };
    rows.into_iter().map(read).collect()
}

/// A message in somebody's inbox.
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) run: RunId,
    pub(crate) kind: PartKind,
    pub(crate) automation: AutomationId,
    pub(crate) finding: String,
    pub(crate) message: Message,
    pub(crate) at: i64,
    pub(crate) read: bool,
    pub(crate) archived: bool,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    #[sqlx(flatten)]
    delivered: DeliveredRow,
    kind: String,
    read: Option<i64>,
    archived: Option<i64>,
}

impl KeptRow {
    fn kept(self) -> Result<Kept> {
        let row = self.delivered;
        Ok(Kept {
            id: row.id,
            run: from_word(&row.run)?,
            kind: from_word(&self.kind)?,
            automation: from_word(&row.automation)?,
            finding: row.finding,
            message: from_json(&row.body)?,
            at: row.delivered,
            read: self.read.is_some(),
            archived: self.archived.is_some(),
        })
    }
}

/// A message of a person's inbox; `None`: there is none, or it is not theirs.
pub(crate) async fn kept(reader: &SqlitePool, person: &PrincipalId, id: &str) -> Result<Option<Kept>> {
    let row: Option<KeptRow> = sqlx::query_as(
        "SELECT message.id, part.run, run.automation, finding, body, delivered, kind, read, archived
         FROM message JOIN part ON part.id = message.part JOIN run ON run.id = part.run
         WHERE message.id = $1 AND recipient = $2 AND delivered IS NOT NULL",
    )
    .bind(id)
    .bind(person.to_string())
    .fetch_optional(reader)
    .await?;
    row.map(KeptRow::kept).transpose()
}

/// At most `most` messages of a person's inbox, the latest first, from those on that are older than `before` (when it was delivered,
/// and its id).
pub(crate) async fn page(
    reader: &SqlitePool,
    person: &PrincipalId,
    shelf: Shelf,
    before: Option<&(i64, String)>,
    most: u32,
) -> Result<Vec<Kept>> {
    let (archived, unread) = match shelf {
        Shelf::Current => (0, 0),
        Shelf::Unread => (0, 1),
        Shelf::Archived => (1, 0),
    };
    let rows: Vec<KeptRow> = sqlx::query_as(
        "SELECT message.id, part.run, run.automation, finding, body, delivered, kind, read, archived
         FROM message JOIN part ON part.id = message.part JOIN run ON run.id = part.run
         WHERE recipient = $1 AND delivered IS NOT NULL
           AND CASE WHEN archived IS NULL THEN 0 ELSE 1 END = $2 AND ($3 = 0 OR read IS NULL)
           AND ($4 IS NULL OR delivered < $4 OR (delivered = $4 AND message.id < $5))
         ORDER BY delivered DESC, message.id DESC LIMIT $6",
    )
    .bind(person.to_string())
    .bind(archived)
    .bind(unread)
    .bind(before.map(|(at, _)| *at))
    .bind(before.map(|(_, id)| id))
    .bind(most)
    .fetch_all(reader)
    .await?;
    rows.into_iter().map(KeptRow::kept).collect()
}

/// How many of the `last` messages of a person's inbox they did not read. Who puts one away read it.
pub(crate) async fn unread(reader: &SqlitePool, person: &PrincipalId, last: u32) -> Result<u32> {
    let count = "SELECT count(*) FROM (SELECT read FROM message WHERE recipient = $1 AND delivered IS NOT NULL
                 ORDER BY delivered DESC, id DESC LIMIT $2) AS latest WHERE read IS NULL";
    Ok(sqlx::query_scalar(count).bind(person.to_string()).bind(last).fetch_one(reader).await?)
}

/// Marks a message of a person's inbox; `false`: there is none, or it is not theirs.
pub(crate) async fn mark(
    tx: &mut SqliteConnection,
    person: &PrincipalId,
    id: &str,
    mark: Mark,
    at: i64,
) -> Result<bool> {
    let sql = match mark {
        Mark::Read => "UPDATE message SET read = coalesce(read, $3)",
        Mark::Archived => "UPDATE message SET read = coalesce(read, $3), archived = coalesce(archived, $3)",
        Mark::Unread => "UPDATE message SET read = NULL, archived = NULL",
    };
    let sql = format!("{sql} WHERE id = $1 AND recipient = $2 AND delivered IS NOT NULL");
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).bind(person.to_string()).bind(at);
    Ok(query.execute(tx).await?.rows_affected() == 1)
}
