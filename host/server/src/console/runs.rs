//! `/runs`: what ran, as far as one may know of it.

use mandate_model::AutomationId;
use mandate_service::{HIDDEN, PartState, RunView, words};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room},
    time::time,
};
use crate::{
    answer::Page,
    body::Asked,
    guard::{Guard, Me, See},
    listing,
    live::{PAGE, Tag, Topic},
    problem::{Problem, Trouble},
    table::Table,
};

/// What the address says.
#[derive(Debug, Deserialize, IntoParams)]
struct Wanted {
    /// Of one automation alone.
    automation: Option<String>,
    /// Where to go on.
    cursor: Option<String>,
}

pub(super) fn add(table: &mut Table) {
    table.get("/runs", "What ran, as far as one may know of it", list);
}

async fn list(guard: Guard<See>, Asked(wanted): Asked<Wanted>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let automation = match wanted.automation.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(AutomationId::parse(id).map_err(|_| Trouble::NotFound)?),
        None => None,
    };
    let (runs, next) = listing::runs(app, me, automation.as_ref(), wanted.cursor.as_deref(), PAGE).await?;
    let only = automation.as_ref().map(|id| format!("&automation={id}")).unwrap_or_default();
    let topic = automation.clone().map_or(Topic::Runs, Topic::RunsOf);
    // What is older does not change.
    let watched = wanted.cursor.is_none().then(|| (topic.to_string(), Tag::of_runs(&runs).to_string()));
    let (watch, seen) = watched.unzip();
    let content = html! {
        div data-watch=[watch] data-seen=[seen] {
            @if runs.is_empty() {
                p.empty { "Nothing ran that you may know of. Runs appear here once an automation of yours was on when something happened, or told you." }
            } @else {
                (rows(me, &runs))
            }
        }
        @if let Some(next) = next { p.more { a href={ "/runs?cursor=" (next) (only) } rel="next" { "Older" } } }
    };
    Ok(Page::ok(Frame { me, room: Room::Runs, above: &[], title: "Runs" }.page(&content)))
}

/// Some runs, as a table.
pub(super) fn rows(me: &Me, runs: &[RunView]) -> Markup {
    html! {
        table.cards {
            thead { tr { th scope="col" { "About" } th scope="col" { "Automation" } th scope="col" { "When" } th scope="col" { "Your part" } } }
            tbody {
                @for run in runs {
                    tr {
                        th scope="row" { a href={ "/runs/" (run.id) } { (about(run)) } }
                        td data-label="Automation" { (run.name) }
                        td data-label="When" { (time(run.at, &me.principal.time_zone)) }
                        td data-label="Your part" { (mine(run)) }
                    }
                }
            }
        }
    }
}

/// What a run is about.
pub(super) fn about(run: &RunView) -> Markup {
    html! {
        @match run.event.get() {
            Some(event) => { (words::subject(&event.subject)) }
            None => { (HIDDEN) }
        }
    }
}

fn mine(run: &RunView) -> Markup {
    html! {
        @if run.parts.is_empty() { span.quiet { "none" } }
        @for part in &run.parts { (state(part.state)) " " }
    }
}

/// The state of a part in words.
pub(super) fn state(state: PartState) -> Markup {
    let (class, word) = word(state);
    html! { span class={ "state " (class) } { (word) } }
}

/// The state of a part: its class, and its word.
pub(super) fn word(state: PartState) -> (&'static str, &'static str) {
    match state {
        PartState::Pending => ("waits", "Waiting"),
        PartState::Running => ("waits", "Running"),
        PartState::Staged => ("waits", "Being carried out"),
        PartState::Done => ("on", "Done"),
        PartState::Failed => ("stopped", "Failed"),
        PartState::Withheld => ("stopped", "Withheld"),
        PartState::Dead => ("stopped", "Given up"),
    }
}
