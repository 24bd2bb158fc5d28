//! `/sources`: for administrators, which systems say what happened: by a token, or signed. Each secret is shown once.

use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room, token as csrf},
    time::time,
};
use crate::{
    answer::{Page, SeeOther},
    api::{
        hooks::{self, MakingHook},
        tokens::{admin, make_service_token, revoke_any},
    },
    app::App,
    body::{At, Fields, Form},
    guard::{Guard, Me, Operate},
    hook::{Hook, MOST_HOURS, Takes},
    problem::{Problem, Trouble},
    table::Table,
    token::{Holder, MOST_DAYS, Token},
};

/// How many days a token counts that nobody says more of.
const DAYS: u16 = 365;
/// How many hours the secret before counts where nobody says more.
const HOURS: u16 = 24;

/// One token, or one hook.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id.
    id: String,
}

pub(super) fn add(table: &mut Table) {
    table.get("/sources", "Which systems say what happened: as an administrator", page);
    table.post("/sources/tokens", "Make a token for a source: as an administrator", make_token);
    table.post("/sources/tokens/{id}/revoke", "Revoke the token of a source: as an administrator", revoke);
    table.post("/sources/hooks", "Make a hook: as an administrator", make_hook);
    table.post("/sources/hooks/{id}/roll", "Give a hook another secret: as an administrator", roll);
    table.post("/sources/hooks/{id}/remove", "Remove a hook: as an administrator", remove);
}

/// What came of a form.
enum Outcome {
    Fresh,
    /// A secret, which is shown this once: what it is, where it is for, itself.
    Made {
        what: &'static str,
        address: Option<String>,
        secret: String,
    },
    /// The form of this name is shown again.
    Wrong {
        form: &'static str,
        field: String,
        detail: String,
        typed: Fields,
    },
}

impl Outcome {
    /// What is wrong with a field of a form.
    fn told(&self, form: &str, field: &str) -> Markup {
        match self {
            Self::Wrong { form: wrong, field: at, detail, .. } if *wrong == form && at == field => {
                html! { p.wrong role="alert" { (detail) } }
            }
            _ => html! {},
        }
    }

    /// What was typed into a field.
    fn typed(&self, form: &str, field: &str) -> &str {
        match self {
            Self::Wrong { form: wrong, typed, .. } if *wrong == form => typed.text(field),
            _ => "",
        }
    }
}

async fn page(guard: Guard<Operate>) -> Result<Page, Problem> {
    Ok(Page::ok(shown(&guard.app, &guard.me, &Outcome::Fresh).await?))
}

async fn make_token(guard: Guard<Operate>, Form(fields): Form) -> Result<Page, Problem> {
    let Guard { me, app, .. } = guard;
    let days = fields.text("days").trim().parse().unwrap_or_default();
    let made = make_service_token(&app, &me, fields.text("name"), fields.text("source"), days).await;
    let made = made.map(|(_, secret, _)| ("The new token", None, secret));
    answered(&app, &me, ("token", fields), made).await
}

async fn make_hook(guard: Guard<Operate>, Form(fields): Form) -> Result<Page, Problem> {
    let Guard { me, app, .. } = guard;
    let text = |name: &str| fields.text(name).trim().to_owned();
    let given = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    let making =
        MakingHook { name: text("name"), source: text("source"), event_type: given("type"), subject: given("subject") };
    let made = hooks::make(&app, &me, &making).await;
    let made = made.map(|(id, secret)| ("The secret of the new hook", Some(address(&app, &id)), secret));
    answered(&app, &me, ("hook", fields), made).await
}

async fn roll(guard: Guard<Operate>, At(which): At<Which>, Form(fields): Form) -> Result<Page, Problem> {
    let Guard { me, app, .. } = guard;
    let hours = fields.text("hours").trim().parse().unwrap_or(u16::MAX);
    let rolled = hooks::roll_one(&app, &me, &which.id, hours).await;
    let rolled = rolled.map(|(secret, _)| ("The hook's new secret", Some(address(&app, &which.id)), secret));
    answered(&app, &me, ("roll", fields), rolled).await
}

/// The page with the secret, or with what is wrong beside its field.
async fn answered(
    app: &App,
    me: &Me,
    (form, typed): (&'static str, Fields),
    made: Result<(&'static str, Option<String>, String), Problem>,
) -> Result<Page, Problem> {
    match made {
        Ok((what, address, secret)) => Ok(Page::ok(shown(app, me, &Outcome::Made { what, address, secret }).await?)),
        Err(Problem(trouble)) => match *trouble {
            Trouble::Field { field, detail } => {
                Ok(Page::again(shown(app, me, &Outcome::Wrong { form, field, detail, typed }).await?))
            }
            other => Err(other.into()),
        },
    }
}

async fn revoke(guard: Guard<Operate>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    let Guard { me, app, .. } = guard;
    admin(&me)?;
    gone(revoke_any(&app, &me, None, &which.id).await?)
}

async fn remove(guard: Guard<Operate>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    let Guard { me, app, .. } = guard;
    admin(&me)?;
    gone(app.store.remove_hook(&app.options.site, &which.id).await?)
}

fn gone(was: bool) -> Result<SeeOther, Problem> {
    if was { Ok(SeeOther("/sources".to_owned())) } else { Err(Trouble::NotFound.into()) }
}

fn address(app: &App, hook: &str) -> String {
    format!("{}/api/v1/hooks/{hook}", app.options.origin)
}

async fn shown(app: &App, me: &Me, outcome: &Outcome) -> Result<Markup, Problem> {
    admin(me)?;
    let (site, now) = (&app.options.site, app.clock.now());
    let tokens = app.store.tokens(site, None, now).await?;
    let hooks = app.store.hooks(site, now).await?;
    let content = html! {
        p.prose { "A source is a system that says what happened: its events make automations run. It may do nothing else." }
        (secret(outcome))
        section aria-labelledby="tokens" {
            h2 #tokens { "Tokens" }
            p.prose { "A program sends events with a token, to " code { (app.options.origin) "/api/v1/events" } ", and names this source in each." }
            (token_rows(me, &tokens))
            h3 { "Another token" }
            (token_form(me, outcome))
        }
        section aria-labelledby="hooks" {
            h2 #hooks { "Hooks" }
            p.prose { "A system that cannot hold a token signs what it sends to an address of its own, as Standard Webhooks has it." }
            (outcome.told("roll", "hours"))
            (hook_cards(app, me, &hooks))
            h3 { "Another hook" }
            (hook_form(me, outcome))
        }
    };
    Ok(Frame { me, room: Room::Sources, above: &[], title: "Sources" }.page(&content))
}

fn secret(outcome: &Outcome) -> Markup {
    let Outcome::Made { what, address, secret } = outcome else { return html! {} };
    html! {
        div.note role="status" {
            p { strong { (what) } ": copy it now. It is not shown again." }
            p { code { (secret) } }
            @if let Some(address) = address { p { "For what is sent to " code { (address) } "." } }
        }
    }
}

fn used(at: Option<i64>, zone: &str) -> Markup {
    html! { @match at { Some(at) => (time(at, zone)), None => "never" } }
}

fn token_rows(me: &Me, tokens: &[Token]) -> Markup {
    let zone = &me.principal.time_zone;
    html! {
        @if tokens.is_empty() { p.empty { "There is none." } } @else {
            table.cards {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Source" } th scope="col" { "Expires" } th scope="col" { "Last used" } th scope="col" { "Revoke" } } }
                tbody {
                    @for token in tokens {
                        tr {
                            th scope="row" { (token.name) }
                            td data-label="Source" { @if let Holder::Source(source) = &token.holder { (source) } }
                            td data-label="Expires" { (time(token.expires, zone)) }
                            td data-label="Last used" { (used(token.used, zone)) }
                            td { form method="post" action={ "/sources/tokens/" (token.id) "/revoke" } { (csrf(me)) button.danger { "Revoke" } } }
                        }
                    }
                }
            }
        }
    }
}

fn hook_cards(app: &App, me: &Me, hooks: &[Hook]) -> Markup {
    html! {
        @if hooks.is_empty() { p.empty { "There is none." } } @else {
            ul.grid { @for hook in hooks { (hook_card(app, me, hook)) } }
        }
    }
}

fn hook_card(app: &App, me: &Me, hook: &Hook) -> Markup {
    let zone = &me.principal.time_zone;
    html! {
        li.card {
            h3 { (hook.name) }
            dl.facts {
                dt { "Address" } dd.id { (address(app, &hook.id)) }
                dt { "Source" } dd { (hook.source) }
                dt { "Takes" } dd {
                    @match &hook.takes {
                        Takes::CloudEvents => "CloudEvents",
                        Takes::Own { event_type, subject } => { (event_type) @if let Some(subject) = subject { ", about " (subject) } }
                    }
                }
                dt { "Last used" } dd { (used(hook.used, zone)) }
                @if let Some(until) = hook.old_until { dt { "Secret before" } dd { "counts until " (time(until, zone)) } }
            }
            form.acts method="post" action={ "/sources/hooks/" (hook.id) "/roll" } {
                (csrf(me))
                label {
                    "Hours that this secret counts beside another "
                    input type="number" name="hours" value=(HOURS) min="0" max=(MOST_HOURS) required;
                }
                button { "Roll" }
            }
            form.acts method="post" action={ "/sources/hooks/" (hook.id) "/remove" } { (csrf(me)) button.danger { "Remove" } }
        }
    }
}

/// A field of text.
fn text(outcome: &Outcome, form: &'static str, name: &str, label: &str, hint: &str, required: bool) -> Markup {
    let id = format!("{form}-{name}");
    html! {
        div.field {
            label for=(id) { (label) }
            @if !hint.is_empty() { p.quiet { (hint) } }
            input id=(id) type="text" name=(name) value=(outcome.typed(form, name)) required[required] autocomplete="off";
            (outcome.told(form, name))
        }
    }
}

fn token_form(me: &Me, outcome: &Outcome) -> Markup {
    let days = outcome.typed("token", "days");
    let days = if days.is_empty() { DAYS.to_string() } else { days.to_owned() };
    html! {
        form method="post" action="/sources/tokens" {
            (csrf(me))
            (text(outcome, "token", "name", "Name", "", true))
            (text(outcome, "token", "source", "Source", "As its events name it, such as /crm.", true))
            div.field {
                label for="token-days" { "Days that it counts" }
                input #token-days type="number" name="days" value=(days) min="1" max=(MOST_DAYS) required;
                (outcome.told("token", "days"))
            }
            button.primary { "Make a token" }
        }
    }
}

fn hook_form(me: &Me, outcome: &Outcome) -> Markup {
    html! {
        form method="post" action="/sources/hooks" {
            (csrf(me))
            (text(outcome, "hook", "name", "Name", "", true))
            (text(outcome, "hook", "source", "Source", "What its events are told apart by, such as /payments.", true))
            (text(outcome, "hook", "type", "Type of its events", "Such as com.acme.paid. Left out, it takes CloudEvents.", false))
            (text(outcome, "hook", "subject", "Where the row stands", "With a type: a JSON pointer to dataset/id in what is sent, such as /order/ref. Left out, its events are about no row.", false))
            button.primary { "Make a hook" }
        }
    }
}
