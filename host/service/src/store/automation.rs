//! Automations, their versions, their consents, and what they listen to.

use mandate_governance::{Happening, Life, Refused, Version};
use mandate_model::{AutomationId, Change, PrincipalId, SiteId, Trigger, VersionId};
use sqlx::{Executor, Row, Sqlite, SqliteConnection, SqlitePool};

use super::{
    audit::{self, entry::Audited},
    damaged::{Sifted, sift},
    from_json, json, word,
};
use crate::error::{Result, ServiceError};

#[derive(sqlx::FromRow)]
pub(super) struct AutomationRow {
    body: String,
    consent: Option<String>,
}

impl AutomationRow {
    pub(super) fn read(&self) -> Result<Life> {
        let consent = self.consent.as_deref().map(from_json).transpose()?;
        Ok(Life { automation: from_json(&self.body)?, consent })
    }
}

/// An automation as it is now.
pub(crate) async fn life<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    id: &AutomationId,
) -> Result<Option<Life>> {
    let row: Option<AutomationRow> = sqlx::query_as("SELECT body, consent FROM automation WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(executor)
        .await?;
    row.map(|row| row.read()).transpose()
}

/// Every automation, in order of their ids: those that can be read, and those that cannot.
pub(crate) async fn sifted(reader: &SqlitePool) -> Result<Sifted<Life>> {
    let rows = sqlx::query("SELECT id, body, consent FROM automation ORDER BY id").fetch_all(reader).await?;
    sift(&rows, |row: AutomationRow| row.read())
}

/// Every automation that can be read, in order of their ids.
pub(crate) async fn all(reader: &SqlitePool) -> Result<Vec<Life>> {
    Ok(sifted(reader).await?.whole)
}

/// Some of the automations that are on.
pub(crate) struct On {
    /// Those that can be read, in order of their ids.
    pub(crate) whole: Vec<Life>,
    /// After which one to go on; `None`: these are the last.
    pub(crate) next: Option<String>,
}

/// The first automations after `after` that are on, `limit` at most.
pub(crate) async fn on(reader: &SqlitePool, after: Option<&String>, limit: u32) -> Result<On> {
    let rows = sqlx::query(
        "SELECT id, body, consent FROM automation WHERE state = 'on' AND ($1 IS NULL OR id > $1) ORDER BY id LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(reader)
    .await?;
    let last = rows.last().filter(|_| rows.len() == limit as usize);
    let next = last.map(|row| row.try_get("id")).transpose()?;
    Ok(On { whole: sift(&rows, |row: AutomationRow| row.read())?.whole, next })
}

/// Keeps an automation as it is now, and what happened to it.
pub(crate) async fn keep(
    tx: &mut SqliteConnection,
    life: &Life,
    actor: Option<&PrincipalId>,
    happened: &[Happening],
    at: i64,
) -> Result<()> {
    let id = &life.automation.id;
    sqlx::query(
        "INSERT INTO automation (id, body, consent) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body, consent = excluded.consent",
    )
    .bind(id.as_str())
    .bind(json(&life.automation)?)
    .bind(life.consent.as_ref().map(json).transpose()?)
    .execute(&mut *tx)
    .await?;
    for happening in happened {
        record(tx, id, actor, happening, at).await?;
    }
    Ok(())
}

/// The version that the principal whom the automation runs as let act for them last, whether or not they still do.
pub(crate) async fn last_consented(tx: &mut SqliteConnection, life: &Life) -> Result<Option<Version>> {
    let bodies: Vec<String> =
        sqlx::query_scalar("SELECT body FROM happening WHERE automation = $1 ORDER BY number DESC")
            .bind(life.automation.id.as_str())
            .fetch_all(&mut *tx)
            .await?;
    for body in bodies {
        if let Happening::Consented { principal, version: consented, .. } = from_json(&body)?
            && life.automation.runs_as(&principal)
        {
            return version(tx, &consented).await.map(Some);
        }
    }
    Ok(None)
}

/// Keeps that something happened, and audits it.
pub(crate) async fn record(
    tx: &mut SqliteConnection,
    id: &AutomationId,
    actor: Option<&PrincipalId>,
    happening: &Happening,
    at: i64,
) -> Result<()> {
    let number = sqlx::query_scalar(
        "INSERT INTO happening (automation, actor, body, at) VALUES ($1, $2, $3, $4) RETURNING number",
    )
    .bind(id.as_str())
    .bind(actor.map(ToString::to_string))
    .bind(json(happening)?)
    .bind(at)
    .fetch_one(&mut *tx)
    .await?;
    let (automation, actor, happening) = (id.clone(), actor.cloned(), happening.clone());
    audit::append(tx, &Audited::Automation { number, automation, actor, happening }, at).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct HappeningRow {
    actor: Option<String>,
    body: String,
    at: i64,
}

/// What happened to an automation, in order, with who asked for it.
pub(crate) async fn happenings(
    reader: &SqlitePool,
    id: &AutomationId,
) -> Result<Vec<(i64, Option<PrincipalId>, Happening)>> {
    let rows: Vec<HappeningRow> =
        sqlx::query_as("SELECT actor, body, at FROM happening WHERE automation = $1 ORDER BY number")
            .bind(id.as_str())
            .fetch_all(reader)
            .await?;
    let read = |row: HappeningRow| {
        let actor = row.actor.as_deref().map(super::from_word).transpose()?;
        Ok((row.at, actor, from_json(&row.body)?))
    };
    rows.into_iter().map(read).collect()
}

/// Who had an automation run by hand at this time.
pub(crate) async fn ran_by(reader: &SqlitePool, id: &AutomationId, at: i64) -> Result<Option<PrincipalId>> {
    let rows: Vec<HappeningRow> =
        sqlx::query_as("SELECT actor, body, at FROM happening WHERE automation = $1 AND at = $2 ORDER BY number")
            .bind(id.as_str())
            .bind(at)
            .fetch_all(reader)
            .await?;
    for row in rows {
        if from_json::<Happening>(&row.body)? == Happening::RanNow {
            return row.actor.as_deref().map(super::from_word).transpose();
        }
    }
    Ok(None)
}

/// Keeps a version; versions never change, so the same one is kept once.
pub(crate) async fn insert_version(tx: &mut SqliteConnection, version: &Version, at: i64) -> Result<VersionId> {
    let id = version.id();
    sqlx::query("INSERT INTO version (id, body, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(id.as_str())
        .bind(json(version)?)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(id)
}

/// A version, refused if what is stored no longer has the digest that was consented to (R1).
pub(crate) async fn version<'e>(executor: impl Executor<'e, Database = Sqlite>, id: &VersionId) -> Result<Version> {
    let body: String =
        sqlx::query_scalar("SELECT body FROM version WHERE id = $1").bind(id.as_str()).fetch_one(executor).await?;
    let version: Version = from_json(&body)?;
    if version.id() == *id {
        Ok(version)
    } else {
        Err(ServiceError::Damaged(format!("version `{id}` is not what was published")))
    }
}

/// Makes the automation listen to this trigger and nothing else.
pub(crate) async fn listen(
    tx: &mut SqliteConnection,
    site: &SiteId,
    id: &AutomationId,
    trigger: Option<&Trigger>,
) -> Result<()> {
    sqlx::query("DELETE FROM listen WHERE automation = $1").bind(id.as_str()).execute(&mut *tx).await?;
    let (subject, changes) = match trigger {
        Some(Trigger::Row { dataset, change, .. }) => (dataset, change.as_slice()),
        Some(Trigger::Event { event_type, .. }) => (event_type, [Change::Other].as_slice()),
        // When a schedule is due is kept with the automation's life.
        Some(Trigger::Schedule { .. }) | None => return Ok(()),
    };
    for change in changes {
        sqlx::query(
            "INSERT INTO listen (site, subject, change, automation) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(site.as_str())
        .bind(subject)
        .bind(word(change)?)
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// An automation that must be there.
pub(crate) async fn known<'e>(executor: impl Executor<'e, Database = Sqlite>, id: &AutomationId) -> Result<Life> {
    life(executor, id).await?.ok_or(ServiceError::Refused(Refused::Unknown))
}
