//! What a dry run comes to: a line for each person, and a column for each phase. Each cell opens what it came to, and what the guest
//! asked and was told on the way.

use mandate_model::{Entry, Phase};
use mandate_service::{HIDDEN, PartKind, Rehearsal, Simulated, SimulatedPart, words};
use maud::{Markup, html};

use crate::{
    app::App,
    console::{names::Names, run::steps},
    problem::Problem,
};

/// The phases, as the columns are called.
const COLUMNS: [(Phase, &str); 3] =
    [(Phase::Condition, "Condition"), (Phase::Notification, "Message"), (Phase::Action, "Would change")];

/// People and what it would come to for each.
pub(super) async fn matrix(app: &App, all: &[Simulated]) -> Result<Markup, Problem> {
    let names = Names::of(app, all.iter().map(|one| &one.person).collect()).await?;
    Ok(html! {
        section {
            h2 #outcome { "What it would come to" }
            div.scroll tabindex="0" role="region" aria-labelledby="outcome" {
                table.matrix {
                    thead { tr { th scope="col" { "As" } @for (_, word) in COLUMNS { th scope="col" { (word) } } } }
                    tbody { @for one in all { tr { th scope="row" { (names.get(&one.person)) } (cells(one)) } } }
                }
            }
        }
    })
}

fn cells(one: &Simulated) -> Markup {
    match one.comes_to.get() {
        None => html! { td colspan="3" { span.quiet { (HIDDEN) } } },
        Some(Rehearsal::NoEvent) => html! { td colspan="3" { "nothing: for them there is no such event" } },
        Some(Rehearsal::Parts(parts)) => {
            html! { @for (phase, _) in COLUMNS { td { @for part in parts { (cell(phase, part)) } } } }
        }
    }
}

/// What a part came to in a phase; nothing, if it has no such phase.
fn cell(phase: Phase, part: &SimulatedPart) -> Markup {
    let told = match (phase, part.kind) {
        (Phase::Condition, _) => condition(part),
        (Phase::Notification, PartKind::Notify) => messages(part),
        (Phase::Action, PartKind::Act) => changes(part),
        _ => return html! {},
    };
    let asked: Vec<&Entry> = part.journal.iter().filter(|entry| entry.phase == phase).collect();
    let (said, more) = told;
    html! {
        details {
            summary { (said) }
            (more)
            @if asked.is_empty() { p.quiet { "It asked nothing that you are shown." } }
            @else { ol.timeline { (steps(asked)) } }
        }
    }
}

/// What a cell says, and what it opens to.
type Told = (Markup, Markup);

fn hidden() -> Told {
    (html! { span.quiet { "Not shown" } }, html! { p.quiet { (HIDDEN) } })
}

fn condition(part: &SimulatedPart) -> Told {
    let Some(rest) = part.rest.get() else { return hidden() };
    let what = if part.kind == PartKind::Act { "To act: " } else { "To tell: " };
    if !rest.outcome.is_done() {
        let why = html! { p { q { (words::ended(&rest.outcome)) } } };
        return (html! { (what) span.badge.bad { "failed" } }, why);
    }
    let found = if part.kind == PartKind::Act { rest.findings.len() } else { rest.messages.len() };
    let said = html! { (what) @if found == 0 { span.badge { "not met" } } @else { span.badge.good { "met" } } };
    let found = html! {
        @if !rest.findings.is_empty() {
            ul { @for (finding, outcome) in &rest.findings {
                li { "Found " q { (finding.summary) } @if !outcome.is_done() { ": " q { (words::ended(outcome)) } } }
            } }
        }
    };
    (said, found)
}

fn messages(part: &SimulatedPart) -> Told {
    let Some(rest) = part.rest.get() else { return hidden() };
    let said = html! {
        @if rest.messages.is_empty() { span.quiet { "none" } }
        @for (_, message) in &rest.messages { q { (message.title) } " " }
    };
    let whole = html! {
        @for (_, message) in &rest.messages {
            p { q { (message.title) } }
            pre tabindex="0" { (message.body) }
            @for file in &message.attachments { p { "Attached: " q { (file.name) } } }
        }
    };
    (said, whole)
}

fn changes(part: &SimulatedPart) -> Told {
    let Some(rest) = part.rest.get() else { return hidden() };
    let said = html! {
        @if rest.effects.is_empty() { span.quiet { "nothing" } }
        @for effect in &rest.effects { q { (words::change(effect, "")) } " " }
    };
    (said, html! {})
}
