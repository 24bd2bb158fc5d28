//! What an administrator does: grants, people, policies, and rows without an automation.

use mandate_model::{Effect, Failure, Field, Occurrence, PrincipalId, PrincipalKind, effect::PLACEHOLDER};
use mandate_policy::{DataPolicies, Grant};
use sqlx::SqliteConnection;

use super::{
    EmbeddedError,
    check::{admit, renamed, unjudged},
    db::{Embedded, unavailable},
    grants,
    judge::Judge,
    validate::row_id_problem,
    write,
};

impl Embedded {
    /// Gives a grant; whether it is new. It holds from the next host call on.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`], [`EmbeddedError::UnknownDataset`].
    pub async fn grant(&self, principal: &PrincipalId, grant: &Grant) -> Result<bool, EmbeddedError> {
        if self.inner.schema.dataset(&grant.dataset).is_none() {
            return Err(EmbeddedError::UnknownDataset(grant.dataset.clone()));
        }
        let mut tx = self.inner.write().await?;
        if !self.is_known(&mut tx, principal).await? {
            return Err(EmbeddedError::UnknownPrincipal(principal.clone()));
        }
        let new = grants::add(&mut tx, principal, grant).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Takes a grant away; whether it was there. It is gone from the next host call on.
    pub async fn revoke(&self, principal: &PrincipalId, grant: &Grant) -> Result<bool, EmbeddedError> {
        let mut tx = self.inner.write().await?;
        let was = grants::remove(&mut tx, principal, grant).await?;
        tx.commit().await?;
        Ok(was)
    }

    /// Lets a person act and be told things, or no longer.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`].
    pub async fn set_active(&self, person: &PrincipalId, active: bool) -> Result<(), EmbeddedError> {
        let mut tx = self.inner.write().await?;
        let update = sqlx::query("update person set active = $2 where id = $1").bind(person.to_string()).bind(active);
        if update.execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(EmbeddedError::UnknownPrincipal(person.clone()));
        }
        tx.commit().await?;
        Ok(())
    }

    /// Replaces all policies, in every process that has the file open.
    ///
    /// Errors: [`EmbeddedError::Policies`]; then the policies are as before.
    pub async fn replace_policies(&self, policies: &str) -> Result<(), EmbeddedError> {
        DataPolicies::load(&self.inner.schema, policies).map_err(EmbeddedError::Policies)?;
        let mut tx = self.inner.write().await?;
        sqlx::query("update platform set policies = $1, policies_version = policies_version + 1")
            .bind(policies)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Adds a row at the time `at` (microseconds), as `principal` with their rights, or as the administrator.
    ///
    /// Errors: `Denied` as for a [check](mandate_runtime::platform::DataAs::check), also if the id is taken, which they may
    /// not be told; `Invalid` for what does not fit. The administrator is told by `Invalid` alone.
    pub async fn insert(
        &self,
        principal: Option<&PrincipalId>,
        dataset: &str,
        id: &str,
        fields: &[Field],
        at: i64,
    ) -> Result<Occurrence, Failure> {
        let placeholder = format!("{PLACEHOLDER}row");
        let effect = Effect::Create { dataset: dataset.to_owned(), placeholder, fields: fields.to_vec() };
        let told = self.change(principal, &effect, id, at).await?;
        told.ok_or_else(|| Failure::Unavailable("a new row gave no occurrence".to_owned()))
    }

    /// Sets cells of a row, as [`Embedded::insert`] does. `None`: no cell differs, and nothing happened.
    pub async fn update(
        &self,
        principal: Option<&PrincipalId>,
        dataset: &str,
        id: &str,
        fields: &[Field],
        at: i64,
    ) -> Result<Option<Occurrence>, Failure> {
        let (dataset, row) = (dataset.to_owned(), id.to_owned());
        let effect = Effect::Update { dataset, id: row, fields: fields.to_vec(), if_revision: None };
        self.change(principal, &effect, id, at).await
    }

    /// Removes a row, as [`Embedded::insert`] adds one.
    pub async fn remove(
        &self,
        principal: Option<&PrincipalId>,
        dataset: &str,
        id: &str,
        at: i64,
    ) -> Result<Occurrence, Failure> {
        let effect = Effect::Remove { dataset: dataset.to_owned(), id: id.to_owned() };
        let told = self.change(principal, &effect, id, at).await?;
        told.ok_or_else(|| Failure::Unavailable("a removal gave no occurrence".to_owned()))
    }

    async fn change(
        &self,
        principal: Option<&PrincipalId>,
        effect: &Effect,
        id: &str,
        at: i64,
    ) -> Result<Option<Occurrence>, Failure> {
        let inner = &self.inner;
        let mut tx = inner.write().await.map_err(unavailable)?;
        let judge = match principal {
            Some(principal) => Some(Judge::load(&mut tx, inner, principal).await?),
            None => None,
        };
        let (dataset, change) = match &judge {
            Some(judge) => admit(&mut tx, inner, judge, effect, &[]).await?,
            None => unjudged(&mut tx, inner, effect).await?,
        };
        if matches!(effect, Effect::Create { .. }) && row_id_problem(id).is_some() {
            let rule = "an id has 1 to 200 bytes, no control characters, and does not begin with `new:`";
            return Err(Failure::Invalid(format!("`{id}`: {rule}")));
        }
        let change = renamed(&mut tx, judge.as_ref(), dataset, change, || id.to_owned()).await?;
        let occurrence = write::write(&mut tx, inner, dataset, &change, at, None).await?;
        tx.commit().await.map_err(unavailable)?;
        Ok(occurrence)
    }

    /// Whether there is such a person (active or not) or team, or whether it is the site.
    pub(super) async fn is_known(&self, conn: &mut SqliteConnection, id: &PrincipalId) -> Result<bool, sqlx::Error> {
        if id.kind() == PrincipalKind::Site {
            return Ok(id.name() == self.inner.site.as_str());
        }
        let sql = "select exists (select 1 from person where id = $1 union all select 1 from team where id = $1)";
        sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(conn).await
    }
}
