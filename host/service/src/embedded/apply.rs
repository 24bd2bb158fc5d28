//! Carrying effects out: rights judged again, the change, its occurrence and its key, all in one write transaction.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mandate_model::{Effect, Failure, Occurrence, PrincipalId};
use sqlx::SqliteConnection;

use super::{
    check::{admit, renamed},
    db::{Embedded, unavailable},
    judge::Judge,
    outbox::derived_id,
    write,
};
use crate::{
    apply::{Applied, Apply, NotDone},
    operations::Invocation,
};

#[async_trait]
impl Apply for Embedded {
    async fn apply(
        &self,
        principal: &PrincipalId,
        key: &str,
        effect: &Effect,
        ids: &BTreeMap<String, String>,
    ) -> Result<Applied, Failure> {
        let inner = &self.inner;
        let mut tx = inner.write().await.map_err(unavailable)?;
        if let Some(id) = applied(&mut tx, key).await.map_err(unavailable)? {
            return Ok(Applied { id, before: true });
        }
        let judge = Judge::load(&mut tx, inner, principal).await?;
        let (dataset, change) = admit(&mut tx, inner, &judge, &real(effect, ids), &[]).await?;
        // A new row's id is derived, not random, so that it is the same again if this transaction is lost.
        let new_id = || derived_id(inner, "row_", "row", key);
        let change = renamed(&mut tx, Some(&judge), dataset, change, new_id).await?;
        write::write(&mut tx, inner, dataset, &change, inner.clock.now(), Some(key)).await?;
        let id = change.id().to_owned();
        sqlx::query("insert into applied (\"key\", row_id) values ($1, $2)")
            .bind(key)
            .bind(&id)
            .execute(&mut *tx)
            .await
            .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        Ok(Applied { id: Some(id), before: false })
    }

    async fn invoke(&self, invocation: &Invocation, ids: &BTreeMap<String, String>) -> Result<(), NotDone> {
        self.carry_out(invocation, ids).await
    }

    async fn happened(&self, limit: u32) -> Result<Vec<Occurrence>, Failure> {
        self.pending_occurrences(limit).await
    }

    async fn taken_over(&self, ids: &[String]) -> Result<(), Failure> {
        self.acknowledge_all(ids).await
    }
}

/// What came of the key before, if anything.
async fn applied(conn: &mut SqliteConnection, key: &str) -> Result<Option<Option<String>>, sqlx::Error> {
    sqlx::query_scalar("select row_id from applied where \"key\" = $1").bind(key).fetch_optional(conn).await
}

/// The effect with the real ids of rows that were created earlier in the plan.
fn real(effect: &Effect, ids: &BTreeMap<String, String>) -> Effect {
    let mut effect = effect.clone();
    if let Effect::Update { id, .. } | Effect::Remove { id, .. } = &mut effect
        && let Some(known) = ids.get(id)
    {
        known.clone_into(id);
    }
    effect
}
