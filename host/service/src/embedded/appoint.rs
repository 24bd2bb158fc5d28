//! What an administrator does about roles, workspaces and rights over principals. All of it holds from the next question on.

use mandate_model::{PrincipalId, PrincipalKind, name::is_role};
use sqlx::SqliteConnection;

use super::{
    EmbeddedError,
    db::Embedded,
    holdings::{self, Held},
    principal_grant::PrincipalGrant,
    team,
};
use crate::roles::{Holding, Reach};

impl Embedded {
    /// Gives a person or team a role; whether it is new.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`], [`EmbeddedError::NoHolder`], [`EmbeddedError::Role`],
    /// [`EmbeddedError::UnknownWorkspace`], [`EmbeddedError::UnknownDataset`].
    pub async fn give_role(&self, principal: &PrincipalId, holding: &Holding) -> Result<bool, EmbeddedError> {
        self.appoint(principal, Held::Role(holding)).await
    }

    /// Takes a role away, of exactly this reach; whether it was there.
    ///
    /// Errors: as [`Embedded::give_role`].
    pub async fn take_role(&self, principal: &PrincipalId, holding: &Holding) -> Result<bool, EmbeddedError> {
        self.dismiss(principal, Held::Role(holding)).await
    }

    /// Every role that a person or team has of their own, in order of the holders.
    pub async fn role_holdings(&self) -> Result<Vec<(PrincipalId, Holding)>, EmbeddedError> {
        let mut tx = self.inner.read().await?;
        Ok(holdings::all_roles(&mut tx).await?)
    }

    /// Makes a person or team a member of a workspace; whether they were none.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`], [`EmbeddedError::NoHolder`], [`EmbeddedError::UnknownWorkspace`].
    pub async fn add_to_workspace(&self, principal: &PrincipalId, workspace: &str) -> Result<bool, EmbeddedError> {
        self.appoint(principal, Held::Member(workspace)).await
    }

    /// Ends a membership; whether there was one. Who is in a team of the workspace stays in it.
    ///
    /// Errors: as [`Embedded::add_to_workspace`].
    pub async fn remove_from_workspace(&self, principal: &PrincipalId, workspace: &str) -> Result<bool, EmbeddedError> {
        self.dismiss(principal, Held::Member(workspace)).await
    }

    /// Gives a person or team a right over a principal; whether it is new.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`], [`EmbeddedError::NoHolder`], [`EmbeddedError::PrincipalRight`].
    pub async fn grant_over(&self, holder: &PrincipalId, grant: &PrincipalGrant) -> Result<bool, EmbeddedError> {
        self.appoint(holder, Held::Over(grant)).await
    }

    /// Takes a right over a principal away; whether it was there.
    ///
    /// Errors: as [`Embedded::grant_over`].
    pub async fn revoke_over(&self, holder: &PrincipalId, grant: &PrincipalGrant) -> Result<bool, EmbeddedError> {
        self.dismiss(holder, Held::Over(grant)).await
    }

    pub(super) async fn appoint(&self, principal: &PrincipalId, held: Held<'_>) -> Result<bool, EmbeddedError> {
        let mut tx = self.inner.write().await?;
        self.check(&mut tx, principal, held).await?;
        if let Held::Team(team) = held {
            team::check_acyclic(&mut tx, principal, team).await?;
        }
        let new = held.add(&mut tx, principal).await?;
        tx.commit().await?;
        Ok(new)
    }

    pub(super) async fn dismiss(&self, principal: &PrincipalId, held: Held<'_>) -> Result<bool, EmbeddedError> {
        let mut tx = self.inner.write().await?;
        self.check(&mut tx, principal, held).await?;
        let was = held.remove(&mut tx, principal).await?;
        tx.commit().await?;
        Ok(was)
    }

    async fn check(
        &self,
        conn: &mut SqliteConnection,
        principal: &PrincipalId,
        held: Held<'_>,
    ) -> Result<(), EmbeddedError> {
        if principal.kind() == PrincipalKind::Site {
            return Err(EmbeddedError::NoHolder(principal.clone()));
        }
        self.check_known(conn, principal).await?;
        match held {
            Held::Member(workspace) => check_workspace(conn, workspace).await,
            Held::Team(team) => team::check(conn, team).await,
            Held::Role(Holding { role, .. }) if !is_role(role) => Err(EmbeddedError::Role(role.clone())),
            Held::Role(Holding { reach: Reach::Workspace(name), .. }) => check_workspace(conn, name).await,
            Held::Role(Holding { reach: Reach::Dataset(name), .. }) => {
                let dataset = self.inner.schema.dataset(name);
                dataset.map(|_| ()).ok_or_else(|| EmbeddedError::UnknownDataset(name.clone()))
            }
            Held::Role(Holding { reach: Reach::Site, .. }) => Ok(()),
            Held::Over(PrincipalGrant { right, over }) => {
                self.check_known(conn, over).await?;
                right.check_over(over).map_err(EmbeddedError::PrincipalRight)
            }
        }
    }

    async fn check_known(&self, conn: &mut SqliteConnection, principal: &PrincipalId) -> Result<(), EmbeddedError> {
        let known = self.is_known(conn, principal).await?;
        known.then_some(()).ok_or_else(|| EmbeddedError::UnknownPrincipal(principal.clone()))
    }
}

async fn check_workspace(conn: &mut SqliteConnection, workspace: &str) -> Result<(), EmbeddedError> {
    let found = holdings::is_open(conn, workspace).await?;
    found.map(|_| ()).ok_or_else(|| EmbeddedError::UnknownWorkspace(workspace.to_owned()))
}
