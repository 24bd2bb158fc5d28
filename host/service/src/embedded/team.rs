//! Joining teams and leaving them. What a team manages, and what it was granted, somebody has from the next question on, and has lost
//! with leaving.

use mandate_model::{PrincipalId, PrincipalKind};
use sqlx::SqliteConnection;

use super::{
    EmbeddedError,
    db::Embedded,
    grants,
    holdings::{self, Held},
};

impl Embedded {
    /// Puts a person or team into a team; whether they were not in it.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`], [`EmbeddedError::NoHolder`], [`EmbeddedError::NoTeam`],
    /// [`EmbeddedError::Cycle`].
    pub async fn join_team(&self, principal: &PrincipalId, team: &PrincipalId) -> Result<bool, EmbeddedError> {
        self.appoint(principal, Held::Team(team)).await
    }

    /// Takes a person or team out of a team; whether they were in it themself. Who is in it through another team stays in it.
    ///
    /// Errors: as [`Embedded::join_team`], but no [`EmbeddedError::Cycle`].
    pub async fn leave_team(&self, principal: &PrincipalId, team: &PrincipalId) -> Result<bool, EmbeddedError> {
        self.dismiss(principal, Held::Team(team)).await
    }

    /// Who is in which team themself, in order of the teams.
    pub async fn team_members(&self) -> Result<Vec<(PrincipalId, PrincipalId)>, EmbeddedError> {
        let mut tx = self.inner.read().await?;
        let sql = "select team, member from membership order by team, member";
        let found: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut *tx).await?;
        let pair = |(team, member): &(String, String)| Ok((holdings::principal(team)?, holdings::principal(member)?));
        Ok(found.iter().map(pair).collect::<Result<_, sqlx::Error>>()?)
    }
}

/// Refuses what is no team of this platform.
pub(super) async fn check(conn: &mut SqliteConnection, team: &PrincipalId) -> Result<(), EmbeddedError> {
    let sql = "select exists (select 1 from team where id = $1)";
    let there: bool = sqlx::query_scalar(sql).bind(team.to_string()).fetch_one(conn).await?;
    let is_one = there && team.kind() == PrincipalKind::Team;
    is_one.then_some(()).ok_or_else(|| EmbeddedError::NoTeam(team.clone()))
}

/// Refuses a member with which the team would contain itself.
pub(super) async fn check_acyclic(
    conn: &mut SqliteConnection,
    member: &PrincipalId,
    team: &PrincipalId,
) -> Result<(), EmbeddedError> {
    let cyclic = member == team || grants::teams(conn, team).await?.contains(member);
    if cyclic { Err(EmbeddedError::Cycle { member: member.clone(), team: team.clone() }) } else { Ok(()) }
}
