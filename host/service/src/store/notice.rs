//! What people are told of automations.

use mandate_model::PrincipalId;
use sqlx::{SqliteConnection, SqlitePool};

use super::{from_json, json};
use crate::{error::Result, governing::Told};

/// Keeps a notice for a person; its number.
pub(crate) async fn insert(tx: &mut SqliteConnection, person: &PrincipalId, told: &Told, at: i64) -> Result<i64> {
    let sql = "INSERT INTO notice (person, automation, body, at) VALUES ($1, $2, $3, $4) RETURNING number";
    Ok(sqlx::query_scalar(sql)
        .bind(person.to_string())
        .bind(told.automation.as_str())
        .bind(json(told)?)
        .bind(at)
        .fetch_one(tx)
        .await?)
}

/// Whether it is what the person was told of its automation last.
pub(crate) async fn is_last(tx: &mut SqliteConnection, person: &PrincipalId, told: &Told) -> Result<bool> {
    let last: Option<String> = sqlx::query_scalar(
        "SELECT body FROM notice WHERE person = $1 AND automation = $2 ORDER BY number DESC LIMIT 1",
    )
    .bind(person.to_string())
    .bind(told.automation.as_str())
    .fetch_optional(&mut *tx)
    .await?;
    let last: Option<Told> = last.as_deref().map(from_json).transpose()?;
    Ok(last.as_ref() == Some(told))
}

/// A person's notices, in order: when, and what.
pub(crate) async fn of(reader: &SqlitePool, person: &PrincipalId) -> Result<Vec<(i64, Told)>> {
    let rows: Vec<(i64, String)> = sqlx::query_as("SELECT at, body FROM notice WHERE person = $1 ORDER BY number")
        .bind(person.to_string())
        .fetch_all(reader)
        .await?;
    rows.into_iter().map(|(at, body)| Ok((at, from_json(&body)?))).collect()
}
