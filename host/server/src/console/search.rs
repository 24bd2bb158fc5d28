//! `/search`: by name, among what one may see.

use maud::html;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    automations::state,
    frame::{Frame, Room},
};
use crate::{
    answer::Page,
    body::Asked,
    guard::{Guard, See},
    problem::Problem,
    search,
    table::Table,
};

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
struct Wanted {
    /// A part of the name.
    q: Option<String>,
}

pub(super) fn add(table: &mut Table) {
    table.get("/search", "Automations and people by name", page);
}

async fn page(guard: Guard<See>, Asked(wanted): Asked<Wanted>) -> Result<Page, Problem> {
    let wanted = wanted.q.unwrap_or_default();
    let found = search::find(&guard.app, &guard.me, &wanted).await?;
    let content = html! {
        @if found.automations.is_empty() && found.people.is_empty() {
            p.empty { "Nothing that you may see has “" (wanted) "” in its name." }
        }
        @if !found.automations.is_empty() {
            h2 { "Automations" }
            ul {
                @for life in &found.automations {
                    li { a href={ "/automations/" (life.automation.id) } { (life.automation.name) } " " (state(&life.automation, life.consent.is_some())) }
                }
            }
            @if found.more { p.quiet { "There are more: write more of the name." } }
        }
        @if !found.people.is_empty() {
            h2 { "People" }
            ul { @for (id, name) in &found.people { li { a href={ "/people/" (id) } { (name) } " " span.id { (id) } } } }
        }
    };
    Ok(Page::ok(Frame { me: &guard.me, room: Room::Elsewhere, above: &[], title: "Search" }.page(&content)))
}
