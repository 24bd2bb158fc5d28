//! `/me`: who one is here, what runs and reads as one, where one is signed in, and the tokens of one's programs.

pub(super) mod automations;

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room, token as csrf},
    time::time,
};
use crate::{
    answer::{Page, SeeOther},
    api::tokens::{make_own, revoke_any},
    app::App,
    body::{At, Form},
    guard::{Guard, Me, Means, Own, See},
    problem::{Problem, Trouble},
    session::{SessionInfo, Way},
    table::Table,
    token::{Holder, MOST_DAYS, Token, TokenScope},
};

/// How many days a token counts that nobody says more of.
const DAYS: u16 = 30;

/// One session, or one token.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id.
    id: String,
}

pub(super) fn add(table: &mut Table) {
    table.get("/me", "Who one is, what is done as one, sessions and tokens", page);
    automations::add(table);
    table.post("/me/tokens", "Make a token", make);
    table.post("/me/tokens/{id}/revoke", "Revoke a token", revoke);
    table.post("/me/sessions/{id}/end", "End a session", end);
    table.post("/me/sessions/end", "End all other sessions", end_others);
}

/// What was typed to make a token.
struct Typed {
    name: String,
    scopes: BTreeSet<TokenScope>,
    days: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self { name: String::new(), scopes: [TokenScope::Read].into(), days: DAYS.to_string() }
    }
}

/// What came of the form for a token.
enum Making {
    Fresh,
    Made(String),
    Wrong { field: String, detail: String, typed: Typed },
}

async fn page(guard: Guard<See>) -> Result<Page, Problem> {
    Ok(Page::ok(shown(&guard.app, &guard.me, &guard.means, &Making::Fresh).await?))
}

async fn make(guard: Guard<Own>, Form(fields): Form) -> Result<Page, Problem> {
    let Guard { me, means, app, .. } = guard;
    let typed = Typed {
        name: fields.text("name").to_owned(),
        scopes: fields.all("scope").filter_map(TokenScope::parse).collect(),
        days: if fields.has("days") { fields.text("days").to_owned() } else { DAYS.to_string() },
    };
    let days = typed.days.trim().parse().unwrap_or_default();
    match make_own(&app, &me, &means, (&typed.name, typed.scopes.clone(), days)).await {
        Ok((_, secret, _)) => Ok(Page::ok(shown(&app, &me, &means, &Making::Made(secret)).await?)),
        Err(Problem(trouble)) => match *trouble {
            Trouble::Field { field, detail } => {
                let wrong = Making::Wrong { field, detail, typed };
                Ok(Page::again(shown(&app, &me, &means, &wrong).await?))
            }
            other => Err(other.into()),
        },
    }
}

async fn revoke(guard: Guard<Own>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    let Guard { me, app, .. } = guard;
    let revoked = revoke_any(&app, &me, Some(me.id()), &which.id).await?;
    if revoked { Ok(back()) } else { Err(Trouble::NotFound.into()) }
}

async fn end(guard: Guard<Own>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    let Guard { me, app, .. } = guard;
    let ended = app.store.end_session(&app.options.site, me.id(), &which.id).await?;
    if ended { Ok(back()) } else { Err(Trouble::NotFound.into()) }
}

async fn end_others(guard: Guard<Own>, _: Form) -> Result<SeeOther, Problem> {
    let Guard { me, means, app, .. } = guard;
    let this = if let Means::Session(id) = &means { Some(&**id) } else { None };
    app.store.end_sessions(&app.options.site, me.id(), this).await?;
    Ok(back())
}

fn back() -> SeeOther {
    SeeOther("/me".to_owned())
}

async fn shown(app: &App, me: &Me, means: &Means, form: &Making) -> Result<Markup, Problem> {
    let (site, now) = (&app.options.site, app.clock.now());
    let sessions = app.store.sessions(site, me.id(), now).await?;
    let tokens = app.store.tokens(site, Some(me.id()), now).await?;
    let content = html! {
        (who(me))
        (automations::lists(app, me).await?)
        section aria-labelledby="sessions" {
            h2 #sessions { "Where you are signed in" }
            (session_rows(me, means, &sessions))
        }
        section aria-labelledby="tokens" {
            h2 #tokens { "Tokens of your programs" }
            p.prose { "A program that sends one asks as you: it may do what you may, and no more than the token is for." }
            @if let Making::Made(secret) = form {
                div.note role="status" {
                    p { strong { "Your new token" } ": copy it now. It is not shown again." }
                    p { code { (secret) } }
                }
            }
            (token_rows(me, &tokens))
            (make_form(me, form))
        }
    };
    Ok(Frame { me, room: Room::Elsewhere, above: &[], title: "You" }.page(&content))
}

fn who(me: &Me) -> Markup {
    html! {
        dl.facts {
            dt { "Name" } dd { (me.principal.name) }
            dt { "Id" } dd.id { (me.id()) }
            dt { "Site" } dd { (me.standing.site) @if me.standing.is_site_admin() { ", which you administer" } }
            dt { "Teams" } dd {
                @if me.standing.teams.is_empty() { "none" }
                @for (nth, team) in me.standing.teams.iter().enumerate() { @if nth > 0 { ", " } (team.name()) }
            }
            dt { "Language" } dd { (me.principal.locale) }
            dt { "Time zone" } dd { (me.principal.time_zone) }
        }
    }
}

fn session_rows(me: &Me, means: &Means, sessions: &[SessionInfo]) -> Markup {
    let zone = &me.principal.time_zone;
    html! {
        table.cards {
            thead { tr { th scope="col" { "Began" } th scope="col" { "Last used" } th scope="col" { "How" } th scope="col" { "End" } } }
            tbody {
                @for session in sessions {
                    @let this = *means == Means::Session(session.id.clone());
                    tr {
                        th scope="row" { (time(session.began, zone)) }
                        td data-label="Last used" { (time(session.used, zone)) }
                        td data-label="How" { (way(session.way)) }
                        td {
                            @if this { "This is the one that you use now." } @else {
                                form method="post" action={ "/me/sessions/" (session.id) "/end" } { (csrf(me)) button { "End" } }
                            }
                        }
                    }
                }
            }
        }
        @if sessions.len() > 1 {
            form.acts method="post" action="/me/sessions/end" { (csrf(me)) button { "End all others" } }
        }
    }
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Demo => "Picked in the demo",
        Way::Provider => "At the identity provider",
    }
}

fn token_rows(me: &Me, tokens: &[Token]) -> Markup {
    let zone = &me.principal.time_zone;
    html! {
        @if tokens.is_empty() { p.empty { "You have none." } } @else {
            table.cards {
                thead { tr { th scope="col" { "Name" } th scope="col" { "For" } th scope="col" { "Expires" } th scope="col" { "Last used" } th scope="col" { "Revoke" } } }
                tbody {
                    @for token in tokens {
                        tr {
                            th scope="row" { (token.name) }
                            td data-label="For" { (scopes(&token.holder)) }
                            td data-label="Expires" { (time(token.expires, zone)) }
                            td data-label="Last used" { @match token.used { Some(at) => (time(at, zone)), None => "never" } }
                            td { form method="post" action={ "/me/tokens/" (token.id) "/revoke" } { (csrf(me)) button.danger { "Revoke" } } }
                        }
                    }
                }
            }
        }
    }
}

fn scopes(holder: &Holder) -> String {
    match holder {
        Holder::Person(_, scopes) => scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", "),
        Holder::Source(source) => format!("events of {source}"),
    }
}

fn make_form(me: &Me, form: &Making) -> Markup {
    let fresh = Typed::default();
    let (typed, wrong) = match form {
        Making::Wrong { field, detail, typed } => (typed, Some((&**field, detail))),
        Making::Fresh | Making::Made(_) => (&fresh, None),
    };
    let told =
        |field: &str| html! { @if let Some((at, detail)) = wrong && at == field { p.wrong role="alert" { (detail) } } };
    html! {
        form method="post" action="/me/tokens" {
            (csrf(me))
            div.field {
                label for="name" { "Name" }
                input #name type="text" name="name" value=(typed.name) required maxlength="100" autocomplete="off";
                (told("name"))
            }
            fieldset.field {
                legend { "For" }
                @for (scope, words) in [(TokenScope::Read, "reading"), (TokenScope::Write, "changing things"), (TokenScope::Admin, "administering the site")] {
                    label {
                        input type="checkbox" name="scope" value=(scope.as_str()) checked[typed.scopes.contains(&scope)];
                        " " (words)
                    }
                }
                (told("scopes"))
            }
            div.field {
                label for="days" { "Days that it counts" }
                input #days type="number" name="days" value=(typed.days) min="1" max=(MOST_DAYS) required;
                (told("days"))
            }
            button.primary { "Make a token" }
        }
    }
}
