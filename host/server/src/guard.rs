//! Who asks, and for what. Each handler names its action in its signature: `Guard<See>` is given only to who is signed in, and a
//! handler without a gate as its first argument is no route ([`crate::table`]).
//!
//! A gate decides who asks and whether their means (cookie or token) may be used for this; what the person may do is decided by the
//! service, in the transaction of the change.

use std::{collections::BTreeSet, convert::Infallible, marker::PhantomData};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use mandate_model::{AutomationId, Principal, PrincipalId};
use mandate_service::Standing;

use crate::{
    app::App,
    body::matches_token,
    pane,
    problem::{Problem, Trouble},
    session::Session,
    switch::Switch,
    token::{Holder, PREFIX, Token, TokenScope},
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
    /// Sending events of one source. It belongs to a site and to no person.
    Intake,
    /// What is signed with the secret of a hook. No session and no token is looked at.
    Signed,
}

impl Scope {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
            Self::Intake => "intake",
            Self::Signed => "signed",
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
    /// Trying what would come of it: nothing is done, and nothing is kept.
    Try = "try" Read,
    /// Having what failed for good tried again.
    Retry = "retry" Write,
    /// Governing the site.
    Govern = "govern" Admin,
    /// Uploading a plugin.
    Upload = "upload" Write,
    /// One's own messages, tokens and sessions.
    Own = "own" Write,
    /// Looking after the sessions and tokens of a whole site.
    Operate = "operate" Admin,
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
    /// By what they ask.
    pub(crate) means: Means,
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

/// A source of events, which asks with a service token and does nothing but send what happened. The site is that of the token, and
/// so is the source: what an event says of either must be the same.
pub(crate) struct Intake {
    /// Whose events it sends, as they name their source.
    pub(crate) source: String,
    /// Until when its token counts.
    pub(crate) expires: i64,
    /// What its request is answered from.
    pub(crate) app: App,
}

/// Who signs what they send: the body is read first, and then it is known for which hook ([`crate::hook::admitted`]).
pub(crate) struct Signed {
    /// What their request is answered from.
    pub(crate) app: App,
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
    /// Whom they may become: on pages of the demo.
    pub(crate) switch: Option<Switch>,
    /// How many messages of theirs are unread, for their pages.
    pub(crate) unread: u32,
    /// The main automations that their pages list: id and name.
    pub(crate) main: Vec<(AutomationId, String)>,
}

impl Me {
    /// Their id.
    pub(crate) fn id(&self) -> &PrincipalId {
        &self.principal.id
    }
}

/// By what somebody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Means {
    /// A session, of this id: all that the person may.
    Session(String),
    /// A token of theirs, for these scopes and until then.
    Token {
        /// Its id.
        id: String,
        /// What it is for.
        scopes: BTreeSet<TokenScope>,
        /// Until when it counts.
        expires: i64,
    },
}

impl Means {
    /// Whether they may be used for this.
    fn allow(&self, scope: Scope) -> bool {
        match (self, scope) {
            (_, Scope::Intake | Scope::Signed) => false,
            (_, Scope::Public) | (Self::Session(_), _) => true,
            (Self::Token { scopes, .. }, scope) => scopes.iter().any(|one| one.scope() == scope),
        }
    }
}

/// Who or what asks.
enum Asker {
    Person(Box<Me>, Means),
    Source { source: String, expires: i64 },
}

impl<A: Named> Gate for Guard<A> {
    const ACTION: Action = A::ACTION;
}

impl<A: Named> Gate for Open<A> {
    const ACTION: Action = A::ACTION;
}

impl Gate for Intake {
    const ACTION: Action = Action { name: "send", scope: Scope::Intake };
}

impl Gate for Signed {
    const ACTION: Action = Action { name: "receive", scope: Scope::Signed };
}

impl FromRequestParts<App> for Signed {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self { app: app.clone() })
    }
}

impl<A: Named> FromRequestParts<App> for Guard<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let scope = A::ACTION.scope;
        match asker(parts, app).await?.ok_or(Trouble::NotSignedIn)? {
            Asker::Person(me, means) if means.allow(scope) => {
                Ok(Self { me: *me, means, app: app.clone(), action: PhantomData })
            }
            Asker::Person(..) | Asker::Source { .. } => Err(Trouble::Scope(scope).into()),
        }
    }
}

impl<A: Named> FromRequestParts<App> for Open<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let me = match asker(parts, app).await? {
            Some(Asker::Person(me, _)) => Some(*me),
            Some(Asker::Source { .. }) | None => None,
        };
        Ok(Self { me, app: app.clone(), action: PhantomData })
    }
}

impl FromRequestParts<App> for Intake {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match asker(parts, app).await?.ok_or(Trouble::NotSignedIn)? {
            Asker::Source { source, expires } => Ok(Self { source, expires, app: app.clone() }),
            Asker::Person(..) => Err(Trouble::Scope(Scope::Intake).into()),
        }
    }
}

/// The person who asks for what is of this scope, and by what; `None`: nobody, or not with what they sent.
pub(crate) async fn person(parts: &mut Parts, app: &App, scope: Scope) -> Result<Option<(Me, Means)>, Problem> {
    match asker(parts, app).await? {
        Some(Asker::Person(me, means)) if means.allow(scope) => Ok(Some((*me, means))),
        _ => Ok(None),
    }
}

/// Who asks: by a token of ours if one was sent, else by the cookie. Never by both: then it could not be said who asks.
async fn asker(parts: &mut Parts, app: &App) -> Result<Option<Asker>, Problem> {
    let Some(token) = bearer(&parts.headers) else { return by_session(parts, app).await };
    if cookie(&parts.headers, cookie_name(app.is_secure())).is_some() {
        return Err(Trouble::TwoMeans.into());
    }
    // Pages are for people: their forms want a session.
    if !parts.uri.path().starts_with("/api/") {
        return Ok(None);
    }
    let Some(Token { id, holder, expires, .. }) = app.store.token(&app.options.site, token, app.clock.now()).await?
    else {
        return Ok(None);
    };
    match holder {
        Holder::Source(source) => Ok(Some(Asker::Source { source, expires })),
        Holder::Person(person, scopes) => {
            let me = live(app, &person, String::new()).await?;
            Ok(me.map(|me| Asker::Person(Box::new(me), Means::Token { id, scopes, expires })))
        }
    }
}

/// Who asks with a cookie. What changes something must come from our own pages then (W03).
async fn by_session(parts: &mut Parts, app: &App) -> Result<Option<Asker>, Problem> {
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    if changes && !from_here(&parts.headers, &app.options.origin) {
        return Err(Trouble::CrossSite.into());
    }
    let Some(secret) = cookie(&parts.headers, cookie_name(app.is_secure())) else { return Ok(None) };
    let site = &app.options.site;
    let Some(session) = app.store.session(site, secret, app.clock.now()).await? else { return Ok(None) };
    if changes && parts.uri.path().starts_with("/api/") {
        // A header of our own, which no form of another site can send. Forms of pages carry the token in a field.
        let sent = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        matches_token(&session, sent.unwrap_or_default())?;
    }
    parts.extensions.insert(session.clone());
    let Session { id, person, csrf } = session;
    let Some(mut me) = live(app, &person, csrf).await? else {
        // Who may act again later signs in again.
        app.store.end_sessions(site, &person, None).await?;
        return Ok(None);
    };
    me.switch = Switch::of(app, parts).await?;
    if pane::is_page(parts) {
        me.unread = app.service.unread(me.id()).await?;
        me.main = pane::main(app, me.id()).await?;
    }
    Ok(Some(Asker::Person(Box::new(me), Means::Session(id))))
}

/// A person as they are now; `None`: unknown, deactivated or of another site. Asked at each request: no session and no token keeps
/// what its person lost.
async fn live(app: &App, person: &PrincipalId, csrf: String) -> Result<Option<Me>, Problem> {
    let (principal, standing) = tokio::try_join!(app.directory.principal(person), app.roles.standing(person))
        .map_err(|error| Problem::from(mandate_service::ServiceError::from(error)))?;
    let (Some(principal), Some(standing)) = (principal, standing) else { return Ok(None) };
    let here = standing.active && standing.site == app.options.site;
    Ok(here.then_some(Me { principal, standing, csrf, switch: None, unread: 0, main: vec![] }))
}

/// The token of ours that was sent. Another one is for somebody else, such as a proxy, and says nothing here.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::AUTHORIZATION).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.filter_map(|value| value.trim().split_once(' '));
    let found = pairs.find(|(scheme, sent)| scheme.eq_ignore_ascii_case("bearer") && sent.trim().starts_with(PREFIX));
    found.map(|(_, sent)| sent.trim())
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
pub(crate) fn from_here(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or_default());
    match (text("origin"), text("sec-fetch-site")) {
        (Some(from), _) => from == origin,
        (None, Some(site)) => site == "same-origin" || site == "none",
        (None, None) => true,
    }
}
