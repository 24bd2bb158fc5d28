//! `/people`: what runs on behalf of whom, what reads as whom, and handing it over.

mod hand_over;

use std::collections::BTreeSet;

use mandate_governance::{Life, Settings, settings::Transfer};
use mandate_model::{AutomationId, PrincipalId};
use mandate_policy::Act;
use mandate_service::{Removal, ServiceError};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use self::hand_over::Handing;
use super::{
    automations::state,
    frame::{Frame, Room, token},
    names::Names,
};
use crate::{
    answer::Page,
    app::App,
    body::At,
    guard::{Guard, Me, See},
    people,
    problem::Problem,
    table::Table,
};

/// About how many automations it is asked whether one may take them over.
const ASKED: usize = 100;

pub(super) fn add(table: &mut Table) {
    table.get("/people", "The people whose pages one may see", list);
    table.get("/people/{person}", "What concerns somebody", person);
    hand_over::add(table);
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
    let person = people::person(&guard.app, &guard.me, &who.person).await?;
    Ok(Page::ok(page(&guard.app, &guard.me, &person, &Handing::default()).await?))
}

/// What concerns somebody, and what came of handing over what runs as them.
async fn page(app: &App, me: &Me, person: &PrincipalId, handing: &Handing) -> Result<Markup, Problem> {
    let all = app.service.inventory(person, Some(me.id())).await?;
    let names = Names::of(app, vec![person]).await?;
    let stops = if me.standing.is_site_admin() { leaving(app, me, person).await? } else { None };
    let mine = person == me.id();
    let settings = app.service.choices(&me.standing.site).await?.effective().map_err(ServiceError::from)?;
    let may = Transfers::of(app, me, &settings, &all.runs_as).await?;
    let content = html! {
        p { span.id { (person) } }
        (handing.came_of_it())
        (group("Runs as", if mine { "What runs on your behalf, with your rights." } else { "What runs on their behalf, with their rights." }, &all.runs_as, |life| act(me, life, &may.takes)))
        (group("Reads as", "What tells them something, made from what they may see.", &lives(&all.reads_as), |_| html! {}))
        @if !all.told_by.is_empty() {
            (group("Told by", "What tells them something, made from what the person whom it runs as may see.", &lives(&all.told_by), |_| html! {}))
        }
        (group("Manages", "What they may edit and share.", &lives(&all.manages), |_| html! {}))
        @if let Some(count) = stops { p.note { "If this person left, " (would_stop(count)) } }
        @if may.moves { (hand_over::form(me, person, handing)) }
    };
    let above = [("/people", "People")];
    Ok(Frame { me, room: Room::People, above: &above, title: names.get(person) }.page(&content))
}

fn would_stop(count: usize) -> String {
    match count {
        0 => "nothing that runs as them would stop.".to_owned(),
        1 => "1 automation that runs as them would stop.".to_owned(),
        count => format!("{count} automations that run as them would stop."),
    }
}

/// How many automations run as somebody who would be deactivated, for who administers the site.
async fn leaving(app: &App, me: &Me, person: &PrincipalId) -> Result<Option<usize>, Problem> {
    let removal = Removal::Active(person.clone());
    let impact = app.service.impact(&me.standing.site, &removal).await?;
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

/// What the viewer may do about what runs as somebody: of the first of them, since each is asked about.
struct Transfers {
    /// What they may take over (VEN-23).
    takes: BTreeSet<AutomationId>,
    /// Whether there is anything that they may move to another.
    moves: bool,
}

impl Transfers {
    async fn of(app: &App, me: &Me, settings: &Settings, all: &[Life]) -> Result<Self, Problem> {
        let [pull, push] = [Transfer::Pull, Transfer::Move].map(|one| settings.transfer.contains(&one));
        let mut may = Self { takes: BTreeSet::new(), moves: false };
        if !pull && !push {
            return Ok(may);
        }
        for Life { automation, .. } in all.iter().take(ASKED) {
            let theirs = automation.runs_as(me.id());
            if theirs && (!push || may.moves) {
                continue;
            }
            let prospect = app.service.prospect(&automation.id, me.id()).await?;
            let takes = prospect.may.contains(&Act::Take);
            may.moves = may.moves || push && takes;
            if pull && takes && !theirs && prospect.version.is_some() {
                may.takes.insert(automation.id.clone());
            }
        }
        Ok(may)
    }
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
