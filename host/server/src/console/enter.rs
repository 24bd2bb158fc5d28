//! Signing in and out. In the demo, one picks who one is.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use mandate_model::PrincipalId;
use mandate_service::ServiceError;
use maud::html;

use super::{frame::bare, names::Names};
use crate::{
    answer::{Answer, Page, SeeOther},
    app::App,
    body::Form,
    guard::{Enter, Guard, Open, Own, cookie_name},
    openapi::Doc,
    problem::{Problem, Trouble},
    session,
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/", "The first page", home);
    table.get("/enter", "Where one signs in", page);
    table.post("/enter", "Become somebody: in the demo alone", become_somebody);
    table.post("/leave", "Sign out", leave);
}

/// Go there, with another cookie.
struct Entered {
    to: &'static str,
    cookie: String,
}

impl IntoResponse for Entered {
    fn into_response(self) -> Response {
        let mut response = SeeOther(self.to.to_owned()).into_response();
        if let Ok(cookie) = HeaderValue::from_str(&self.cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
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
    Ok(SeeOther(if open.me.is_some() { "/automations" } else { "/enter" }.to_owned()))
}

async fn page(open: Open<Enter>) -> Result<Page, Problem> {
    let app = &open.app;
    if !app.options.demo {
        return Ok(Page::ok(bare("Sign in", &html! { p { "Nobody can sign in here yet." } })));
    }
    let people = app.roles.everyone().await.map_err(ServiceError::from)?;
    let names = Names::of(app, people.iter().collect()).await?;
    let content = html! {
        p { "This is a demo: pick who you want to be. You can change that at any time." }
        form method="post" action="/enter" {
            ul.people {
                @for person in &people {
                    li { button name="person" value=(person) { (names.get(person)) " " span.id { (person) } } }
                }
            }
        }
    };
    Ok(Page::ok(bare("Who are you?", &content)))
}

async fn become_somebody(open: Open<Enter>, Form(fields): Form) -> Result<Entered, Problem> {
    let app = &open.app;
    if !app.options.demo {
        return Err(Trouble::NotFound.into());
    }
    let person = PrincipalId::parse(fields.text("person")).map_err(|_| Trouble::NotFound)?;
    let found = app.directory.principal(&person).await.map_err(ServiceError::from)?;
    found.ok_or(Trouble::NotFound)?;
    let token = app.sessions.begin(person, app.clock.now()).map_err(|error| Trouble::Internal(error.to_string()))?;
    Ok(Entered { to: "/automations", cookie: cookie(app, &token) })
}

async fn leave(guard: Guard<Own>, session: session::Token, _: Form) -> Result<Entered, Problem> {
    let app = &guard.app;
    app.sessions.end(&session.0);
    Ok(Entered { to: "/enter", cookie: format!("{}; Max-Age=0", cookie(app, "")) })
}

fn cookie(app: &App, token: &str) -> String {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(app.is_secure()))
}
