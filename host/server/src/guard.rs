//! Who asks, and for what. Each handler names its action in its signature: `Guard<See>` is given only to who is signed in, and a
//! handler without a gate as its first argument is no route ([`crate::table`]).
//!
//! A gate decides who asks and whether their means (cookie or token) may be used for this; what the person may do is decided by the
//! service, in the transaction of the change.

use std::marker::PhantomData;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use mandate_model::{Principal, PrincipalId};
use mandate_service::Standing;

use crate::{
    app::App,
    body::matches_token,
    problem::{Problem, Trouble},
    session::Session,
};

/// What a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// The word for it.
    pub name: &'static str,
    /// Who can ask.
    pub scope: Scope,
}

/// What a means of asking must allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Anybody, signed in or not.
    Public,
    /// Reading as a person.
    Read,
    /// Changing something as a person.
    Write,
    /// What only a site's administrators do; the service asks for the permission.
    Admin,
}

impl Scope {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// A type that stands for an action.
pub(crate) trait Named: Send + Sync + 'static {
    /// Which.
    const ACTION: Action;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal $scope:ident,)*) => {
        $($(#[$doc])* pub(crate) enum $name {}
        impl Named for $name {
            const ACTION: Action = Action { name: $word, scope: Scope::$scope };
        })*
    };
}

actions! {
    /// Signing in and out, and what everybody may read.
    Enter = "enter" Public,
    /// Looking at something.
    See = "see" Read,
    /// Making an automation.
    Create = "create" Write,
    /// Keeping a draft, publishing, renaming.
    Edit = "edit" Write,
    /// Turning on and off, letting it act, taking that back.
    Toggle = "toggle" Write,
    /// Taking, offering, accepting, moving.
    Take = "take" Write,
    /// Managers, members, private or main.
    Share = "share" Write,
    /// Running by hand.
    RunNow = "run-now" Write,
    /// Copying.
    Clone = "clone" Write,
    /// Ending for ever.
    Delete = "delete" Write,
    /// Seeing what others were told.
    Reveal = "reveal" Write,
    /// Governing the site.
    Govern = "govern" Admin,
    /// Uploading a plugin.
    Upload = "upload" Write,
    /// One's own messages, tokens and sessions.
    Own = "own" Write,
}

/// The first argument of every handler.
pub(crate) trait Gate: FromRequestParts<App> {
    /// What the handler is for.
    const ACTION: Action;
}

/// Somebody who is signed in and asks for `A`.
pub(crate) struct Guard<A> {
    /// Who.
    pub(crate) me: Me,
    /// What their request is answered from.
    pub(crate) app: App,
    action: PhantomData<A>,
}

/// Anybody who asks for `A`; signed in or not.
pub(crate) struct Open<A> {
    /// Who, if they are signed in.
    pub(crate) me: Option<Me>,
    /// What their request is answered from.
    pub(crate) app: App,
    action: PhantomData<A>,
}

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Me {
    /// As a page shows them.
    pub(crate) principal: Principal,
    /// As governance knows them.
    pub(crate) standing: Standing,
    /// What their forms carry.
    pub(crate) csrf: String,
}

impl Me {
    /// Their id.
    pub(crate) fn id(&self) -> &PrincipalId {
        &self.principal.id
    }
}

impl<A: Named> Gate for Guard<A> {
    const ACTION: Action = A::ACTION;
}

impl<A: Named> Gate for Open<A> {
    const ACTION: Action = A::ACTION;
}

impl<A: Named> FromRequestParts<App> for Guard<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let me = me(parts, app).await?.ok_or(Trouble::NotSignedIn)?;
        Ok(Self { me, app: app.clone(), action: PhantomData })
    }
}

impl<A: Named> FromRequestParts<App> for Open<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self { me: me(parts, app).await?, app: app.clone(), action: PhantomData })
    }
}

/// Who asks. What changes something must come from our own pages if a cookie says who it is (W03).
async fn me(parts: &mut Parts, app: &App) -> Result<Option<Me>, Problem> {
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    if changes && !from_here(&parts.headers, &app.options.origin) {
        return Err(Trouble::CrossSite.into());
    }
    let Some(token) = cookie(&parts.headers, cookie_name(app.is_secure())) else { return Ok(None) };
    let Some(session) = app.sessions.find(token, app.clock.now()) else { return Ok(None) };
    if changes && parts.uri.path().starts_with("/api/") {
        // A header of our own, which no form of another site can send. Forms of pages carry the token in a field.
        let sent = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        matches_token(&session, sent.unwrap_or_default())?;
    }
    parts.extensions.insert(session.clone());
    let Session { person, csrf } = session;
    let (principal, standing) = tokio::try_join!(app.directory.principal(&person), app.roles.standing(&person))
        .map_err(|error| Problem::from(mandate_service::ServiceError::from(error)))?;
    // Who was deactivated is not signed in any more.
    let (Some(principal), Some(standing)) = (principal, standing) else { return Ok(None) };
    Ok(standing.active.then_some(Me { principal, standing, csrf }))
}

/// The name of the session's cookie. With the prefix, browsers take it over TLS only, for this host alone.
pub(crate) fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-mandate" } else { "mandate" }
}

/// A cookie that the browser sent.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(key, value)| (key == name).then_some(value))
}

/// Whether our own pages sent this: by its `Origin`, or where there is none by what the browser says of the site. Who sends neither
/// is no browser that could be led here.
fn from_here(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or_default());
    match (text("origin"), text("sec-fetch-site")) {
        (Some(from), _) => from == origin,
        (None, Some(site)) => site == "same-origin" || site == "none",
        (None, None) => true,
    }
}
