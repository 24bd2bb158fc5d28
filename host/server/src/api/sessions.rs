//! `/api/v1/sessions`: where one is signed in. An administrator of the site ends all that somebody else has.

use axum::http::Method;
use mandate_model::PrincipalId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::at;
use crate::{
    answer::{Done, Reply},
    body::At,
    guard::{Guard, Means, Operate, Own, See},
    problem::{Problem, Trouble},
    session::SessionInfo,
    table::Table,
};

/// Where one is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SessionList {
    /// The latest first.
    sessions: Vec<SessionBody>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
struct SessionBody {
    /// Such as `ses_…`.
    id: String,
    /// How one signed in: `demo` or `provider`.
    way: &'static str,
    /// When.
    began: String,
    /// When it was last used, to the minute.
    used: String,
    /// Whether this very request came with it.
    this: bool,
}

/// One session.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id, such as `ses_…`.
    session: String,
}

/// One person.
#[derive(Debug, Deserialize, IntoParams)]
struct Who {
    /// Their id, such as `user:ana`.
    person: String,
}

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/sessions", "Where you are signed in", list);
    table.add(Method::DELETE, "/api/v1/sessions", "End all your sessions, this one too", end_all);
    table.add(Method::DELETE, "/api/v1/sessions/{session}", "End one of your sessions", end);
    let about = "End all sessions of a person and revoke all their tokens: as an administrator of the site";
    table.add(Method::DELETE, "/api/v1/people/{person}/sessions", about, expel);
}

async fn list(guard: Guard<See>) -> Result<Reply<SessionList>, Problem> {
    let Guard { me, means, app, .. } = guard;
    let all = app.store.sessions(&app.options.site, me.id(), app.clock.now()).await?;
    let body = |SessionInfo { id, way, began, used }| {
        let this = means == Means::Session(id.clone());
        SessionBody { id, way: way.as_str(), began: at(began), used: at(used), this }
    };
    Ok(Reply(SessionList { sessions: all.into_iter().map(body).collect() }))
}

async fn end(guard: Guard<Own>, At(which): At<Which>) -> Result<Done, Problem> {
    let Guard { me, app, .. } = guard;
    let ended = app.store.end_session(&app.options.site, me.id(), &which.session).await?;
    if ended { Ok(Done) } else { Err(Trouble::NotFound.into()) }
}

async fn end_all(guard: Guard<Own>) -> Result<Done, Problem> {
    guard.app.store.end_sessions(&guard.app.options.site, guard.me.id(), None).await?;
    Ok(Done)
}

async fn expel(guard: Guard<Operate>, At(who): At<Who>) -> Result<Done, Problem> {
    let Guard { me, app, .. } = guard;
    if !me.standing.is_site_admin() {
        return Err(Trouble::NotAdmin.into());
    }
    let person = PrincipalId::parse(&who.person).map_err(|_| Trouble::NotFound)?;
    app.store.end_sessions(&app.options.site, &person, None).await?;
    let revoked = app.store.revoke_tokens(&app.options.site, &person).await?;
    app.service.audit_no_tokens(&person, me.id()).await?;
    revoked.keep().await?;
    Ok(Done)
}
