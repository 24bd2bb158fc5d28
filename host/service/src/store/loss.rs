//! Which lost powers people were told of, where the automation stays on: what goes on for many runs is told once for each loss.

use std::collections::BTreeSet;

use mandate_governance::Lack;
use mandate_model::{AutomationId, PrincipalId};
use sqlx::{Executor, Sqlite, SqliteConnection};

use super::{from_json, json};
use crate::error::Result;

/// What people were told of and is lacking since.
pub(crate) async fn told<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    automation: &AutomationId,
) -> Result<BTreeSet<Lack>> {
    let lost: Option<String> = sqlx::query_scalar("SELECT lost FROM loss WHERE automation = $1")
        .bind(automation.as_str())
        .fetch_optional(executor)
        .await?;
    lost.map_or_else(|| Ok(BTreeSet::new()), |lost| from_json(&lost))
}

/// Keeps that, and forgets what was kept before.
pub(crate) async fn keep(tx: &mut SqliteConnection, automation: &AutomationId, lost: &BTreeSet<Lack>) -> Result<()> {
    sqlx::query("DELETE FROM loss WHERE automation = $1").bind(automation.as_str()).execute(&mut *tx).await?;
    if !lost.is_empty() {
        sqlx::query("INSERT INTO loss (automation, lost) VALUES ($1, $2)")
            .bind(automation.as_str())
            .bind(json(lost)?)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Leaves nothing of what this person lacked.
pub(crate) async fn forget(tx: &mut SqliteConnection, person: &PrincipalId) -> Result<()> {
    sqlx::query(r#"DELETE FROM loss WHERE lost LIKE '%"' || $1 || '"%'"#).bind(person.to_string()).execute(tx).await?;
    Ok(())
}
