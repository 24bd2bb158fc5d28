//! The beginning of the audit: its first entry, and what was in a store that is older than the audit.

use sqlx::SqliteConnection;

use super::{append, entry::Audited, ran};
use crate::{
    error::Result,
    store::{from_json, from_word},
};

/// Begins the audit, once in the life of a store.
pub(crate) async fn begin(tx: &mut SqliteConnection, now: i64) -> Result<()> {
    let due = sqlx::query("DELETE FROM audit_due").execute(&mut *tx).await?;
    if due.rows_affected() == 0 {
        return Ok(());
    }
    append(tx, &Audited::Begun, now).await?;
    happenings(tx).await?;
    sites(tx).await?;
    parts(tx, now).await?;
    effects(tx, now).await
}

async fn happenings(tx: &mut SqliteConnection) -> Result<()> {
    let rows: Vec<(i64, String, Option<String>, String, i64)> =
        sqlx::query_as("SELECT number, automation, actor, body, at FROM happening ORDER BY number")
            .fetch_all(&mut *tx)
            .await?;
    for (number, automation, actor, body, at) in rows {
        let actor = actor.as_deref().map(from_word).transpose()?;
        let (automation, happening) = (from_word(&automation)?, from_json(&body)?);
        append(tx, &Audited::Automation { number, automation, actor, happening }, at).await?;
    }
    Ok(())
}

async fn sites(tx: &mut SqliteConnection) -> Result<()> {
    let rows: Vec<(i64, String, Option<String>, String, i64)> =
        sqlx::query_as("SELECT number, site, actor, choices, at FROM site_history ORDER BY number")
            .fetch_all(&mut *tx)
            .await?;
    for (number, site, actor, choices, at) in rows {
        let actor = actor.as_deref().map(from_word).transpose()?;
        append(tx, &Audited::Site { number, site: from_word(&site)?, actor, choices: from_json(&choices)? }, at)
            .await?;
    }
    Ok(())
}

async fn parts(tx: &mut SqliteConnection, now: i64) -> Result<()> {
    let ended: Vec<String> = sqlx::query_scalar("SELECT id FROM run WHERE state IN ('withheld', 'dead') ORDER BY id")
        .fetch_all(&mut *tx)
        .await?;
    for id in ended {
        let state: String =
            sqlx::query_scalar("SELECT state FROM run WHERE id = $1").bind(&id).fetch_one(&mut *tx).await?;
        ran::run_ended(tx, &id, &state, now).await?;
    }
    let parts: Vec<String> = sqlx::query_scalar("SELECT id FROM part ORDER BY id").fetch_all(&mut *tx).await?;
    for id in parts {
        ran::part_ended(tx, &id, now).await?;
    }
    Ok(())
}

async fn effects(tx: &mut SqliteConnection, now: i64) -> Result<()> {
    let applied: Vec<(String, u32)> =
        sqlx::query_as("SELECT part, sequence FROM effect WHERE state = 'applied' ORDER BY part, sequence")
            .fetch_all(&mut *tx)
            .await?;
    for (part, sequence) in applied {
        ran::effect_applied(tx, &part, sequence, now).await?;
    }
    Ok(())
}
