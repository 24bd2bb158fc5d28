//! `/automations/{automation}/dry-run`: what it would come to on something that happened, for each person: a table of people and
//! outcomes. Nothing is carried out and nobody is told.

use std::collections::BTreeSet;

use mandate_model::{RowRef, RunId};
use mandate_policy::Act;
use mandate_service::{
    Draft, HIDDEN, Occasion, PartKind, Rehearsal, SavedDraft, ServiceError, Simulated, SimulatedPart, words,
};
use maud::{Markup, html};

use super::{Shared, Tab, Which, address, shown};
use crate::{
    answer::Page,
    app::App,
    body::{At, Fields, Form},
    console::{frame::token, time::time},
    guard::{Edit, Guard, Me},
    people,
    problem::{Problem, Trouble},
    table::Table,
};

/// How many recent runs are offered.
const RECENT: u32 = 10;
/// Most people that are offered.
const PEOPLE: usize = 20;

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/dry-run", "What to try, and as whom", choose);
    table.post("/automations/{automation}/dry-run", "Try it: nothing is carried out", try_out);
}

async fn choose(guard: Guard<Edit>, At(which): At<Which>) -> Result<Page, Problem> {
    // Who may not edit it has no page of it; what they ask for nevertheless is refused by the service.
    if !guard.app.service.prospect(&which.id()?, guard.me.id()).await?.may.contains(&Act::Edit) {
        return Err(Trouble::NotFound.into());
    }
    page(&guard.app, &guard.me, &which, &Fields::default(), &html! {}).await
}

async fn page(app: &App, me: &Me, which: &Which, sent: &Fields, outcome: &Markup) -> Result<Page, Problem> {
    let id = which.id()?;
    let (page, names) = shown(app, me, &id).await?;
    let recent = app.service.history(me.id(), Some(&id), None, RECENT).await?;
    let people = people::visible(app, me).await?;
    let (at, zone) = (address(&page), &me.principal.time_zone);
    let chosen = sent.text("on");
    let ticked: Vec<&str> = sent.all("person").collect();
    let shared = Shared { me, page: &page, names: &names };
    Ok(shared.page(Tab::DryRun, &html! {
        p.note { "Nothing is carried out, and nobody is told." }
        (outcome)
        form method="post" action={ (at) "/dry-run" } {
            (token(me))
            fieldset {
                legend { "On what?" }
                label.choice { input type="radio" name="on" value="row" checked[chosen.is_empty() || chosen == "row"]; " A row that you see" }
                div.field {
                    label for="row" { "Dataset and id, such as deals/d1; empty: about nothing" }
                    input type="text" id="row" name="row" value=(sent.text("row")) autocomplete="off";
                }
                @for run in recent.iter().filter(|run| run.event.get().is_some()) {
                    label.choice {
                        input type="radio" name="on" value=(run.id) checked[chosen == run.id.as_str()];
                        " " (run.event.get().map(|event| words::subject(&event.subject)).unwrap_or_default()) ", " (time(run.at, zone))
                    }
                }
            }
            fieldset {
                legend { "As whom?" }
                p.quiet { "Yourself, or people whom you may try things as. You are shown what you may see of it." }
                ul.ticks {
                    @for person in people.iter().take(PEOPLE) {
                        @let mine = person == me.id();
                        li { label {
                            input type="checkbox" name="person" value=(person)
                                checked[ticked.contains(&person.to_string().as_str()) || (ticked.is_empty() && mine)];
                            " " (person)
                        } }
                    }
                }
            }
            button.primary { "Try it" }
        }
    }))
}

async fn try_out(guard: Guard<Edit>, At(which): At<Which>, Form(sent): Form) -> Result<Page, Problem> {
    let (app, me, id) = (&guard.app, &guard.me, which.id()?);
    let people = sent.all("person").map(|id| people::written("person", id)).collect::<Result<BTreeSet<_>, _>>()?;
    let draft = draft(app, me, &which).await?;
    let simulated = app.service.simulate(&id, me.id(), draft.as_ref(), occasion(&sent)?, &people).await;
    let outcome = match simulated {
        Ok(simulated) => matrix(&simulated),
        Err(
            error @ (ServiceError::NotAsThem { .. }
            | ServiceError::NoRow { .. }
            | ServiceError::TooManySimulated { .. }),
        ) => {
            html! { div.note.bad role="alert" { p { "Not tried: " (error) } } }
        }
        Err(error) => return Err(error.into()),
    };
    page(app, me, &which, &sent, &outcome).await
}

/// One's draft; without one, what is published is tried.
async fn draft(app: &App, me: &Me, which: &Which) -> Result<Option<Draft>, Problem> {
    let id = which.id()?;
    app.service.prospect(&id, me.id()).await?;
    let Some(SavedDraft { plugin, settings, trigger, recipients, .. }) = app.service.saved_draft(&id, me.id()).await?
    else {
        return Ok(None);
    };
    let plugin = app.service.plugin(&me.standing.site, &plugin).await?.digest;
    Ok(Some(Draft { plugin, settings, trigger, recipients }))
}

fn occasion(sent: &Fields) -> Result<Occasion, Problem> {
    if let Ok(run) = RunId::parse(sent.text("on")) {
        return Ok(Occasion::Run(run));
    }
    let row = sent.text("row").trim();
    if row.is_empty() {
        return Ok(Occasion::Now(None));
    }
    let (dataset, id) = row.split_once('/').ok_or_else(|| Trouble::Field {
        field: "row".to_owned(),
        detail: format!("`{row}` is no row: write its dataset and its id, such as deals/d1"),
    })?;
    Ok(Occasion::Now(Some(RowRef { dataset: dataset.to_owned(), id: id.to_owned() })))
}

/// People and what it would come to for each.
fn matrix(all: &[Simulated]) -> Markup {
    html! {
        section aria-labelledby="outcome" {
            h2 #outcome { "What it would come to" }
            table.cards {
                thead { tr { th scope="col" { "As" } th scope="col" { "Condition" } th scope="col" { "Message" } th scope="col" { "Would change" } } }
                tbody { @for one in all { (row(one)) } }
            }
        }
    }
}

fn row(one: &Simulated) -> Markup {
    let parts = match one.comes_to.get() {
        None => return html! { tr { th scope="row" { (one.person) } td colspan="3" { span.quiet { (HIDDEN) } } } },
        Some(Rehearsal::Parts(parts)) => parts,
        Some(Rehearsal::NoEvent) => {
            return html! { tr { th scope="row" { (one.person) } td colspan="3" { "nothing: for them there is no such event" } } };
        }
    };
    let of = |kind: PartKind| parts.iter().filter(move |part| part.kind == kind);
    html! {
        tr {
            th scope="row" { (one.person) }
            td data-label="Condition" { @for part in parts { (condition(part)) } }
            td data-label="Message" { @for part in parts { (messages(part)) } }
            td data-label="Would change" { @for part in of(PartKind::Act) { (changes(part)) } }
        }
    }
}

fn condition(part: &SimulatedPart) -> Markup {
    let kind = if part.kind == PartKind::Act { "to act" } else { "to tell" };
    html! {
        div {
            (kind) ": "
            @match part.rest.get() {
                None => { span.quiet { (HIDDEN) } }
                Some(rest) if !rest.outcome.is_done() => { q { (words::ended(&rest.outcome)) } }
                Some(rest) if part.kind == PartKind::Notify => { (rest.messages.len()) " found" }
                Some(rest) => { (rest.findings.len()) " found" @for (finding, _) in &rest.findings { " " q { (finding.summary) } } }
            }
        }
    }
}

fn messages(part: &SimulatedPart) -> Markup {
    html! {
        @if let Some(rest) = part.rest.get() {
            @for (_, message) in &rest.messages { details { summary { q { (message.title) } } pre tabindex="0" { (message.body) } } }
        }
    }
}

fn changes(part: &SimulatedPart) -> Markup {
    html! {
        @if let Some(rest) = part.rest.get() {
            @if rest.effects.is_empty() { span.quiet { "nothing" } }
            ul { @for effect in &rest.effects { li { q { (words::change(effect, "")) } } } }
        }
    }
}
