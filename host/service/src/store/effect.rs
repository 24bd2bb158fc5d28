//! Effects that were staged, and what became of each.

use std::collections::BTreeMap;

use mandate_model::{Effect, Message};
use serde::{Deserialize, Serialize};
use sqlx::{SqliteConnection, SqlitePool};

use super::{audit, from_json, from_word, json, part::Part, turn::held, word};
use crate::error::Result;

/// Where an effect stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectState {
    /// Yet to be carried out.
    Staged,
    /// An operation that is being carried out, or was when the answer was lost.
    Sending,
    /// Carried out.
    Applied,
    /// Not carried out, for the reason given; of a message, perhaps it alone.
    Withheld,
    /// An operation that may or may not have been carried out. It is not asked for again until the operator settles it.
    Unknown,
    /// Tried too often.
    Dead,
}

impl EffectState {
    /// Whether something is yet to be done about it.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Staged | Self::Sending)
    }
}

/// An effect, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StagedEffect {
    /// From 0, within the part.
    pub sequence: u32,
    /// What was asked for.
    pub effect: Effect,
    /// Where it stands.
    pub state: EffectState,
    /// The id of the row that it made or changed.
    pub row_id: Option<String>,
    /// Why it was not carried out.
    pub reason: Option<String>,
    /// When it was carried out: microseconds since 1970-01-01T00:00:00Z; `None`: it was not, or the audit of it was purged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct EffectRow {
    sequence: u32,
    body: String,
    state: String,
    row_id: Option<String>,
    reason: Option<String>,
    at: Option<i64>,
}

/// Keeps the plan of an act part, in order.
pub(crate) async fn insert(tx: &mut SqliteConnection, part: &str, effects: &[Effect]) -> Result<()> {
    for (sequence, effect) in (0_u32..).zip(effects) {
        sqlx::query("INSERT INTO effect (part, sequence, body, state) VALUES ($1, $2, $3, 'staged')")
            .bind(part)
            .bind(sequence)
            .bind(json(effect)?)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Whether an effect is yet to be carried out, as the transaction sees it.
pub(crate) async fn is_staged(tx: &mut SqliteConnection, part: &str, sequence: u32) -> Result<bool> {
    let staged: i64 =
        sqlx::query_scalar("SELECT count(*) FROM effect WHERE part = $1 AND sequence = $2 AND state = 'staged'")
            .bind(part)
            .bind(sequence)
            .fetch_one(tx)
            .await?;
    Ok(staged == 1)
}

/// The effects of a part, in order.
pub(crate) async fn of(reader: &SqlitePool, part: &str) -> Result<Vec<StagedEffect>> {
    let rows: Vec<EffectRow> = sqlx::query_as(
        "SELECT sequence, body, state, row_id, reason, (SELECT max(audit.at) FROM audit WHERE audit.part = effect.part
             AND audit.sequence = effect.sequence AND audit.what = 'effect') AS at
         FROM effect WHERE part = $1 ORDER BY sequence",
    )
    .bind(part)
    .fetch_all(reader)
    .await?;
    let read = |row: EffectRow| {
        Ok(StagedEffect {
            sequence: row.sequence,
            effect: from_json(&row.body)?,
            state: from_word(&row.state)?,
            row_id: row.row_id,
            reason: row.reason,
            at: row.at,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The real ids of the rows that earlier effects of the same plan created.
pub(crate) fn real_ids(effects: &[StagedEffect]) -> BTreeMap<String, String> {
    let real = |effect: &StagedEffect| match (&effect.effect, &effect.row_id) {
        (Effect::Create { placeholder, .. }, Some(id)) => Some((placeholder.clone(), id.clone())),
        _ => None,
    };
    effects.iter().filter_map(real).collect()
}

/// Notes that an effect was carried out, and audits it; the next one has all its attempts before it.
pub(crate) async fn applied(
    tx: &mut SqliteConnection,
    part: &Part,
    sequence: u32,
    row_id: Option<&str>,
    at: i64,
) -> Result<()> {
    let done = sqlx::query("UPDATE part SET attempts = 0 WHERE id = $1 AND fence = $2 AND state = 'staged'")
        .bind(&part.id)
        .bind(part.fence)
        .execute(&mut *tx)
        .await?;
    held(done.rows_affected())?;
    done_with(tx, &part.id, sequence, row_id, at).await
}

async fn done_with(tx: &mut SqliteConnection, part: &str, sequence: u32, row_id: Option<&str>, at: i64) -> Result<()> {
    sqlx::query("UPDATE effect SET state = 'applied', row_id = $3, reason = NULL WHERE part = $1 AND sequence = $2")
        .bind(part)
        .bind(sequence)
        .bind(row_id)
        .execute(&mut *tx)
        .await?;
    audit::ran::effect_applied(tx, part, sequence, at).await
}

/// Notes that an effect is not carried out, and why; those after it may be.
pub(crate) async fn withheld(tx: &mut SqliteConnection, part: &str, sequence: u32, reason: &str) -> Result<()> {
    sqlx::query("UPDATE effect SET state = 'withheld', reason = $3 WHERE part = $1 AND sequence = $2")
        .bind(part)
        .bind(sequence)
        .bind(reason)
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE part SET attempts = 0 WHERE id = $1").bind(part).execute(tx).await?;
    Ok(())
}

/// Takes what a message said out of the effect that told it; whom it told stays.
pub(crate) async fn forget_said(tx: &mut SqliteConnection, part: &str, sequence: u32) -> Result<()> {
    let body: String = sqlx::query_scalar("SELECT body FROM effect WHERE part = $1 AND sequence = $2")
        .bind(part)
        .bind(sequence)
        .fetch_one(&mut *tx)
        .await?;
    if let Effect::Tell { recipient, finding, .. } = from_json(&body)? {
        let message = Message { title: "forgotten".to_owned(), body: String::new(), attachments: vec![] };
        sqlx::query("UPDATE effect SET body = $3 WHERE part = $1 AND sequence = $2")
            .bind(part)
            .bind(sequence)
            .bind(json(&Effect::Tell { recipient, finding, message })?)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Notes whether an operation is being tried.
pub(crate) async fn tried(tx: &mut SqliteConnection, part: &str, sequence: u32, state: EffectState) -> Result<()> {
    sqlx::query("UPDATE effect SET state = $3 WHERE part = $1 AND sequence = $2")
        .bind(part)
        .bind(sequence)
        .bind(word(&state)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// What the operator found out of an operation that may or may not have been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It was carried out.
    Applied,
    /// It was not: it is carried out now.
    Retry,
}

/// Settles such an effect, by its key; what was given up with it is carried out after it. `false`: there is none.
pub(crate) async fn settle(tx: &mut SqliteConnection, key: &str, settlement: Settlement, now: i64) -> Result<bool> {
    let found: Option<(String, u32)> = sqlx::query_as(
        "SELECT effect.part, effect.sequence FROM effect JOIN part ON part.id = effect.part
         WHERE effect.state = 'unknown' AND part.run || '/' || part.id || '/' || effect.sequence = $1",
    )
    .bind(key)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((part, sequence)) = found else { return Ok(false) };
    match settlement {
        Settlement::Applied => done_with(&mut *tx, &part, sequence, None, now).await?,
        Settlement::Retry => tried(&mut *tx, &part, sequence, EffectState::Staged).await?,
    }
    // Effects are carried out in order: nothing that stands after it was given up for another reason.
    sqlx::query(
        "UPDATE effect SET reason = NULL, state = CASE WHEN sequence = $2 THEN state ELSE 'staged' END
         WHERE part = $1 AND (sequence = $2 OR sequence > $2 AND state IN ('withheld', 'dead'))",
    )
    .bind(&part)
    .bind(sequence)
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE part SET state = 'staged', attempts = 0, due = $2, reason = NULL WHERE id = $1")
        .bind(&part)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(true)
}

/// Gives up what is still staged of a part; of what was being tried, nobody knows whether it was done.
pub(crate) async fn give_up(tx: &mut SqliteConnection, part: &str, state: EffectState, reason: &str) -> Result<()> {
    sqlx::query(
        "UPDATE effect SET state = CASE state WHEN 'sending' THEN 'unknown' ELSE $2 END, reason = $3
         WHERE part = $1 AND state IN ('staged', 'sending')",
    )
    .bind(part)
    .bind(word(&state)?)
    .bind(reason)
    .execute(tx)
    .await?;
    Ok(())
}
