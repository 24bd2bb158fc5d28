//! Workspaces, roles and rights over principals as they are stored, read live.

use std::collections::BTreeSet;

use mandate_model::PrincipalId;
use sqlx::{SqliteConnection, sqlite::SqliteArguments};

use super::{
    db::Inner,
    principal_grant::{PrincipalGrant, PrincipalRight},
};
use crate::roles::{Holding, Reach};

/// A person and every team that they are in: whose workspaces, roles and rights are theirs. As a JSON array, so that one
/// statement can ask for all.
pub(super) struct WithTeams(String);

impl WithTeams {
    pub(super) fn of(person: &PrincipalId, teams: &BTreeSet<PrincipalId>) -> Self {
        let ids: Vec<_> = teams.iter().chain([person]).map(|id| serde_json::Value::String(id.to_string())).collect();
        Self(serde_json::Value::Array(ids).to_string())
    }
}

/// The workspaces that they are members of.
pub(super) async fn workspaces(conn: &mut SqliteConnection, who: &WithTeams) -> Result<BTreeSet<String>, sqlx::Error> {
    let sql = "select workspace from workspace_member where member in (select value from json_each($1))";
    let found: Vec<String> = sqlx::query_scalar(sql).bind(&who.0).fetch_all(conn).await?;
    Ok(found.into_iter().collect())
}

/// Their roles.
pub(super) async fn roles(conn: &mut SqliteConnection, who: &WithTeams) -> Result<BTreeSet<Holding>, sqlx::Error> {
    let sql = "select role, reach_kind, reach_name from role_holding \
               where principal in (select value from json_each($1))";
    let found: Vec<(String, String, String)> = sqlx::query_as(sql).bind(&who.0).fetch_all(conn).await?;
    // A reach of a later version of this program is none here.
    let known = found.into_iter().filter_map(|(role, kind, name)| Some(Holding { role, reach: reach(&kind, name)? }));
    Ok(known.collect())
}

/// Every role that anybody has of their own, in order of the holders.
pub(super) async fn all_roles(conn: &mut SqliteConnection) -> Result<Vec<(PrincipalId, Holding)>, sqlx::Error> {
    let sql = "select principal, role, reach_kind, reach_name from role_holding \
               order by principal, role, reach_kind, reach_name";
    let found: Vec<(String, String, String, String)> = sqlx::query_as(sql).fetch_all(conn).await?;
    let known = found.into_iter().filter_map(|(of, role, kind, name)| {
        let holding = Holding { role, reach: reach(&kind, name)? };
        Some(principal(&of).map(|of| (of, holding)))
    });
    known.collect()
}

fn reach(kind: &str, name: String) -> Option<Reach> {
    match kind {
        "site" => Some(Reach::Site),
        "workspace" => Some(Reach::Workspace(name)),
        "dataset" => Some(Reach::Dataset(name)),
        _ => None,
    }
}

/// Their rights over principals.
pub(super) async fn over(
    conn: &mut SqliteConnection,
    who: &WithTeams,
) -> Result<BTreeSet<PrincipalGrant>, sqlx::Error> {
    let sql =
        "select right_name, over_principal from principal_grant where holder in (select value from json_each($1))";
    let found: Vec<(String, String)> = sqlx::query_as(sql).bind(&who.0).fetch_all(conn).await?;
    // A right of a later version of this program is none here.
    let known = found.into_iter().filter_map(|(right, over)| Some((PrincipalRight::parse(&right)?, over)));
    known.map(|(right, over)| Ok(PrincipalGrant { right, over: principal(&over)? })).collect()
}

/// The people over whom they hold a right: those named, those in teams named, and everybody where the site is, active or not.
pub(super) async fn people(
    conn: &mut SqliteConnection,
    inner: &Inner,
    who: &WithTeams,
    right: PrincipalRight,
) -> Result<BTreeSet<PrincipalId>, sqlx::Error> {
    let sql = "with recursive inside (member) as (
            select over_principal from principal_grant
                where right_name = $2 and holder in (select value from json_each($1))
            union
            select membership.member from membership join inside on membership.team = inside.member
        )
        select id from person where id in (select member from inside) or $3 in (select member from inside)";
    let site = format!("site:{}", inner.site);
    let found: Vec<String> =
        sqlx::query_scalar(sql).bind(&who.0).bind(right.as_str()).bind(site).fetch_all(conn).await?;
    found.iter().map(|id| principal(id)).collect()
}

/// The workspace that a dataset lies in.
pub(super) async fn place(conn: &mut SqliteConnection, dataset: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select workspace from place where dataset = $1").bind(dataset).fetch_optional(conn).await
}

/// Whether a workspace is open; `None`: there is none.
pub(super) async fn is_open(conn: &mut SqliteConnection, workspace: &str) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar("select \"open\" from workspace where id = $1").bind(workspace).fetch_optional(conn).await
}

/// A stored id of a principal.
pub(super) fn principal(id: &str) -> Result<PrincipalId, sqlx::Error> {
    PrincipalId::parse(id).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// Something that a principal is given or loses: one row of a table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Held<'a> {
    /// Being a member of a workspace.
    Member(&'a str),
    /// Being in a team.
    Team(&'a PrincipalId),
    /// A role.
    Role(&'a Holding),
    /// A right over a principal.
    Over(&'a PrincipalGrant),
}

impl Held<'_> {
    /// Gives it; whether it is new.
    pub(super) async fn add(self, conn: &mut SqliteConnection, to: &PrincipalId) -> Result<bool, sqlx::Error> {
        let sql = match self {
            Self::Member(_) => {
                "insert into workspace_member (member, workspace) values ($1, $2) on conflict do nothing"
            }
            Self::Team(_) => "insert into membership (member, team) values ($1, $2) on conflict do nothing",
            Self::Role(_) => {
                "insert into role_holding (principal, role, reach_kind, reach_name) values ($1, $2, $3, $4) \
                 on conflict do nothing"
            }
            Self::Over(_) => {
                "insert into principal_grant (holder, right_name, over_principal) values ($1, $2, $3) on conflict do nothing"
            }
        };
        Ok(self.bind(sql, to).execute(conn).await?.rows_affected() > 0)
    }

    /// Takes it away; whether it was there.
    pub(super) async fn remove(self, conn: &mut SqliteConnection, from: &PrincipalId) -> Result<bool, sqlx::Error> {
        let sql = match self {
            Self::Member(_) => "delete from workspace_member where member = $1 and workspace = $2",
            Self::Team(_) => "delete from membership where member = $1 and team = $2",
            Self::Role(_) => {
                "delete from role_holding \
                 where principal = $1 and role = $2 and reach_kind = $3 and reach_name = $4"
            }
            Self::Over(_) => {
                "delete from principal_grant where holder = $1 and right_name = $2 and over_principal = $3"
            }
        };
        Ok(self.bind(sql, from).execute(conn).await?.rows_affected() > 0)
    }

    fn bind(
        self,
        sql: &'static str,
        principal: &PrincipalId,
    ) -> sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments> {
        let query = sqlx::query(sql).bind(principal.to_string());
        match self {
            Self::Member(workspace) => query.bind(workspace.to_owned()),
            Self::Team(team) => query.bind(team.to_string()),
            Self::Role(Holding { role, reach }) => {
                let (kind, name) = match reach {
                    Reach::Site => ("site", ""),
                    Reach::Workspace(name) => ("workspace", name.as_str()),
                    Reach::Dataset(name) => ("dataset", name.as_str()),
                };
                query.bind(role.clone()).bind(kind).bind(name.to_owned())
            }
            Self::Over(grant) => query.bind(grant.right.as_str()).bind(grant.over.to_string()),
        }
    }
}
