//! What runs and reads as one, with the way out of each: taking one's consent back, turning it off, muting, opting out.

use mandate_governance::Life;
use mandate_model::AutomationId;
use mandate_service::{Teller, Wish};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    answer::SeeOther,
    app::App,
    body::{At, Fields, Form},
    console::{automations::state, frame::token},
    guard::{Guard, Me, Own},
    problem::{Problem, Trouble},
    table::Table,
};

/// Of which automation.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id.
    automation: String,
}

pub(super) fn add(table: &mut Table) {
    table.post("/me/wishes/{automation}", "Say how one wants to be told by an automation", set_wish);
}

/// Both lists.
pub(super) async fn lists(app: &App, me: &Me) -> Result<Markup, Problem> {
    let runs_as = app.service.inventory(me.id(), Some(me.id())).await?.runs_as;
    let tellers = app.service.tellers(me.id()).await?;
    let reads = tellers.iter().any(|teller| teller.reads == Some(true)) || !tellers.iter().any(is_sent);
    let others = tellers.iter().any(is_sent);
    Ok(html! {
        section aria-labelledby="runs-as" {
            h2 #runs-as { "What runs as you" }
            p.quiet { "It acts with your rights, as far as you let it." }
            (running(me, &runs_as))
        }
        section aria-labelledby="reads-as" {
            h2 #reads-as { @if reads { "What reads as you" } @else { "What tells you" } }
            p.quiet {
                @if reads { "It looks at what you may see, to tell you something. " }
                @else { "It tells you something. " }
                @if others { "What is marked so is made from what the person whom it runs as may see. " }
                "That you mute it or want none of it is told to nobody else."
            }
            (telling(me, &tellers))
        }
    })
}

fn running(me: &Me, lives: &[Life]) -> Markup {
    html! {
        @if lives.is_empty() { p.empty { "Nothing runs as you." } } @else {
            table.cards {
                thead { tr { th scope="col" { "Automation" } th scope="col" { "State" } th scope="col" { "Stop it" } } }
                tbody {
                    @for Life { automation, consent } in lives {
                        tr {
                            th scope="row" { a href={ "/automations/" (automation.id) } { (automation.name) } }
                            td data-label="State" { (state(automation, consent.is_some())) }
                            td data-label="Stop it" { div.acts {
                                @if consent.is_some() { (act(me, &automation.id, &automation.name, "revoke", "Take my consent back")) }
                                @if automation.state == mandate_governance::State::On { (act(me, &automation.id, &automation.name, "disable", "Turn it off")) }
                            } }
                        }
                    }
                }
            }
        }
    }
}

/// A form of an automation's own pages.
fn act(me: &Me, id: &AutomationId, name: &str, to: &str, words: &str) -> Markup {
    html! {
        form method="post" action={ "/automations/" (id) "/" (to) } {
            (token(me)) button aria-label={ (words) ": " (name) } { (words) }
        }
    }
}

fn telling(me: &Me, tellers: &[Teller]) -> Markup {
    html! {
        @if tellers.is_empty() { p.empty { "Nothing tells you anything, as far as you may know." } } @else {
            table.cards {
                thead { tr { th scope="col" { "Automation" } th scope="col" { "Why" } th scope="col" { "How you are told" } th scope="col" { "Change" } } }
                tbody {
                    @for teller in tellers {
                        tr {
                            th scope="row" {
                                @if teller.sees { a href={ "/automations/" (teller.automation) } { (teller.name) } } @else { (teller.name) }
                            }
                            td data-label="Why" { (why(me, teller)) }
                            td data-label="How" { (word(teller.wish)) }
                            td data-label="Change" { (choices(me, &format!("/me/wishes/{}", teller.automation), &teller.name, teller.wish)) }
                        }
                    }
                }
            }
        }
    }
}

/// Whether what it tells one is made as whom it runs as.
fn is_sent(teller: &Teller) -> bool {
    teller.reads == Some(false)
}

fn why(me: &Me, teller: &Teller) -> Markup {
    html! {
        @match &teller.through {
            Some(who) if who == me.id() => "You are a recipient",
            Some(team) => { "Through " (team.name()) },
            None if teller.sees => "If a row names you, or before",
            None => "It told you something",
        }
        @if is_sent(teller) { "; made as whom it runs as" }
    }
}

/// How one is told, in words.
pub(in crate::console) fn word(wish: Wish) -> Markup {
    let (class, word) = match wish {
        Wish::Told => ("on", "As it comes"),
        Wish::Muted => ("off", "Muted"),
        Wish::OptedOut => ("off", "Opted out"),
    };
    html! { span class={ "state " (class) } { (word) } }
}

/// What one may change that to, each a form that goes to `to`.
pub(in crate::console) fn choices(me: &Me, to: &str, name: &str, now: Wish) -> Markup {
    let all = [(Wish::Told, "Tell me as it comes"), (Wish::Muted, "Mute"), (Wish::OptedOut, "Opt out")];
    html! {
        div.acts {
            @for (wish, words) in all {
                @if wish != now {
                    form method="post" action=(to) {
                        (token(me))
                        button name="wish" value=(wish.as_str()) aria-label={ (words) ": " (name) } { (words) }
                    }
                }
            }
        }
    }
}

/// What a form says.
pub(in crate::console) fn wished(fields: &Fields) -> Result<Wish, Problem> {
    let said = Wish::parse(fields.text("wish"));
    said.ok_or_else(|| Trouble::Malformed("`wish` is `told`, `muted` or `opted-out`".to_owned()).into())
}

async fn set_wish(guard: Guard<Own>, At(which): At<Which>, Form(fields): Form) -> Result<SeeOther, Problem> {
    let id = AutomationId::parse(&which.automation).map_err(|_| Trouble::NotFound)?;
    guard.app.service.set_wish(guard.me.id(), &id, wished(&fields)?).await?;
    Ok(super::back())
}
