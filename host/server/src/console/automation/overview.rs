//! `/automations/{automation}`: what it does, what one may do with it, what happened to it.

use mandate_governance::State;
use mandate_policy::Act;
use maud::{Markup, html};

use super::{Shared, Tab, Which, address, shown};
use crate::{
    answer::Page,
    body::At,
    console::{
        frame::token,
        time::time,
        told::{told, when, whom},
    },
    guard::{Guard, See},
    problem::Problem,
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}", "One automation", overview);
}

async fn overview(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    let (page, names) = shown(&guard.app, &guard.me, &which.id()?).await?;
    let shared = Shared { me: &guard.me, page: &page, names: &names };
    Ok(shared.page(
        Tab::Overview,
        &html! {
            (sentence(&shared))
            (waits(&shared))
            (acts(&shared))
            section aria-labelledby="happened" {
                h2 #happened { "What happened" }
                ol.timeline {
                    @for one in page.happened.iter().rev() {
                        li {
                            (time(one.at, &guard.me.principal.time_zone)) " "
                            strong { (one.by.as_ref().map_or("Mandate", |by| names.get(by))) } ": " (told(&one.what, &names))
                        }
                    }
                }
            }
        },
    ))
}

/// What it does, in one sentence, for who may know it.
fn sentence(shared: &Shared<'_>) -> Markup {
    let Some(version) = &shared.page.version else {
        return html! { p.sentence { "There is no live version: nothing is published yet, so it does nothing." } };
    };
    let Some(whole) = &version.whole else {
        return html! { p.sentence { "It runs as " strong { (shared.run_as()) } ". What it works on is not for you to see." } };
    };
    let recipients = whom(&whole.recipients, shared.names);
    html! {
        p.sentence {
            @match &whole.works_on {
                Some((trigger, _)) => { (when(trigger)) ", it acts as " }
                None => { "It acts as " }
            }
            strong { (shared.run_as()) }
            @if whole.recipients.is_empty() { ", and tells nobody." }
            @else { ", and tells " (recipients) " what each of them may see." }
        }
    }
}

/// What stands between it and running, and the way on.
fn waits(shared: &Shared<'_>) -> Markup {
    let page = shared.page;
    let at = address(page);
    let decide = page.version_id().is_some();
    html! {
        @if page.automation.state == State::Stopped {
            div.note.bad role="status" {
                p { strong { "Stopped." } " Nothing has run since." }
                ul { @for lack in &page.lacks { li { (lack) } } }
                p { "Once that is granted again, turn it on with consent; or somebody who has it takes it over." }
            }
        } @else if !page.lacks.is_empty() {
            div.note { p { "It lacks what it asks for:" } ul { @for lack in &page.lacks { li { (lack) } } } }
        }
        @if decide && page.consent.is_none() {
            p { a.button.primary href={ (at) "/consent" } { "Look at what it may do" } }
        }
    }
}

/// What one may do with it, at once.
fn acts(shared: &Shared<'_>) -> Markup {
    let page = shared.page;
    let (at, may) = (address(page), |act| page.may.contains(&act) && !page.automation.deleted);
    html! {
        div.acts {
            @if shared.is_on() && may(Act::Disable) {
                form method="post" action={ (at) "/disable" } { (token(shared.me)) button { "Turn off" } }
            }
            @if shared.is_on() && may(Act::RunNow) {
                form method="post" action={ (at) "/run-now" } { (token(shared.me)) button { "Run now" } }
            }
            @if page.consent.as_ref().is_some_and(|consent| consent.principal == *shared.me.id()) {
                form method="post" action={ (at) "/revoke" } { (token(shared.me)) button { "Take my consent back" } }
            }
        }
    }
}
