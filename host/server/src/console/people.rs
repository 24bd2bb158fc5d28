//! `/people`: what runs on behalf of whom, what reads as whom, and handing it over.

use std::collections::BTreeSet;

use mandate_governance::{Life, Settings, settings::Transfer};
use mandate_model::{AutomationId, PrincipalId};
use mandate_policy::Act;
use mandate_service::{Inventory, Removal, ServiceError};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    automations::state,
    frame::{Frame, Room, token},
    names::Names,
};
use crate::{
    answer::{Page, SeeOther},
    body::{At, Form},
    guard::{Guard, Me, See, Take},
    people,
    problem::Problem,
    table::Table,
};

/// About how many automations it is asked whether one may take them over.
const ASKED: usize = 100;

pub(super) fn add(table: &mut Table) {
    table.get("/people", "The people whose pages one may see", list);
    table.get("/people/{person}", "What concerns somebody", person);
    table.post("/people/{person}/hand-over", "Hand over what runs as them", hand_over);
}

/// Who.
#[derive(Debug, Deserialize, IntoParams)]
struct Who {
    /// Their id.
    person: String,
}

async fn list(guard: Guard<See>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let all = people::visible(app, me).await?;
    let names = Names::of(app, all.iter().collect()).await?;
    let content = html! {
        p.prose { "What runs on behalf of whom, as far as you may see it." }
        ul { @for id in &all { li { a href={ "/people/" (id) } { (names.get(id)) } " " span.id { (id) } } } }
    };
    Ok(Page::ok(Frame { me, room: Room::People, above: &[], title: "People" }.page(&content)))
}

async fn person(guard: Guard<See>, At(who): At<Who>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let person = people::person(app, me, &who.person).await?;
    let all = app.service.inventory(&person, Some(me.id())).await?;
    let names = Names::of(app, vec![&person]).await?;
    let stops = if me.standing.is_site_admin() { leaving(&guard, &person).await? } else { None };
    let mine = person == *me.id();
    let settings = app.service.choices(&me.standing.site).await?.effective().map_err(ServiceError::from)?;
    let takes = takes(&guard, &settings, &all.runs_as).await?;
    let content = html! {
        p { span.id { (person) } }
        (group("Runs as", if mine { "What runs on your behalf, with your rights." } else { "What runs on their behalf, with their rights." }, &all.runs_as, |life| act(me, life, &takes)))
        (group("Reads as", "What tells them something, made from what they may see.", &lives(&all.reads_as), |_| html! {}))
        @if !all.told_by.is_empty() {
            (group("Told by", "What tells them something, made from what the person whom it runs as may see.", &lives(&all.told_by), |_| html! {}))
        }
        (group("Manages", "What they may edit and share.", &lives(&all.manages), |_| html! {}))
        @if let Some(count) = stops { p.note { "If this person left, " (count) " automations that run as them would stop." } }
        @if settings.transfer.contains(&Transfer::Move) { (hand(me, &person, &all)) }
    };
    let above = [("/people", "People")];
    Ok(Page::ok(Frame { me, room: Room::People, above: &above, title: names.get(&person) }.page(&content)))
}

/// How many automations run as somebody who would be deactivated, for who administers the site.
async fn leaving(guard: &Guard<See>, person: &PrincipalId) -> Result<Option<usize>, Problem> {
    let removal = Removal::Active(person.clone());
    let impact = guard.app.service.impact(&guard.me.standing.site, &removal).await?;
    Ok(impact.map(|impact| impact.runs_as.len()))
}

fn lives(all: &[(Life, PrincipalId)]) -> Vec<Life> {
    all.iter().map(|(life, _)| life.clone()).collect()
}

fn group(title: &str, about: &str, all: &[Life], act: impl Fn(&Life) -> Markup) -> Markup {
    html! {
        section {
            h2 { (title) }
            p.quiet { (about) }
            @if all.is_empty() { p { "Nothing that you may see." } }
            ul {
                @for life in all {
                    li {
                        a href={ "/automations/" (life.automation.id) } { (life.automation.name) } " "
                        (state(&life.automation, life.consent.is_some())) " " (act(life))
                    }
                }
            }
        }
    }
}

/// Which of what runs as somebody the viewer may take over (VEN-23): of the first of them, since each is asked about.
async fn takes(guard: &Guard<See>, settings: &Settings, all: &[Life]) -> Result<BTreeSet<AutomationId>, Problem> {
    let (me, service) = (&guard.me, &guard.app.service);
    let mut takes = BTreeSet::new();
    if !settings.transfer.contains(&Transfer::Pull) {
        return Ok(takes);
    }
    for Life { automation, .. } in all.iter().filter(|life| !life.automation.runs_as(me.id())).take(ASKED) {
        let prospect = service.prospect(&automation.id, me.id()).await?;
        if prospect.may.contains(&Act::Take) && prospect.version.is_some() {
            takes.insert(automation.id.clone());
        }
    }
    Ok(takes)
}

/// Taking one's own consent back, or what is another's over: on the page that says what will act for oneself.
fn act(me: &Me, life: &Life, takes: &BTreeSet<AutomationId>) -> Markup {
    let mine = life.consent.as_ref().is_some_and(|consent| consent.principal == *me.id());
    let (at, name) = (format!("/automations/{}", life.automation.id), &life.automation.name);
    html! {
        @if mine {
            form method="post" action={ (at) "/revoke" } {
                (token(me))
                button.link aria-label={ "Take my consent back from " (name) } { "Take my consent back" }
            }
        }
        @if takes.contains(&life.automation.id) {
            " " a href={ (at) "/consent" } aria-label={ "Take over " (name) } { "Take over" }
        }
    }
}

/// Handing over all of it at once.
fn hand(me: &Me, person: &PrincipalId, all: &Inventory) -> Markup {
    html! {
        @if !all.runs_as.is_empty() {
            section {
                h2 { "Hand over" }
                p.quiet { "Each is off for who takes it over, until they turn it on. What you may not move stays." }
                form.field method="post" action={ "/people/" (person) "/hand-over" } {
                    (token(me))
                    label for="to" { "To whom (the default successor, if empty)" }
                    input type="text" id="to" name="to" placeholder="user:bo" autocomplete="off";
                    button { "Hand over" }
                }
            }
        }
    }
}

async fn hand_over(guard: Guard<Take>, At(who): At<Who>, Form(fields): Form) -> Result<SeeOther, Problem> {
    let from = people::person(&guard.app, &guard.me, &who.person).await?;
    let to = Some(fields.text("to").trim()).filter(|to| !to.is_empty());
    let to = to.map(|to| people::written("to", to)).transpose()?;
    let handed = guard.app.service.hand_over(guard.me.id(), &from, to.as_ref()).await?;
    // What may not be moved says why: the first of it, and nothing of it was hidden.
    if let Some((_, Err(refused))) = handed.automations.into_iter().find(|(_, moved)| moved.is_err()) {
        return Err(ServiceError::from(refused).into());
    }
    Ok(SeeOther(format!("/people/{from}")))
}
