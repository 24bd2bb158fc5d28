//! `/automations`: the list of those that one may see.

use std::num::NonZeroUsize;

use mandate_governance::Life;
use mandate_model::AutomationId;
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room},
    names::Names,
};
use crate::{
    answer::Page,
    body::Asked,
    guard::{Guard, See},
    problem::Problem,
    table::Table,
};

/// How many are on one page.
const PAGE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49);
/// The list that cursors are of.
const LIST: &str = "automations page";

/// What the address says.
#[derive(Debug, Deserialize, IntoParams)]
struct Wanted {
    /// Where to go on.
    cursor: Option<String>,
}

pub(super) fn add(table: &mut Table) {
    table.get("/automations", "The automations that one may see", list);
}

async fn list(guard: Guard<See>, Asked(wanted): Asked<Wanted>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let after = match &wanted.cursor {
        Some(cursor) => AutomationId::parse(&app.cursors.open(me.id(), LIST, cursor)?).ok(),
        None => None,
    };
    let visible = app.service.visible(me.id(), after.as_ref(), PAGE).await?;
    let next = visible.next.map(|next| app.cursors.seal(me.id(), LIST, next.as_str())).transpose()?;
    let lives: Vec<Life> = visible.automations.into_iter().filter(|life| !life.automation.deleted).collect();
    let people = lives.iter().flat_map(|life| life.automation.run_as.iter().chain(&life.automation.managers));
    let names = Names::of(app, people.collect()).await?;
    let content = html! {
        div.acts { a.button.primary href="/automations/new" { "New automation" } }
        @if lives.is_empty() {
            p.empty { "Nothing here that you may see. Create one, or ask a colleague to share one with you." }
        } @else {
            (rows(&lives, &names))
        }
        @if let Some(next) = next {
            p.more { a href={ "/automations?cursor=" (next) } rel="next" { "More" } }
        }
    };
    let frame = Frame { me, room: Room::Automations, above: &[], title: "Automations" };
    Ok(Page::ok(frame.page(&content)))
}

fn rows(lives: &[Life], names: &Names) -> Markup {
    html! {
        table.cards {
            thead { tr { th scope="col" { "Name" } th scope="col" { "State" } th scope="col" { "Runs as" } th scope="col" { "Managers" } } }
            tbody {
                @for Life { automation, consent } in lives {
                    tr {
                        th scope="row" { a href={ "/automations/" (automation.id) } { (automation.name) } }
                        td data-label="State" { (state(automation, consent.is_some())) }
                        td data-label="Runs as" {
                            (automation.run_as.as_ref().map_or("nobody yet", |who| names.get(who)))
                        }
                        td data-label="Managers" { (managers(automation, names)) }
                    }
                }
            }
        }
    }
}

/// Who else manages it: the first few, and how many more.
fn managers(automation: &mandate_governance::Automation, names: &Names) -> Markup {
    const NAMED: usize = 3;
    let all = &automation.managers;
    let first: Vec<&str> = all.iter().take(NAMED).map(|who| names.get(who)).collect();
    html! {
        @if all.is_empty() { span.quiet { "nobody else" } }
        (first.join(", "))
        @if all.len() > NAMED { " and " (all.len() - NAMED) " more" }
    }
}

/// The state in words.
pub(super) fn state(automation: &mandate_governance::Automation, consented: bool) -> Markup {
    use mandate_governance::State;
    let (class, word) = match automation.state {
        _ if automation.deleted => ("off", "Deleted"),
        State::Stopped => ("stopped", "Stopped"),
        State::On if consented => ("on", "On"),
        State::On => ("waits", "Needs consent"),
        State::Off if automation.published.is_none() && !automation.turned_on => ("off", "Never turned on"),
        State::Off => ("off", "Off"),
    };
    html! { span class={ "state " (class) } { (word) } }
}
