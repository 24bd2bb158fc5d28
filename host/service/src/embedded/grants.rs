//! Who holds which grant, and which teams somebody is in, read live.

use std::collections::BTreeSet;

use mandate_model::PrincipalId;
use mandate_policy::{Grant, Right};
use sqlx::SqliteConnection;

/// Every team that the principal is in, however deep.
const TEAMS: &str = "with recursive above (team) as (
        select team from membership where member = $1
        union
        select membership.team from membership join above on membership.member = above.team
    )
    select team from above";

/// Grants to the principal itself and to each of its teams.
const GRANTS: &str = "with recursive above (team) as (
        select $1
        union
        select membership.team from membership join above on membership.member = above.team
    )
    select distinct right_name, dataset from held_grant join above on principal = team";

/// The teams of a principal.
pub(super) async fn teams(
    conn: &mut SqliteConnection,
    principal: &PrincipalId,
) -> Result<BTreeSet<PrincipalId>, sqlx::Error> {
    let teams: Vec<String> = sqlx::query_scalar(TEAMS).bind(principal.to_string()).fetch_all(conn).await?;
    teams.iter().map(|team| PrincipalId::parse(team).map_err(|error| sqlx::Error::Decode(Box::new(error)))).collect()
}

/// The grants that a principal holds, itself or through teams.
pub(super) async fn held(conn: &mut SqliteConnection, principal: &PrincipalId) -> Result<BTreeSet<Grant>, sqlx::Error> {
    let held: Vec<(String, String)> = sqlx::query_as(GRANTS).bind(principal.to_string()).fetch_all(conn).await?;
    // A right of a later version of this program is none here.
    let known = held.into_iter().filter_map(|(right, dataset)| Some(Grant { right: Right::parse(&right)?, dataset }));
    Ok(known.collect())
}

/// Gives a grant; whether it is new.
pub(super) async fn add(
    conn: &mut SqliteConnection,
    principal: &PrincipalId,
    grant: &Grant,
) -> Result<bool, sqlx::Error> {
    let sql = "insert into held_grant (principal, right_name, dataset) values ($1, $2, $3) on conflict do nothing";
    change(conn, sql, principal, grant).await
}

/// Takes a grant away; whether it was there.
pub(super) async fn remove(
    conn: &mut SqliteConnection,
    principal: &PrincipalId,
    grant: &Grant,
) -> Result<bool, sqlx::Error> {
    let sql = "delete from held_grant where principal = $1 and right_name = $2 and dataset = $3";
    change(conn, sql, principal, grant).await
}

async fn change(
    conn: &mut SqliteConnection,
    sql: &'static str,
    principal: &PrincipalId,
    grant: &Grant,
) -> Result<bool, sqlx::Error> {
    let query = sqlx::query(sql).bind(principal.to_string()).bind(grant.right.as_str()).bind(&grant.dataset);
    Ok(query.execute(conn).await?.rows_affected() > 0)
}
