//! `/api/v1/tokens`, one's own; `/api/v1/service-tokens`, those of the site's sources of events.

use std::collections::BTreeSet;

use axum::http::Method;
use mandate_model::PrincipalId;
use mandate_service::TokenBecame;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::at;
use crate::{
    answer::{Done, Made, Reply},
    app::App,
    body::{At, Body},
    guard::{Guard, Me, Means, Operate, Own, See},
    problem::{Problem, Trouble},
    store::tokens::{MOST, NewToken},
    table::Table,
    token::{self, Holder, Token, TokenScope},
};

/// Tokens that are in force.
#[derive(Debug, Serialize, ToSchema)]
struct TokenList {
    /// The latest first.
    tokens: Vec<TokenBody>,
}

/// One of them; never the secret.
#[derive(Debug, Serialize, ToSchema)]
struct TokenBody {
    /// Such as `tok_…`.
    id: String,
    /// What it is called.
    name: String,
    /// What it is for: `read`, `write`, `admin`; or `intake` alone.
    scopes: Vec<&'static str>,
    /// The source whose events it sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// When it was made.
    made: String,
    /// By whom.
    made_by: String,
    /// Until when it counts.
    expires: String,
    /// When it was last used, to the minute; left out if it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<String>,
}

impl From<Token> for TokenBody {
    fn from(token: Token) -> Self {
        let Token { id, holder, name, made, made_by, expires, used } = token;
        let (scopes, source) = match holder {
            Holder::Person(_, scopes) => (scopes.into_iter().map(TokenScope::as_str).collect(), None),
            Holder::Source(source) => (vec!["intake"], Some(source)),
        };
        let (made, made_by, expires, used) = (at(made), made_by.to_string(), at(expires), used.map(at));
        Self { id, name, scopes, source, made, made_by, expires, used }
    }
}

/// A new token.
#[derive(Debug, Serialize, ToSchema)]
struct MadeToken {
    /// Its id.
    id: String,
    /// The token itself, such as `mdt_…`. It is shown this once.
    token: String,
    /// Until when it counts.
    expires: String,
}

/// What a token is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Making {
    /// By which you know it again.
    name: String,
    /// What it is for. None brings another with it.
    scopes: BTreeSet<TokenScope>,
    /// How many days it counts: 1 to 365.
    days: u16,
}

/// What a service token is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MakingService {
    /// By which administrators know it again.
    name: String,
    /// The source whose events it sends, as they name it.
    source: String,
    /// How many days it counts: 1 to 365.
    days: u16,
}

/// One token.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id, such as `tok_…`.
    token: String,
}

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/tokens", "Your tokens", list);
    table.post("/api/v1/tokens", "Make a token for a program of yours", make);
    table.add(Method::DELETE, "/api/v1/tokens/{token}", "Revoke a token, and those made with it", revoke);
    table.get(
        "/api/v1/service-tokens",
        "The tokens of the site's sources of events: as an administrator",
        list_service,
    );
    table.post("/api/v1/service-tokens", "Make a token for a source of events: as an administrator", make_service);
    let about = "Revoke the token of a source of events: as an administrator";
    table.add(Method::DELETE, "/api/v1/service-tokens/{token}", about, revoke_service);
}

async fn list(guard: Guard<See>) -> Result<Reply<TokenList>, Problem> {
    let Guard { me, app, .. } = guard;
    let all = app.store.tokens(&app.options.site, Some(me.id()), app.clock.now()).await?;
    Ok(Reply(TokenList { tokens: all.into_iter().map(TokenBody::from).collect() }))
}

async fn make(guard: Guard<Own>, Body(making): Body<Making>) -> Result<Made<MadeToken>, Problem> {
    let Guard { me, means, app, .. } = guard;
    let Making { name, scopes, days } = making;
    let (id, token, expires) = make_own(&app, &me, &means, (&name, scopes, days)).await?;
    Ok(Made { at: format!("/api/v1/tokens/{id}"), what: MadeToken { id, token, expires: at(expires) } })
}

/// Makes a token of one's own: id, secret, until when.
pub(crate) async fn make_own(
    app: &App,
    me: &Me,
    means: &Means,
    (name, scopes, days): (&str, BTreeSet<TokenScope>, u16),
) -> Result<(String, String, i64), Problem> {
    if scopes.is_empty() {
        return Err(wrong("scopes", "say what it is for: at least one of `read`, `write` and `admin`".to_owned()));
    }
    let holder = Holder::Person(me.id().clone(), scopes.clone());
    let expires = expires(app, days)?;
    let made_with = match means {
        Means::Session(_) => None,
        Means::Token { id, scopes: own, expires: until } if scopes.is_subset(own) && expires <= *until => Some(&**id),
        Means::Token { .. } => {
            return Err(wrong("scopes", "a token makes none that may more or lasts longer than itself".to_owned()));
        }
    };
    let name = token::name(name).map_err(|why| wrong("name", why))?;
    make_any(app, &NewToken { site: &app.options.site, holder: &holder, name, made_by: me.id(), made_with, expires })
        .await
}

async fn revoke(guard: Guard<Own>, At(which): At<Which>) -> Result<Done, Problem> {
    let Guard { me, app, .. } = guard;
    let revoked = revoke_any(&app, &me, Some(me.id()), &which.token).await?;
    if revoked { Ok(Done) } else { Err(Trouble::NotFound.into()) }
}

async fn list_service(guard: Guard<Operate>) -> Result<Reply<TokenList>, Problem> {
    let Guard { me, app, .. } = guard;
    admin(&me)?;
    let all = app.store.tokens(&app.options.site, None, app.clock.now()).await?;
    Ok(Reply(TokenList { tokens: all.into_iter().map(TokenBody::from).collect() }))
}

async fn make_service(guard: Guard<Operate>, Body(making): Body<MakingService>) -> Result<Made<MadeToken>, Problem> {
    let Guard { me, app, .. } = guard;
    let (id, token, expires) = make_service_token(&app, &me, &making.name, &making.source, making.days).await?;
    Ok(Made { at: format!("/api/v1/service-tokens/{id}"), what: MadeToken { id, token, expires: at(expires) } })
}

/// Makes a token of the site's for a source, as an administrator: id, secret, until when.
pub(crate) async fn make_service_token(
    app: &App,
    me: &Me,
    name: &str,
    source: &str,
    days: u16,
) -> Result<(String, String, i64), Problem> {
    admin(me)?;
    let source = token::source(source.trim()).map_err(|why| wrong("source", why))?;
    let holder = Holder::Source(source.to_owned());
    let name = token::name(name).map_err(|why| wrong("name", why))?;
    let expires = expires(app, days)?;
    // It is the site's: it stays when the token goes that it was made with, and when its maker does.
    let new = NewToken { site: &app.options.site, holder: &holder, name, made_by: me.id(), made_with: None, expires };
    make_any(app, &new).await
}

async fn revoke_service(guard: Guard<Operate>, At(which): At<Which>) -> Result<Done, Problem> {
    let Guard { me, app, .. } = guard;
    admin(&me)?;
    let revoked = revoke_any(&app, &me, None, &which.token).await?;
    if revoked { Ok(Done) } else { Err(Trouble::NotFound.into()) }
}

/// Refuses who does not administer the site.
pub(crate) fn admin(me: &Me) -> Result<(), Problem> {
    if me.standing.is_site_admin() { Ok(()) } else { Err(Trouble::NotAdmin.into()) }
}

fn expires(app: &App, days: u16) -> Result<i64, Problem> {
    token::expires(days, app.clock.now()).map_err(|why| wrong("days", why))
}

async fn make_any(app: &App, new: &NewToken<'_>) -> Result<(String, String, i64), Problem> {
    let made = app.store.make_token(new, app.clock.now()).await?;
    let made = made.ok_or_else(|| wrong("name", format!("{MOST} tokens are the most: revoke one first")))?;
    let (holder, scopes) = match new.holder {
        Holder::Person(person, scopes) => {
            (Some(person), scopes.iter().map(|scope| scope.as_str().to_owned()).collect())
        }
        Holder::Source(_) => (None, vec!["intake".to_owned()]),
    };
    let became = TokenBecame::Made { scopes, expires: new.expires };
    app.service.audit_token(&made.what.0, holder, new.made_by, became).await?;
    let (id, secret) = made.keep().await?;
    Ok((id, secret, new.expires))
}

/// Revokes a token of a person, or of the site's sources. Whether there was one.
pub(crate) async fn revoke_any(app: &App, me: &Me, of: Option<&PrincipalId>, token: &str) -> Result<bool, Problem> {
    let Some(revoked) = app.store.revoke_token(&app.options.site, of, token).await? else { return Ok(false) };
    app.service.audit_token(token, of, me.id(), TokenBecame::Revoked).await?;
    revoked.keep().await?;
    Ok(true)
}

/// A field that is not right.
pub(super) fn wrong(field: &str, detail: String) -> Problem {
    Trouble::Field { field: field.to_owned(), detail }.into()
}
