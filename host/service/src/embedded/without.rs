//! The platform as it would be without a right: the right is taken away in a transaction that is never committed, and every
//! question is asked within it. Meanwhile nobody else writes; who reads sees what is.

use std::sync::Arc;

use async_trait::async_trait;
use mandate_model::{Power, PrincipalId};
use mandate_policy::DataSchema;
use mandate_runtime::platform::Unavailable;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::sync::Mutex;

use super::{
    db::Inner,
    directory::unavailable,
    grants,
    holdings::{self, Held},
    operations, roles,
};
use crate::roles::{Removal, Roles, Standing};

/// Dropped, it is as if it had never been.
pub(super) struct Without {
    inner: Arc<Inner>,
    tx: Mutex<Transaction<'static, Sqlite>>,
}

impl Without {
    /// The platform without what `removal` names; `None`: there is no such thing.
    pub(super) async fn begin(inner: &Arc<Inner>, removal: &Removal) -> Result<Option<Self>, sqlx::Error> {
        let mut tx = inner.write().await?;
        let was = take_away(&mut tx, removal).await?;
        Ok(was.then(|| Self { inner: inner.clone(), tx: Mutex::new(tx) }))
    }
}

async fn take_away(conn: &mut SqliteConnection, removal: &Removal) -> Result<bool, sqlx::Error> {
    match removal {
        Removal::Role(principal, holding) => Held::Role(holding).remove(conn, principal).await,
        Removal::Grant(principal, grant) => grants::remove(conn, principal, grant).await,
        Removal::Operation(principal, operation) => operations::remove_grant(conn, principal, operation).await,
        Removal::Team(principal, team) => Held::Team(team).remove(conn, principal).await,
        Removal::Active(person) => {
            let update = sqlx::query("update person set active = false where id = $1 and active");
            Ok(update.bind(person.to_string()).execute(conn).await?.rows_affected() > 0)
        }
    }
}

#[async_trait]
impl Roles for Without {
    async fn standing(&self, person: &PrincipalId) -> Result<Option<Standing>, Unavailable> {
        roles::standing(&mut *self.tx.lock().await, &self.inner, person).await.map_err(unavailable)
    }

    async fn is_open(&self, workspace: &str) -> Result<Option<bool>, Unavailable> {
        holdings::is_open(&mut *self.tx.lock().await, workspace).await.map_err(unavailable)
    }

    async fn holds(&self, principal: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        roles::holds(&mut *self.tx.lock().await, &self.inner, principal, power).await
    }

    async fn knows(&self, person: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        roles::knows(&mut *self.tx.lock().await, &self.inner, person, power).await
    }

    async fn lies_in(&self, power: &Power) -> Result<Option<String>, Unavailable> {
        roles::lies_in(&mut *self.tx.lock().await, power).await
    }

    async fn everyone(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        roles::everyone(&mut *self.tx.lock().await).await.map_err(unavailable)
    }
    async fn schema(&self) -> Result<DataSchema, Unavailable> {
        Ok(self.inner.schema.clone())
    }
}
