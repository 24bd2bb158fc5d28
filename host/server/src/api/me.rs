//! `GET /api/v1/me`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    answer::Reply,
    guard::{Guard, See},
    problem::Problem,
    table::Table,
};

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MeBody {
    /// Their id, such as `user:ana`.
    id: String,
    /// What they are called.
    name: String,
    /// Their language (BCP 47).
    locale: String,
    /// Their time zone (IANA).
    time_zone: String,
    /// Their site, such as `acme`.
    site: String,
    /// The teams that they are in, however deep.
    teams: Vec<String>,
    /// Whether they are an administrator of the whole site.
    site_admin: bool,
}

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/me", "Who you are here", me);
}

async fn me(guard: Guard<See>) -> Result<Reply<MeBody>, Problem> {
    let (principal, standing) = (guard.me.principal, guard.me.standing);
    Ok(Reply(MeBody {
        id: principal.id.to_string(),
        name: principal.name,
        locale: principal.locale,
        time_zone: principal.time_zone,
        site: standing.site.to_string(),
        teams: standing.teams.iter().map(ToString::to_string).collect(),
        site_admin: standing.is_site_admin(),
    }))
}
