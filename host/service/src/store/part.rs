//! Parts: what one person has in a run, with their journal. Whoever holds a part settles it, under the fence that it was begun with.

use mandate_model::{Cause, Entry, Finding, Outcome, PluginDigest, PrincipalId, RunId, SiteId};
use mandate_runtime::part::{Record, Usage};
use serde::{Deserialize, Serialize};
use sqlx::{SqliteConnection, SqlitePool};

use super::{
    audit,
    effect::{self, EffectState},
    from_json, from_word, inbox, json,
    run::Run,
    turn::held,
    word,
};
use crate::error::Result;

/// Which part of a run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// As whom the automation runs.
    Act,
    /// As a recipient.
    Notify,
}

impl PartKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Notify => "notify",
        }
    }
}

/// Where a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartState {
    /// Yet to be evaluated, for the first time or again.
    Pending,
    /// Being evaluated.
    Running,
    /// Evaluated; its effects are yet to be carried out, or its messages to be delivered.
    Staged,
    /// Finished.
    Done,
    /// Its guest failed; what succeeded before was carried out or delivered. Or its principal lacks a declared power, where the
    /// site says that this fails the run alone.
    Failed,
    /// What was staged, or the rest of it, was not carried out or delivered; the reason says why.
    Withheld,
    /// Tried too often; it can be tried again by hand.
    Dead,
}

/// A part, as the runner needs it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) run: RunId,
    pub(crate) kind: PartKind,
    pub(crate) principal: PrincipalId,
    pub(crate) state: PartState,
    /// How often its evaluation began, or since then, how often the present effect or the delivery was put off.
    pub(crate) attempts: u32,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) site: String,
    pub(crate) plugin: PluginDigest,
    /// The number under which it was last begun: what comes of it is kept under no other.
    pub(crate) fence: i64,
}

impl Part {
    /// What it is held by.
    pub(crate) fn held(&self) -> (&str, i64) {
        (&self.id, self.fence)
    }
}

impl Part {
    /// The idempotency key of its effect: who may be asked to carry it out knows it by that.
    pub(crate) fn key(&self, sequence: u32) -> String {
        format!("{}/{}/{sequence}", self.run, self.id)
    }
}

#[derive(sqlx::FromRow)]
struct PartRow {
    id: String,
    run: String,
    kind: String,
    principal: String,
    state: String,
    attempts: u32,
    outcome: Option<String>,
    site: String,
    plugin: String,
    fence: i64,
}

impl PartRow {
    fn read(self) -> Result<Part> {
        Ok(Part {
            run: from_word(&self.run)?,
            kind: from_word(&self.kind)?,
            principal: from_word(&self.principal)?,
            state: from_word(&self.state)?,
            attempts: self.attempts,
            outcome: self.outcome.as_deref().map(from_json).transpose()?,
            id: self.id,
            site: self.site,
            plugin: from_word(&self.plugin)?,
            fence: self.fence,
        })
    }
}

/// What a part of a run begins with.
pub(crate) struct New<'a> {
    pub(crate) id: &'a str,
    pub(crate) run: &'a Run,
    pub(crate) kind: PartKind,
    pub(crate) principal: &'a PrincipalId,
    pub(crate) site: &'a SiteId,
    pub(crate) plugin: &'a PluginDigest,
    pub(crate) due: i64,
}

/// Keeps a part that is yet to be evaluated.
pub(crate) async fn insert(tx: &mut SqliteConnection, new: &New<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO part (id, run, kind, principal, state, due, automation, site, plugin, event, accepted)
         SELECT $1, $2, $3, $4, 'pending', $5, $6, $7, $8, id, at FROM event WHERE id = $9 ON CONFLICT DO NOTHING",
    )
    .bind(new.id)
    .bind(new.run.id.as_str())
    .bind(new.kind.as_str())
    .bind(new.principal.to_string())
    .bind(new.due)
    .bind(new.run.automation.as_str())
    .bind(new.site.as_str())
    .bind(new.plugin.as_str())
    .bind(new.run.event.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

/// A part; `None` once it was erased.
pub(crate) async fn get(reader: &SqlitePool, id: &str) -> Result<Option<Part>> {
    let row: Option<PartRow> = sqlx::query_as(
        "SELECT id, run, kind, principal, state, attempts, outcome, site, plugin, fence FROM part WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(reader)
    .await?;
    row.map(PartRow::read).transpose()
}

/// Puts a part off: evaluated again, or carried out from where it stopped.
pub(crate) async fn later(tx: &mut SqliteConnection, part: &Part, due: i64, reason: &str) -> Result<()> {
    let done = sqlx::query(
        "UPDATE part SET due = $3, reason = $4, attempts = attempts + CASE state WHEN 'staged' THEN 1 ELSE 0 END,
         state = CASE state WHEN 'running' THEN 'pending' ELSE state END, lease = NULL, alone = 0
         WHERE id = $1 AND fence = $2 AND state IN ('running', 'staged')",
    )
    .bind(&part.id)
    .bind(part.fence)
    .bind(due)
    .bind(reason)
    .execute(tx)
    .await?;
    held(done.rows_affected())
}

/// Notes that its guest came back: it is not what brings the host down.
pub(crate) async fn came_back(tx: &mut SqliteConnection, part: &Part) -> Result<()> {
    let done = sqlx::query("UPDATE part SET suspect = NULL, alone = 0 WHERE id = $1 AND fence = $2")
        .bind(&part.id)
        .bind(part.fence)
        .execute(tx)
        .await?;
    held(done.rows_affected())
}

/// Settles a part that is held under `fence`, and audits it.
pub(crate) async fn end(
    tx: &mut SqliteConnection,
    (id, fence): (&str, i64),
    state: PartState,
    reason: Option<&str>,
    at: i64,
) -> Result<()> {
    let done = sqlx::query(
        "UPDATE part SET state = $3, reason = $4, lease = NULL, alone = 0
         WHERE id = $1 AND fence = $2 AND state IN ('running', 'staged')",
    )
    .bind(id)
    .bind(fence)
    .bind(word(&state)?)
    .bind(reason)
    .execute(&mut *tx)
    .await?;
    held(done.rows_affected())?;
    audit::ran::part_ended(tx, id, at).await
}

/// Makes a part that is held under `fence` a dead letter, with what is still staged of it.
pub(crate) async fn give_up(tx: &mut SqliteConnection, held: (&str, i64), reason: &str, at: i64) -> Result<()> {
    effect::give_up(tx, held.0, EffectState::Dead, reason).await?;
    end(tx, held, PartState::Dead, Some(reason), at).await
}

/// Settles a part; what is still staged of it is withheld.
pub(crate) async fn settle(
    tx: &mut SqliteConnection,
    held: (&str, i64),
    state: PartState,
    reason: Option<&str>,
    at: i64,
) -> Result<()> {
    if let Some(reason) = reason {
        effect::give_up(tx, held.0, EffectState::Withheld, reason).await?;
    }
    inbox::discard(tx, held.0).await?;
    end(tx, held, state, reason, at).await
}

/// Whether a part is stored.
pub(crate) async fn is_there(tx: &mut SqliteConnection, id: &str) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM part WHERE id = $1").bind(id).fetch_optional(tx).await?;
    Ok(found.is_some())
}

/// [`remove`], of a part that is held: for who may not know of the event, there was none (FND-13).
pub(crate) async fn erase(tx: &mut SqliteConnection, part: &Part) -> Result<()> {
    came_back(tx, part).await?;
    remove(tx, &part.id).await.map(drop)
}

/// Removes a part and all that hangs on it. How many entries of the audit told of it.
pub(crate) async fn remove(tx: &mut SqliteConnection, id: &str) -> Result<u64> {
    let audited = audit::forget_part(tx, id).await?;
    sqlx::query("DELETE FROM part WHERE id = $1").bind(id).execute(tx).await?;
    Ok(audited)
}

/// Notes that the platform said that its person may know of the event.
pub(crate) async fn witnessed(tx: &mut SqliteConnection, part: &Part) -> Result<()> {
    let done = sqlx::query("UPDATE part SET witnessed = 1 WHERE id = $1 AND fence = $2 AND state = 'running'")
        .bind(&part.id)
        .bind(part.fence)
        .execute(tx)
        .await?;
    held(done.rows_affected())
}

/// What an evaluation left behind.
pub(crate) struct Evaluated<'a> {
    pub(crate) outcome: &'a Outcome,
    pub(crate) findings: &'a [(Finding, Outcome)],
    pub(crate) record: &'a Record,
    /// Whether something is yet to be carried out or delivered.
    pub(crate) staged: bool,
}

/// Keeps what an evaluation left behind, and audits it if that ended the part. What is staged is still held: its worker goes on with
/// it.
pub(crate) async fn evaluated(
    tx: &mut SqliteConnection,
    part: &Part,
    evaluated: &Evaluated<'_>,
    at: i64,
) -> Result<()> {
    let state = if evaluated.staged { PartState::Staged } else { settled(evaluated.outcome) };
    let done = sqlx::query(
        "UPDATE part SET state = $3, outcome = $4, findings = $5, usage = $6, attempts = 0, reason = $7,
         suspect = NULL, alone = 0, lease = CASE $3 WHEN 'staged' THEN lease END
         WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(&part.id)
    .bind(part.fence)
    .bind(word(&state)?)
    .bind(json(evaluated.outcome)?)
    .bind(json(&evaluated.findings)?)
    .bind(json(&evaluated.record.usage)?)
    .bind(withdrawn(evaluated.outcome))
    .execute(&mut *tx)
    .await?;
    held(done.rows_affected())?;
    write_down(tx, &part.id, &evaluated.record.journal).await?;
    audit::ran::part_ended(tx, &part.id, at).await
}

/// Keeps what was asked and told at the last attempt, in the place of what was at the one before. Also of an attempt that is made
/// again: its reason, and that it is made again, are shown by what was read until then.
pub(crate) async fn write_down(tx: &mut SqliteConnection, id: &str, journal: &[Entry]) -> Result<()> {
    sqlx::query("DELETE FROM journal WHERE part = $1").bind(id).execute(&mut *tx).await?;
    for entry in journal {
        sqlx::query("INSERT INTO journal (part, sequence, entry) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(entry.sequence)
            .bind(json(entry)?)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Where a part ends whose guest ended like this.
pub(crate) fn settled(outcome: &Outcome) -> PartState {
    match outcome {
        Outcome::Done => PartState::Done,
        outcome if withdrawn(outcome).is_some() => PartState::Withheld,
        _ => PartState::Failed,
    }
}

/// Why a part was ended while it ran, if it was the automation that stopped.
fn withdrawn(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Failed { cause: Cause::Withdrawn, detail } => Some(detail),
        _ => None,
    }
}

/// The journal of a part, in order.
pub(crate) async fn journal(reader: &SqlitePool, id: &str) -> Result<Vec<Entry>> {
    let entries: Vec<String> = sqlx::query_scalar("SELECT entry FROM journal WHERE part = $1 ORDER BY sequence")
        .bind(id)
        .fetch_all(reader)
        .await?;
    entries.iter().map(|entry| from_json(entry)).collect()
}

/// A part, as its person may see it.
#[derive(sqlx::FromRow)]
pub(crate) struct Seen {
    pub(crate) id: String,
    run: String,
    kind: String,
    principal: String,
    state: String,
    outcome: Option<String>,
    findings: Option<String>,
    usage: Option<String>,
    pub(crate) reason: Option<String>,
}

impl Seen {
    pub(crate) fn run(&self) -> Result<RunId> {
        from_word(&self.run)
    }

    pub(crate) fn kind(&self) -> Result<PartKind> {
        from_word(&self.kind)
    }

    pub(crate) fn principal(&self) -> Result<PrincipalId> {
        from_word(&self.principal)
    }

    pub(crate) fn state(&self) -> Result<PartState> {
        from_word(&self.state)
    }

    pub(crate) fn outcome(&self) -> Result<Option<Outcome>> {
        self.outcome.as_deref().map(from_json).transpose()
    }

    pub(crate) fn findings(&self) -> Result<Vec<(Finding, Outcome)>> {
        self.findings.as_deref().map_or_else(|| Ok(vec![]), from_json)
    }

    pub(crate) fn usage(&self) -> Result<Usage> {
        self.usage.as_deref().map_or_else(|| Ok(Usage::default()), from_json)
    }
}

/// The parts that are `viewer`'s own and that they may know of: of one run, or of every run.
pub(crate) async fn seen(reader: &SqlitePool, viewer: &PrincipalId, run: Option<&RunId>) -> Result<Vec<Seen>> {
    Ok(sqlx::query_as(
        "SELECT id, run, kind, principal, state, outcome, findings, usage, reason FROM part
         WHERE principal = $1 AND witnessed = 1 AND ($2 IS NULL OR run = $2) ORDER BY run, kind",
    )
    .bind(viewer.to_string())
    .bind(run.map(RunId::as_str))
    .fetch_all(reader)
    .await?)
}

/// The parts of one kind that whoever they are may know of, in order of their persons.
pub(crate) async fn of_kind(reader: &SqlitePool, run: &RunId, kind: PartKind) -> Result<Vec<Seen>> {
    Ok(sqlx::query_as(
        "SELECT id, run, kind, principal, state, outcome, findings, usage, reason FROM part
         WHERE run = $1 AND kind = $2 AND witnessed = 1 ORDER BY principal",
    )
    .bind(run.as_str())
    .bind(kind.as_str())
    .fetch_all(reader)
    .await?)
}

/// [`of_kind`], without those of `viewer`.
pub(crate) async fn others(
    reader: &SqlitePool,
    viewer: &PrincipalId,
    run: &RunId,
    kind: PartKind,
) -> Result<Vec<Seen>> {
    let mut parts = of_kind(reader, run, kind).await?;
    let viewer = viewer.to_string();
    parts.retain(|part| part.principal != viewer);
    Ok(parts)
}

/// Who has a part of the run that they may know of, in order of their ids.
pub(crate) async fn people(reader: &SqlitePool, run: &RunId) -> Result<Vec<PrincipalId>> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT principal FROM part WHERE run = $1 AND witnessed = 1 ORDER BY principal")
            .bind(run.as_str())
            .fetch_all(reader)
            .await?;
    ids.iter().map(|id| from_word(id)).collect()
}
