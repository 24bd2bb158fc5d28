//! Sessions of people who signed in, as requests have them.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use mandate_model::PrincipalId;

use crate::{
    app::App,
    body::Piece,
    guard::{cookie, cookie_name},
    openapi::Doc,
    secret::derived,
};

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By picking who they are.
    Demo,
    /// At the identity provider.
    Provider,
}

impl Way {
    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Provider => "provider",
        }
    }

    /// The way of a word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Demo, Self::Provider].into_iter().find(|way| way.as_str() == word)
    }
}

/// The session of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Its id, which is no secret.
    pub(crate) id: String,
    /// Who signed in.
    pub(crate) person: PrincipalId,
    /// What forms carry, so that nobody else's page can send them. It comes from the cookie, and changes with it.
    pub(crate) csrf: String,
}

impl Session {
    /// The session of this secret.
    pub(crate) fn new(id: String, person: PrincipalId, secret: &str) -> Self {
        Self { id, person, csrf: derived("csrf", secret) }
    }
}

/// A session as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionInfo {
    /// Its id.
    pub(crate) id: String,
    /// How they signed in.
    pub(crate) way: Way,
    /// When.
    pub(crate) began: i64,
    /// When it was last used, to the minute.
    pub(crate) used: i64,
}

/// The secret in the cookie of a request; empty without one.
pub(crate) struct Cookie(pub(crate) String);

impl FromRequestParts<App> for Cookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(cookie(&parts.headers, cookie_name(app.is_secure())).unwrap_or_default().to_owned()))
    }
}

impl Piece for Cookie {
    fn describe(_: &mut Doc) {}
}
