//! Runs: one event × one version of one automation.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, EventId, Occurrence, PrincipalId, RunId, VersionId};
use serde::{Deserialize, Serialize};
use sqlx::{Executor, QueryBuilder, Sqlite, SqliteConnection, SqlitePool};

use super::{audit, from_json, from_word, word};
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
    /// Why it was ended before it was planned.
    ended: Option<String>,
    /// Whether that was because it was tried too often.
    dead: bool,
}

impl Run {
    /// One that is yet to be planned.
    pub(crate) fn new(id: RunId, automation: AutomationId, version: VersionId, event: EventId) -> Self {
        Self { id, automation, version, event, attempts: 0, tells_as: TellsAs::default(), ended: None, dead: false }
    }

    /// Why it was ended before it was planned, if it was.
    pub(crate) fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// Whether it was given up before it was planned.
    pub(crate) fn is_dead(&self) -> bool {
        self.dead
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct RunRow {
    id: String,
    automation: String,
    version: String,
    event: String,
    attempts: u32,
    state: String,
    reason: Option<String>,
    tells_as: String,
}

impl RunRow {
    pub(super) fn read(self) -> Result<Run> {
        let ended = matches!(self.state.as_str(), "withheld" | "dead");
        Ok(Run {
            id: from_word(&self.id)?,
            automation: from_word(&self.automation)?,
            version: from_word(&self.version)?,
            event: from_word(&self.event)?,
            attempts: self.attempts,
            tells_as: from_word(&self.tells_as)?,
            dead: self.state == "dead",
            ended: ended.then(|| self.reason.unwrap_or_default()),
        })
    }
}

/// Keeps a run that is yet to be planned, made at `now`; the same event makes the same run, however often it arrives.
pub(crate) async fn insert(tx: &mut SqliteConnection, run: &Run, now: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO run (id, automation, version, event, state, due, at) VALUES ($1, $2, $3, $4, 'pending', $5, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(run.id.as_str())
    .bind(run.automation.as_str())
    .bind(run.version.as_str())
    .bind(run.event.as_str())
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// A run that must be there.
pub(crate) async fn get<'e>(executor: impl Executor<'e, Database = Sqlite>, id: &RunId) -> Result<Run> {
    Ok(find(executor, id).await?.ok_or(sqlx::Error::RowNotFound)?)
}

/// A run, if there is one.
pub(crate) async fn find<'e>(executor: impl Executor<'e, Database = Sqlite>, id: &RunId) -> Result<Option<Run>> {
    let row: Option<RunRow> = sqlx::query_as(
        "SELECT id, automation, version, event, attempts, state, reason, tells_as FROM run WHERE id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(executor)
    .await?;
    row.map(RunRow::read).transpose()
}

/// What is selected, of runs of which `person` has a part that they may know of, or that are of one of these automations.
fn theirs(select: &'static str, person: &PrincipalId, automations: &BTreeSet<AutomationId>) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(select);
    sql.push(" WHERE (EXISTS (SELECT 1 FROM part WHERE part.run = run.id AND witnessed = 1 AND principal = ");
    sql.push_bind(person.to_string()).push(") OR automation IN (''");
    for automation in automations {
        sql.push(", ").push_bind(automation.to_string());
    }
    sql.push("))");
    sql
}

/// The last of those runs that [`page`] lists, with of which automation each is and what happened: at most `limit`.
pub(crate) async fn happened(
    reader: &SqlitePool,
    person: &PrincipalId,
    automations: &BTreeSet<AutomationId>,
    limit: u32,
) -> Result<Vec<(RunId, AutomationId, Occurrence)>> {
    let select = "SELECT run.id, automation, occurrence FROM run JOIN event ON event.id = run.event";
    let mut sql = theirs(select, person, automations);
    sql.push(" ORDER BY run.at DESC, run.id DESC LIMIT ").push_bind(limit);
    let rows: Vec<(String, String, String)> = sql.build_query_as().fetch_all(reader).await?;
    let read = |(run, of, what): &(String, String, String)| Ok((from_word(run)?, from_word(of)?, from_json(what)?));
    rows.iter().map(read).collect()
}

/// Runs of which `person` has a part that they may know of, or that are of one of these automations, the latest first: at most
/// `limit`, made before the run `after`.
pub(crate) async fn page(
    reader: &SqlitePool,
    person: &PrincipalId,
    automations: &BTreeSet<AutomationId>,
    of: Option<&AutomationId>,
    after: Option<&RunId>,
    limit: u32,
) -> Result<Vec<RunId>> {
    let mut sql = theirs("SELECT run.id FROM run", person, automations);
    if let Some(of) = of {
        sql.push(" AND automation = ").push_bind(of.as_str());
    }
    if let Some(after) = after {
        sql.push(" AND (at, id) < (SELECT at, id FROM run WHERE id = ").push_bind(after.as_str()).push(")");
    }
    sql.push(" ORDER BY at DESC, id DESC LIMIT ").push_bind(limit);
    let ids: Vec<String> = sql.build_query_scalar().fetch_all(reader).await?;
    ids.iter().map(|id| from_word(id)).collect()
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

/// Ends a run before it was planned, `withheld` or `dead`, and audits it.
pub(crate) async fn end(tx: &mut SqliteConnection, id: &RunId, state: &str, reason: &str, at: i64) -> Result<()> {
    let done = sqlx::query("UPDATE run SET state = $2, reason = $3 WHERE id = $1 AND state = 'pending'")
        .bind(id.as_str())
        .bind(state)
        .bind(reason)
        .execute(&mut *tx)
        .await?;
    if done.rows_affected() == 1 { audit::ran::run_ended(tx, id.as_str(), state, at).await } else { Ok(()) }
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

/// Gives everything that was given up another chance, or only what has this id. Whether there was anything.
pub(crate) async fn revive(tx: &mut SqliteConnection, now: i64, only: Option<&str>) -> Result<bool> {
    // The runs that an event made before are not made again.
    let events =
        "UPDATE event SET state = 'pending', reason = NULL WHERE reason IS NOT NULL AND ($1 IS NULL OR id = $1)";
    let mut revived = sqlx::query(events).bind(only).execute(&mut *tx).await?.rows_affected();
    for sql in [
        "UPDATE run SET state = 'pending', attempts = 0, due = $1 WHERE state = 'dead' AND ($2 IS NULL OR id = $2)",
        // A part whose plan is stored goes on where it stopped, unless nobody knows how far that is; its guest is not asked again.
        "UPDATE part SET attempts = 0, due = $1, state = CASE WHEN outcome IS NULL THEN 'pending' ELSE 'staged' END
         WHERE state = 'dead' AND ($2 IS NULL OR id = $2)
         AND NOT EXISTS (SELECT 1 FROM effect WHERE effect.part = part.id AND effect.state = 'unknown')",
        "UPDATE effect SET state = 'staged', reason = NULL WHERE state = 'dead' AND ($2 IS NULL OR part = $2)
         AND part IN (SELECT id FROM part WHERE state = 'staged' AND due <= $1)",
        // What may have been sent is not sent again, by whomever it is asked.
        "UPDATE delivery SET state = 'pending', attempts = 0, due = $1, at = NULL
         WHERE state = 'dead' AND ($2 IS NULL OR id = $2)",
    ] {
        revived += sqlx::query(sql).bind(now).bind(only).execute(&mut *tx).await?.rows_affected();
    }
    Ok(revived > 0)
}

/// The runs that an event caused, in order of their ids.
pub(crate) async fn of_event(reader: &SqlitePool, event: &EventId) -> Result<Vec<RunId>> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM run WHERE event = $1 ORDER BY id")
        .bind(event.as_str())
        .fetch_all(reader)
        .await?;
    ids.iter().map(|id| from_word(id)).collect()
}
