//! Signing in and out: at an identity provider, or in the demo by picking who one is. Each sign-in and each change of person begins
//! a new session and ends the one before (W04).

mod provider;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use mandate_model::PrincipalId;
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::frame::bare;
use crate::{
    answer::{Answer, Page, SeeOther},
    app::{App, SignIn},
    body::{Asked, Form},
    guard::{Enter, Guard, Means, Open, Own, cookie_name},
    openapi::Doc,
    problem::{Problem, Trouble},
    session::{Cookie, Way},
    switch::people,
    table::Table,
};

/// Where one is led to who was led nowhere.
const FIRST: &str = "/automations";
/// Longest address that one is led back to.
const LONGEST: usize = 1024;

pub(super) fn add(table: &mut Table) {
    table.get("/", "The first page", home);
    table.get("/enter", "Where one signs in", page);
    table.post("/enter", "Become somebody: in the demo alone", become_somebody);
    table.post("/leave", "Sign out", leave);
    table.get("/left", "Where one is signed out", left);
    provider::add(table);
}

/// Where one wants to go.
#[derive(Debug, Deserialize, IntoParams)]
struct Wanted {
    /// A path of this server.
    to: Option<String>,
}

/// Go there, with other cookies.
struct Entered {
    to: String,
    cookies: Vec<String>,
}

impl IntoResponse for Entered {
    fn into_response(self) -> Response {
        let mut response = SeeOther(self.to).into_response();
        for cookie in self.cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl Answer for Entered {
    fn describe(doc: &mut Doc) {
        doc.is_page();
    }
}

async fn home(open: Open<Enter>) -> Result<SeeOther, Problem> {
    Ok(SeeOther(if open.me.is_some() { FIRST } else { "/enter" }.to_owned()))
}

async fn page(open: Open<Enter>, Asked(wanted): Asked<Wanted>) -> Result<Page, Problem> {
    let (app, to) = (&open.app, own(wanted.to.as_deref()));
    let (title, content) = match &app.options.sign_in {
        SignIn::Nobody => ("Sign in", nobody()),
        SignIn::Demo => ("Who are you?", pick(app, to).await?),
        SignIn::Provider(oidc) => ("Sign in", provider::button(oidc.name(), to)),
    };
    Ok(Page::ok(bare(title, &content)))
}

fn nobody() -> Markup {
    html! {
        p { "Nobody can sign in here yet: the operator of this server has not said where." }
        p.quiet { "Operators: see " code { "[server.oidc]" } " of " code { "host.toml" } " in docs/server.md." }
    }
}

async fn pick(app: &App, to: &str) -> Result<Markup, Problem> {
    let people = people(app).await?;
    Ok(html! {
        p { "This is a demo: pick who you want to be. You can change that at any time." }
        form method="post" action="/enter" {
            input type="hidden" name="to" value=(to);
            ul.people {
                @for (person, name) in &people {
                    li { button name="person" value=(person) { (name) " " span.id { (person) } } }
                }
            }
        }
    })
}

async fn become_somebody(open: Open<Enter>, before: Cookie, Form(fields): Form) -> Result<Entered, Problem> {
    let app = &open.app;
    if !app.is_demo() {
        return Err(Trouble::NotFound.into());
    }
    let person = PrincipalId::parse(fields.text("person")).map_err(|_| Trouble::NotFound)?;
    let cookie = begin(app, person, Way::Demo, &before).await?.ok_or(Trouble::NotFound)?;
    Ok(Entered { to: own(Some(fields.text("to"))).to_owned(), cookies: vec![cookie] })
}

/// Begins a session of somebody who is here and active: its cookie. The one before ends, whoever's it was.
async fn begin(app: &App, person: PrincipalId, way: Way, before: &Cookie) -> Result<Option<String>, Problem> {
    let standing = app.roles.standing(&person).await.map_err(mandate_service::ServiceError::from)?;
    let site = &app.options.site;
    if !standing.is_some_and(|standing| standing.active && standing.site == *site) {
        return Ok(None);
    }
    let secret = app.store.begin_session(site, &person, way, &before.0, app.clock.now()).await?;
    Ok(Some(session_cookie(app, &secret)))
}

async fn leave(guard: Guard<Own>, _: Form) -> Result<Entered, Problem> {
    let Guard { me, means, app, .. } = guard;
    if let Means::Session(id) = means {
        app.store.end_session(&app.options.site, me.id(), &id).await?;
    }
    Ok(Entered { to: "/left".to_owned(), cookies: vec![format!("{}; Max-Age=0", session_cookie(&app, ""))] })
}

async fn left(open: Open<Enter>) -> Result<Page, Problem> {
    let app = &open.app;
    let there = match &app.options.sign_in {
        SignIn::Provider(oidc) => provider::leaving(app, oidc).await,
        SignIn::Demo | SignIn::Nobody => None,
    };
    let content = html! {
        p { "Nobody who uses this browser after you can go on as you here." }
        p { a.button href="/enter" { "Sign in again" } }
        @if let Some((name, at)) = there {
            p { "You may still be signed in at " (name) ". " a href=(at) { "Sign out there, too" } }
        }
    };
    Ok(Page::ok(bare("You are signed out", &content)))
}

fn session_cookie(app: &App, secret: &str) -> String {
    cookie(app, cookie_name(app.is_secure()), secret)
}

/// A cookie for this host alone, which no script reads and no page of another site sends along with a form.
fn cookie(app: &App, name: &str, value: &str) -> String {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

/// A path of this server to lead somebody to: whatever else is asked for is not gone to. Browsers take `//host` and `/\host` for
/// addresses of other servers.
pub(crate) fn own(wanted: Option<&str>) -> &str {
    let fine = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.len() <= LONGEST
            && path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>".contains(&byte))
            && !["/enter", "/leave", "/left", "/api/"].iter().any(|other| path.starts_with(other))
    };
    wanted.filter(fine).unwrap_or(FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_to_own_pages_alone() {
        for fine in ["/automations", "/automations/aut_7?cursor=x&y=%2F", "/me", "/"] {
            assert_eq!(own(Some(fine)), fine);
        }
        let long = format!("/{}", "x".repeat(LONGEST));
        for wrong in [
            "",
            "automations",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/a\r\nset-cookie: x",
            "/a b",
            "/é",
            "/enter",
            "/leave",
            "/left",
            "/enter/back?code=x",
            "/api/v1/me",
            &long,
        ] {
            assert_eq!(own(Some(wrong)), FIRST, "{wrong}");
        }
        assert_eq!(own(None), FIRST);
    }
}
