//! Sessions of people who signed in: a cookie with a random token, of which only the digest is kept.

use std::{collections::HashMap, sync::Mutex};

use data_encoding::BASE64URL_NOPAD;
use mandate_model::PrincipalId;
use sha2::{Digest as _, Sha256};

/// How long a session lasts without being used: microseconds.
const IDLE: i64 = 12 * 3_600_000_000;

/// A session as a request has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Who signed in.
    pub(crate) person: PrincipalId,
    /// What forms carry, so that nobody else's page can send them.
    pub(crate) csrf: String,
}

/// The sessions that there are.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    all: Mutex<HashMap<[u8; 32], (Session, i64)>>,
}

/// The machine gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes: {0}")]
pub(crate) struct NoRandom(String);

impl Sessions {
    /// Begins a session: the token for the cookie.
    pub(crate) fn begin(&self, person: PrincipalId, now: i64) -> Result<String, NoRandom> {
        let token = random()?;
        let session = Session { person, csrf: random()? };
        self.with(|all| {
            all.retain(|_, (_, used)| *used + IDLE > now);
            all.insert(digest(&token), (session, now));
        });
        Ok(token)
    }

    /// The session of a token, if it has not ended.
    pub(crate) fn find(&self, token: &str, now: i64) -> Option<Session> {
        self.with(|all| {
            let (session, used) = all.get_mut(&digest(token)).filter(|(_, used)| *used + IDLE > now)?;
            *used = now;
            Some(session.clone())
        })
    }

    /// Ends a session.
    pub(crate) fn end(&self, token: &str) {
        self.with(|all| all.remove(&digest(token)));
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<[u8; 32], (Session, i64)>) -> T) -> T {
        // Nothing in `work` panics half-way, so what is behind a poisoned lock is whole.
        work(&mut self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// 32 random bytes as text.
pub(crate) fn random() -> Result<String, NoRandom> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| NoRandom(error.to_string()))?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The token that a request came with; empty without one.
pub(crate) struct Token(pub(crate) String);

impl axum::extract::FromRequestParts<crate::app::App> for Token {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &crate::app::App,
    ) -> Result<Self, Self::Rejection> {
        let name = crate::guard::cookie_name(app.is_secure());
        Ok(Self(crate::guard::cookie(&parts.headers, name).unwrap_or_default().to_owned()))
    }
}

impl crate::body::Piece for Token {
    fn describe(_: &mut crate::openapi::Doc) {}
}
