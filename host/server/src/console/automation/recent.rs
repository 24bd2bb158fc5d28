//! The last runs of one automation, as far as one may see them: those that went wrong first.

use mandate_service::{PartState, RunView};
use maud::{Markup, html};

use super::{Shared, Which};
use crate::{
    app::App,
    console::{runs, time::time},
    problem::Problem,
};

/// How many.
const LAST: u32 = 10;

/// The last runs that `shared.me` may know of.
pub(super) async fn of(app: &App, shared: &Shared<'_>, which: &Which) -> Result<Markup, Problem> {
    let mut runs = app.service.history(shared.me.id(), Some(&which.id()?), None, LAST).await?;
    // What is in order stays so: the latest first.
    runs.sort_by_key(|run| !wrong(run));
    Ok(html! {
        section aria-labelledby="last-runs" {
            h2 #last-runs { "Last runs" }
            @if runs.is_empty() {
                p.empty { "It has not run yet, as far as you may know. Each run appears here with what it did, step by step." }
            } @else {
                (table(shared, &runs))
                p.more { a href={ "/runs?automation=" (shared.page.automation.id) } { "All its runs" } }
            }
        }
    })
}

/// Whether something went wrong that one may see.
fn wrong(run: &RunView) -> bool {
    matches!(run.ended().get(), Some(Some(PartState::Failed | PartState::Withheld | PartState::Dead)))
}

fn table(shared: &Shared<'_>, runs: &[RunView]) -> Markup {
    html! {
        table.cards {
            thead { tr { th scope="col" { "About" } th scope="col" { "When" } th scope="col" { "How it ended" } } }
            tbody {
                @for run in runs {
                    tr {
                        th scope="row" { a href={ "/runs/" (run.id) } { (runs::about(run)) } }
                        td data-label="When" { (time(run.at, &shared.me.principal.time_zone)) }
                        td data-label="Ended" {
                            @match run.ended().get() {
                                Some(Some(state)) => { (runs::state(*state)) }
                                Some(None) => { span.quiet { "nothing began yet" } }
                                None => { span.quiet { "not for you to see" } }
                            }
                        }
                    }
                }
            }
        }
    }
}
