//! `/automations/{automation}`: what it does, what one may do with it, what happened to it.

use mandate_governance::Lack;
use mandate_policy::Act;
use mandate_service::{Happened, ShownVersion, Stop};
use maud::{Markup, html};

use super::{Shared, Tab, Which, address, people, recent, shown};
use crate::{
    answer::Page,
    body::At,
    console::{
        frame::token,
        time::time,
        told::{joined, told, when, whom},
    },
    guard::{Guard, See},
    problem::Problem,
    table::Table,
};

/// How much of what happened is on the page at first.
const LATEST: usize = 10;

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}", "One automation", overview);
}

async fn overview(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    let (page, names) = shown(&guard.app, &guard.me, &which.id()?).await?;
    let shared = Shared { me: &guard.me, page: &page, names: &names };
    let recent = recent::of(&guard.app, &shared, &which).await?;
    Ok(shared.page(
        Tab::Overview,
        &html! {
            (sentence(&shared))
            (people::offered(&shared))
            (waits(&shared, &guard.app.options.origin))
            (revoke(&shared))
            (recent)
            section aria-labelledby="happened" {
                h2 #happened { "What happened" }
                ol.timeline { @for one in page.happened.iter().rev().take(LATEST) { (happened(&shared, one)) } }
                @if page.happened.len() > LATEST {
                    details {
                        summary { "Before that" }
                        ol.timeline { @for one in page.happened.iter().rev().skip(LATEST) { (happened(&shared, one)) } }
                    }
                }
            }
        },
    ))
}

fn happened(shared: &Shared<'_>, one: &Happened) -> Markup {
    html! {
        li {
            (time(one.at, &shared.me.principal.time_zone)) " "
            strong { (one.by.as_ref().map_or("Mandate", |by| shared.names.get(by))) } ": " (told(&one.what, shared.names))
        }
    }
}

/// What it does, in one sentence, for who may know it.
fn sentence(shared: &Shared<'_>) -> Markup {
    let Some(version) = &shared.page.version else {
        return html! { p.sentence { "There is no live version: nothing is published yet, so it does nothing." } };
    };
    let Some(whole) = &version.whole else {
        return html! { p.sentence { "It runs as " strong { (shared.run_as()) } ". What it works on is not for you to see." } };
    };
    let as_run_as = whole.sends.as_ref().is_some_and(|sends| sends.chosen && sends.to.is_some());
    html! {
        p.sentence {
            @match &whole.works_on {
                Some((trigger, _)) => { (when(trigger)) ", as " }
                None => { "As " }
            }
            strong { (shared.run_as()) }
            " it " (joined(does(version), "and"))
            @if whole.recipients.is_empty() { "; it tells nobody." }
            @else if as_run_as { "; it tells " (whom(&whole.recipients, shared.names)) " what " strong { (shared.run_as()) } " sees." }
            @else { "; it tells " (whom(&whole.recipients, shared.names)) " what each of them may see." }
        }
    }
}

/// What it may do, as the rest of a sentence.
fn does(version: &ShownVersion) -> Vec<String> {
    let powers = &version.powers;
    let writes = powers.writes.iter().map(|(dataset, columns)| format!("may change {columns} in {dataset}"));
    let files = powers.writes_folders.iter().map(|folder| format!("may change files in {folder}"));
    let calls = powers.operations.iter().map(|name| format!("may call {name}"));
    let mut all: Vec<String> = writes.chain(files).chain(calls).collect();
    if version.hidden {
        all.push("may do something that you may not know of".to_owned());
    }
    if all.is_empty() {
        all.push("changes nothing".to_owned());
    }
    all
}

/// What stands between it and running, and the way on.
fn waits(shared: &Shared<'_>, origin: &str) -> Markup {
    let page = shared.page;
    let at = address(page);
    let decide = page.version_id().is_some();
    html! {
        @if let Some(stop) = &page.stopped {
            (stopped(shared, stop, origin))
        } @else if !page.lacks.is_empty() {
            div.note {
                p { "It lacks what it asks for:" }
                ul { @for lack in &page.lacks { li { (told(lack, shared.names)) } } }
                (grant(shared))
            }
        }
        @if decide && page.waits && page.stopped.is_none() {
            p { a.button.primary href={ (at) "/consent" } { "Look at what it may do" } }
        }
    }
}

/// Since when it is stopped and why, who can put it right, and the ways on.
fn stopped(shared: &Shared<'_>, stop: &Stop, origin: &str) -> Markup {
    let page = shared.page;
    let consent = format!("{}/consent", address(page));
    let may = |act| page.may.contains(&act) && !page.automation.deleted;
    let take = shared.takes();
    // Before, it would be refused, or stop again.
    let on = may(Act::Enable) && page.lacks.is_empty();
    html! {
        div.note.bad role="status" {
            p { strong { "Stopped on " (time(stop.at, &shared.me.principal.time_zone)) } ":" }
            ul { @for lack in &stop.lost { li { (lost(lack, shared)) } } }
            p { "Nothing has run since." }
            @if page.lacks.is_empty() { p { "That is granted again: it can be turned on." } } @else { (grant(shared)) }
            @let asks = (!page.lacks.is_empty() && !page.granters.is_empty()).then(|| ask(shared, stop, origin));
            @if on || take || asks.is_some() {
                div.acts {
                    @if let Some(to) = asks { a.button href=(to) { "Ask them" } }
                    @if on { a.button.primary href=(consent) { "Turn on again" } }
                    @if take { a.button href=(consent) { "Take over" } }
                }
            }
        }
    }
}

/// What somebody can no longer do.
fn lost(lack: &Lack, shared: &Shared<'_>) -> Markup {
    let who = shared.names.get(&lack.principal);
    html! {
        strong { (who) } " can no longer "
        @match &lack.power {
            Some(power) => { (told(&power.to_string(), shared.names)) }
            None => { "do something that you may not know of" }
        }
        "."
    }
}

/// Who could grant it, for who decides: by name, as far as they may know them.
fn grant(shared: &Shared<'_>) -> Markup {
    let granters = &shared.page.granters;
    html! {
        @if !granters.is_empty() {
            p { (joined(granters.iter().map(|who| shared.names.get(who)), "or")) " can grant it." }
        } @else if shared.page.version_id().is_some() {
            p { "Who administers what it works on can grant it." }
        }
    }
}

/// A mail that asks for what was lost, to be sent to who can grant it: where they are reached is for its sender to know.
fn ask(shared: &Shared<'_>, stop: &Stop, origin: &str) -> String {
    let page = shared.page;
    let who = joined(page.granters.iter().map(|who| shared.names.get(who)), "or");
    let lost = stop.lost.iter().map(|lack| {
        let what =
            lack.power.as_ref().map_or_else(|| "do something that I may not know of".to_owned(), ToString::to_string);
        format!("{} can no longer {}.", shared.names.get(&lack.principal), what.replace('`', ""))
    });
    let lost = lost.collect::<Vec<_>>().join(" ");
    let body = format!(
        "To {who}:\n\n“{}” was stopped: {lost} Can you grant it?\n\n{origin}{}\n",
        page.automation.name,
        address(page)
    );
    let subject = format!("“{}” was stopped", page.automation.name);
    let coded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("mailto:?subject={}&body={}", coded(&subject), coded(&body))
}

/// Taking one's consent back.
fn revoke(shared: &Shared<'_>) -> Markup {
    let consent = shared.page.consent.as_ref();
    html! {
        @if consent.is_some_and(|consent| consent.principal == *shared.me.id()) {
            form.acts method="post" action={ (address(shared.page)) "/revoke" } { (token(shared.me)) button { "Take my consent back" } }
        }
    }
}
