//! `/runs/{run}`: one run, step by step, as far as one may see it. What is not shown says so, always in the same words.

use mandate_model::{Entry, RunId, Verdict};
use mandate_service::{Ending, HIDDEN, PartKind, PartOfAnother, PartView, RunView, Sight, words};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room},
    names::Names,
    runs::{about, state},
    time::time,
    told::told,
};
use crate::{
    answer::Page,
    body::At,
    guard::{Guard, See},
    problem::{Problem, Trouble},
    table::Table,
};

/// Which run.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id.
    run: String,
}

pub(super) fn add(table: &mut Table) {
    table.get("/runs/{run}", "One run", run);
}

async fn run(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let id = RunId::parse(&which.run).map_err(|_| Trouble::NotFound)?;
    let run = app.service.run(me.id(), &id).await?;
    let others = run.others.get().map(Vec::as_slice).unwrap_or_default();
    let names = Names::of(app, others.iter().map(|part| &part.principal).collect()).await?;
    let content = html! {
        dl.facts {
            dt { "Happened" } dd { (time(run.at, &me.principal.time_zone)) }
            dt { "About" } dd { (about(&run)) }
            dt { "Automation" } dd { a href={ "/automations/" (run.automation) } { (run.name) } }
            @if let Some(version) = &run.version { dt { "Version" } dd { (told(&format!("`{version}`"), &names)) } }
        }
        @if let Some(why) = &run.withheld {
            div.note.bad { p { "Nothing of it was begun: " (why.get().map_or(HIDDEN, String::as_str)) } }
        }
        (parts(&run, &names))
    };
    let above = [("/runs", "Runs")];
    Ok(Page::ok(Frame { me, room: Room::Runs, above: &above, title: &format!("A run of {}", run.name) }.page(&content)))
}

fn parts(run: &RunView, names: &Names) -> Markup {
    html! {
        @for part in &run.parts { (own(part)) }
        @if run.sight == Sight::Happened { p { "It ran. Of what it did you see your own part alone." } }
        @match run.others.get() {
            Some(others) => { @for part in others { (of_another(part, names)) } }
            None => { section { h2 { "Act part" } p.quiet { (HIDDEN) } } }
        }
    }
}

fn title(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Act => "It acted",
        PartKind::Notify => "It told you",
    }
}

fn own(part: &PartView) -> Markup {
    let PartView { state: at, outcome, reason, findings, effects, messages, usage, .. } = part.clone();
    let ending = Ending { state: at, outcome, reason, findings, effects, messages, usage };
    html! {
        section {
            h2 { (title(part.kind)) @if part.kind == PartKind::Act { ", as you" } " " (state(part.state)) }
            ol.timeline {
                (steps(&part.journal))
                @match &part.hidden {
                    Some(hidden) => { li.quiet { (hidden) } }
                    None => { (came_of_it(&ending)) }
                }
            }
        }
    }
}

fn of_another(part: &PartOfAnother, names: &Names) -> Markup {
    html! {
        section {
            h2 { (title(part.kind)) ", as " (names.get(&part.principal)) @if let Some(rest) = part.rest.get() { " " (state(rest.state)) } }
            ol.timeline {
                (steps(&part.journal))
                @match part.rest.get() {
                    Some(rest) => { (came_of_it(rest)) }
                    None => { li.quiet { (HIDDEN) } }
                }
            }
        }
    }
}

/// What the guest asked and was told.
fn steps(journal: &[Entry]) -> Markup {
    html! {
        @for entry in journal {
            li {
                details {
                    summary { "asked " code { (entry.interface) "." (entry.method) } ": " (verdict(&entry.verdict)) }
                    dl.facts {
                        dt { "Asked" } dd { pre tabindex="0" { (entry.arguments) } }
                        dt { "Told" } dd { pre tabindex="0" { (entry.answer) } }
                    }
                }
            }
        }
    }
}

fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "answered",
        Verdict::Denied(_) => "denied",
        Verdict::Invalid(_) => "not a right question",
        Verdict::Log(_) => "past the log's limit",
        _ => "not answered",
    }
}

/// What came of a part.
fn came_of_it(ending: &Ending) -> Markup {
    html! {
        @if let Some(outcome) = &ending.outcome {
            @if !outcome.is_done() { li { strong { "It ended: " } q { (words::ended(outcome)) } } }
        }
        @if let Some(reason) = &ending.reason { li { "Because " (reason) } }
        @for (finding, outcome) in &ending.findings {
            li { "Found " q { (finding.summary) } @if !outcome.is_done() { ": " q { (words::ended(outcome)) } } }
        }
        @for effect in &ending.effects {
            li {
                q { (words::change(&effect.effect, effect.row_id.as_deref().unwrap_or_default())) } ": "
                strong { (words::state(effect.state)) }
                @if let Some(reason) = &effect.reason { " (" (reason) ")" }
            }
        }
        @for delivered in &ending.messages {
            li { "Told " q { (delivered.message.title) } details { summary { "The message" } pre tabindex="0" { (delivered.message.body) } } }
        }
    }
}
