//! What is audited of what ran: asked of the store in the transaction that ends it.

use mandate_model::{Effect, Occurrence, PrincipalId};
use sqlx::SqliteConnection;

use super::{
    append,
    entry::{Audited, Of, Started},
};
use crate::{
    error::Result,
    store::{
        event, from_json, from_word,
        part::{PartKind, PartState},
        run,
    },
};

/// A run ended before anybody had a part in it.
pub(crate) async fn run_ended(tx: &mut SqliteConnection, id: &str, outcome: &str, at: i64) -> Result<()> {
    let of = of(tx, id).await?;
    append(tx, &Audited::Run { of, outcome: outcome.to_owned() }, at).await?;
    Ok(())
}

/// A part ended, if it has: one whose person was never told that they may know of the event is nobody's business, except an act part.
pub(crate) async fn part_ended(tx: &mut SqliteConnection, id: &str, at: i64) -> Result<()> {
    let Some(part) = Ended::of(tx, id).await? else { return Ok(()) };
    let of = of(tx, &part.run).await?;
    let (kind, principal, outcome) = part.read()?;
    append(tx, &Audited::Part { of, part: id.to_owned(), kind, principal, outcome }, at).await?;
    Ok(())
}

/// An effect was carried out.
pub(crate) async fn effect_applied(tx: &mut SqliteConnection, part: &str, sequence: u32, at: i64) -> Result<()> {
    let (run, principal, row): (String, String, Option<String>) = sqlx::query_as(
        "SELECT part.run, part.principal, effect.row_id FROM effect JOIN part ON part.id = effect.part
         WHERE effect.part = $1 AND effect.sequence = $2",
    )
    .bind(part)
    .bind(sequence)
    .fetch_one(&mut *tx)
    .await?;
    let audited = Audited::Effect {
        of: of(tx, &run).await?,
        part: part.to_owned(),
        sequence,
        principal: from_word(&principal)?,
        deed: deed(tx, part, sequence).await?,
        row,
    };
    append(tx, &audited, at).await?;
    Ok(())
}

async fn deed(tx: &mut SqliteConnection, part: &str, sequence: u32) -> Result<Option<super::entry::Deed>> {
    let body: String = sqlx::query_scalar("SELECT body FROM effect WHERE part = $1 AND sequence = $2")
        .bind(part)
        .bind(sequence)
        .fetch_one(tx)
        .await?;
    Ok(from_json::<Effect>(&body).ok().map(Into::into))
}

/// A part that has ended.
#[derive(sqlx::FromRow)]
struct Ended {
    run: String,
    kind: String,
    principal: String,
    state: String,
}

impl Ended {
    async fn of(tx: &mut SqliteConnection, id: &str) -> Result<Option<Self>> {
        Ok(sqlx::query_as(
            "SELECT run, kind, principal, state FROM part
             WHERE id = $1 AND state IN ('done', 'failed', 'withheld', 'dead') AND (kind = 'act' OR witnessed = 1)",
        )
        .bind(id)
        .fetch_optional(tx)
        .await?)
    }

    fn read(&self) -> Result<(PartKind, PrincipalId, PartState)> {
        Ok((from_word(&self.kind)?, from_word(&self.principal)?, from_word(&self.state)?))
    }
}

async fn of(tx: &mut SqliteConnection, id: &str) -> Result<Of> {
    let run = run::get(&mut *tx, &from_word(id)?).await?;
    let started = match event::occurrence(&mut *tx, &run.event).await {
        Ok(Occurrence { source, change, subject, .. }) => Some(Started { source, change, subject }),
        // What cannot be read ends its own parts; that they ended is audited all the same.
        Err(error) if error.is_broken() => None,
        Err(error) => return Err(error),
    };
    Ok(Of { run: run.id, automation: run.automation, version: run.version, event: run.event, started })
}
