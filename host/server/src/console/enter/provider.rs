//! Signing in at the identity provider: out, and back.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use mandate_model::{PrincipalId, principal::PrincipalKind};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Entered, Wanted, begin, cookie as written, own};
use crate::{
    app::{App, SignIn},
    body::{Asked, Piece},
    guard::{self, Enter, Open, cookie, from_here},
    oidc::{Back, Oidc, SignInError},
    openapi::Doc,
    problem::{Problem, Trouble},
    session::{Cookie, Way},
    table::Table,
};

/// How long the cookie of a sign-in lasts: as long as the sign-in may take.
const SECONDS: i64 = crate::store::sign_ins::TIME / 1_000_000;
/// The cookie of a sign-in under way.
const COOKIE: [&str; 2] = ["mandate-entering", "__Host-mandate-entering"];

/// What the provider sends back.
#[derive(Debug, Deserialize, IntoParams)]
struct Sent {
    /// What is swapped for the ID token.
    #[serde(default)]
    code: String,
    /// Which sign-in it belongs to.
    #[serde(default)]
    state: String,
    /// Who sends it.
    iss: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// What a browser brings along.
struct Entering {
    /// The secret of the sign-in that it began; empty without one.
    secret: String,
    /// The session that it has.
    before: Cookie,
    /// Whether a page of ours led here.
    from_here: bool,
}

impl FromRequestParts<App> for Entering {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let headers: &HeaderMap = &parts.headers;
        let secret = cookie(headers, cookie_name(app)).unwrap_or_default().to_owned();
        let before = cookie(headers, guard::cookie_name(app.is_secure())).unwrap_or_default().to_owned();
        Ok(Self { secret, before: Cookie(before), from_here: from_here(headers, &app.options.origin) })
    }
}

impl Piece for Entering {
    fn describe(_: &mut Doc) {}
}

pub(super) fn add(table: &mut Table) {
    table.get("/enter/provider", "Go to the identity provider", go);
    table.get("/enter/back", "Come back from the identity provider", back);
}

/// What leads to the provider: a link, because browsers let no form of ours be led to another site.
pub(super) fn button(name: &str, to: &str) -> Markup {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("to", to).finish();
    html! {
        p { a.button.primary href={ "/enter/provider?" (query) } { "Sign in with " (name) } }
    }
}

/// What the provider is called, and where one signs out there.
pub(super) async fn leaving<'o>(app: &App, oidc: &'o Oidc) -> Option<(&'o str, String)> {
    let at = oidc.leaving(&format!("{}/enter", app.options.origin), app.clock.now()).await?;
    Some((oidc.name(), at))
}

async fn go(open: Open<Enter>, entering: Entering, Asked(wanted): Asked<Wanted>) -> Result<Entered, Problem> {
    let app = &open.app;
    let oidc = provider(app)?;
    // It only leads away, but nobody else's page begins what ends in a session here.
    if !entering.from_here {
        return Err(Trouble::CrossSite.into());
    }
    let secret = app.store.begin_sign_in(own(wanted.to.as_deref()), app.clock.now()).await?;
    let to = oidc.address(&secret, &back_at(app), app.clock.now()).await?;
    let cookie = format!("{}; Max-Age={SECONDS}", written(app, cookie_name(app), &secret));
    Ok(Entered { to, cookies: vec![cookie] })
}

async fn back(open: Open<Enter>, entering: Entering, Asked(sent): Asked<Sent>) -> Result<Entered, Problem> {
    let (app, now) = (&open.app, open.app.clock.now());
    let oidc = provider(app)?;
    let goes_to = app.store.take_sign_in(&entering.secret, now).await?.ok_or(SignInError::Stale)?;
    let Sent { code, state, iss, error } = &sent;
    let said = Back { code, state, issuer: iss.as_deref(), error: error.as_deref() };
    let name = oidc.finish(&entering.secret, &said, &back_at(app), now).await?;
    let nobody = || SignInError::Nobody(shown(&name));
    let person = PrincipalId::new(PrincipalKind::User, &name).map_err(|_| nobody())?;
    let session = begin(app, person, Way::Provider, &entering.before).await?.ok_or_else(nobody)?;
    let ended = format!("{}; Max-Age=0", written(app, cookie_name(app), ""));
    Ok(Entered { to: goes_to, cookies: vec![session, ended] })
}

/// A name that the provider sent, as a line.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric() || "._@+- ".contains(*letter)).take(128).collect()
}

fn provider(app: &App) -> Result<&Oidc, Problem> {
    match &app.options.sign_in {
        SignIn::Provider(oidc) => Ok(oidc),
        SignIn::Demo | SignIn::Nobody => Err(Trouble::NotFound.into()),
    }
}

fn back_at(app: &App) -> String {
    format!("{}/enter/back", app.options.origin)
}

fn cookie_name(app: &App) -> &'static str {
    let [plain, secure] = COOKIE;
    if app.is_secure() { secure } else { plain }
}
