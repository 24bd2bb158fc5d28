//! How people want to be told by automations.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, PrincipalId};
use sqlx::{Executor, Sqlite, SqliteConnection, SqlitePool};

use super::{from_word, word};
use crate::{error::Result, wishes::Wish};

/// How a person wants to be told by an automation.
pub(crate) async fn of<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    person: &PrincipalId,
    automation: &AutomationId,
) -> Result<Wish> {
    let found: Option<String> = sqlx::query_scalar("SELECT wish FROM wish WHERE person = $1 AND automation = $2")
        .bind(person.to_string())
        .bind(automation.as_str())
        .fetch_optional(executor)
        .await?;
    found.map_or(Ok(Wish::Told), |word| from_word(&word))
}

/// All that a person does not want told as it comes, in order of the automations' ids.
pub(crate) async fn all(reader: &SqlitePool, person: &PrincipalId) -> Result<Vec<(AutomationId, Wish)>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT automation, wish FROM wish WHERE person = $1 ORDER BY automation")
            .bind(person.to_string())
            .fetch_all(reader)
            .await?;
    rows.iter().map(|(automation, wish)| Ok((from_word(automation)?, from_word(wish)?))).collect()
}

/// Whom an automation is not to tell anything.
pub(crate) async fn opted_out<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    automation: &AutomationId,
) -> Result<BTreeSet<PrincipalId>> {
    let people: Vec<String> =
        sqlx::query_scalar("SELECT person FROM wish WHERE automation = $1 AND wish = 'opted-out' ORDER BY person")
            .bind(automation.as_str())
            .fetch_all(executor)
            .await?;
    people.iter().map(|person| from_word(person)).collect()
}

/// Keeps what a person wants.
pub(crate) async fn set(
    tx: &mut SqliteConnection,
    person: &PrincipalId,
    automation: &AutomationId,
    wish: Wish,
    at: i64,
) -> Result<()> {
    let none = sqlx::query("DELETE FROM wish WHERE person = $1 AND automation = $2");
    none.bind(person.to_string()).bind(automation.as_str()).execute(&mut *tx).await?;
    if wish != Wish::Told {
        sqlx::query("INSERT INTO wish (person, automation, wish, at) VALUES ($1, $2, $3, $4)")
            .bind(person.to_string())
            .bind(automation.as_str())
            .bind(word(&wish)?)
            .bind(at)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Removes all that a person wanted; how much it was.
pub(crate) async fn forget(tx: &mut SqliteConnection, person: &PrincipalId) -> Result<u64> {
    let done = sqlx::query("DELETE FROM wish WHERE person = $1").bind(person.to_string()).execute(tx).await?;
    Ok(done.rows_affected())
}
