//! `/automations/{automation}`: one of them, as one may see it.

use mandate_model::{AutomationId, PrincipalId};
use mandate_policy::Act;
use mandate_service::{AutomationPage, words};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    automations::state,
    frame::{Frame, Room, token},
    names::Names,
    time::time,
};
use crate::{
    answer::{Page, SeeOther},
    body::{At, Form},
    guard::{Guard, Me, See, Toggle},
    problem::{Problem, Trouble},
    table::Table,
};

/// Which one.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Which {
    /// Its id.
    automation: String,
}

impl Which {
    /// The id; what is none is told like what does not exist.
    pub(super) fn id(&self) -> Result<AutomationId, Problem> {
        AutomationId::parse(&self.automation).map_err(|_| Trouble::NotFound.into())
    }
}

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}", "One automation", overview);
    table.post("/automations/{automation}/disable", "Turn it off", disable);
}

async fn overview(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let page = app.service.shown_to(&which.id()?, me.id()).await?;
    let automation = &page.automation;
    let names = Names::of(app, people(&page)).await?;
    let content = html! {
        dl.facts {
            dt { "State" } dd { (state(automation, page.consent.is_some())) }
            dt { "Runs as" } dd { (automation.run_as.as_ref().map_or("nobody yet", |who| names.get(who))) }
            dt { "Made by" } dd { (names.get(&automation.creator)) }
            @if let Some(version) = &page.version { dt { "Plugin" } dd { q { (version.plugin) } } }
        }
        (sentence(&page))
        (acts(me, &page))
        section aria-labelledby="happened" {
            h2 #happened { "What happened" }
            ol.timeline {
                @for one in page.happened.iter().rev() {
                    li {
                        (time(one.at, &me.principal.time_zone)) " "
                        strong { (one.by.as_ref().map_or("Mandate", |by| names.get(by))) } ": " (one.what)
                    }
                }
            }
        }
    };
    let above = [("/automations", "Automations")];
    let frame = Frame { me, room: Room::Automations, above: &above, title: &automation.name };
    Ok(Page::ok(frame.page(&content)))
}

/// Everybody whom the page names.
fn people(page: &AutomationPage) -> Vec<&PrincipalId> {
    let automation = &page.automation;
    let people = automation.run_as.iter().chain(&automation.managers).chain(&automation.members);
    people.chain([&automation.creator]).chain(page.happened.iter().filter_map(|one| one.by.as_ref())).collect()
}

/// What it does, in one sentence, for who may know it.
fn sentence(page: &AutomationPage) -> Markup {
    let works_on = page.version.as_ref().and_then(|version| version.whole.as_ref());
    let Some((trigger, _)) = works_on.and_then(|whole| whole.works_on.as_ref()) else { return html! {} };
    html! { p.sentence { "It listens to " (words::trigger(trigger)) "." } }
}

/// What one may do with it.
fn acts(me: &Me, page: &AutomationPage) -> Markup {
    let at = format!("/automations/{}", page.automation.id);
    let on = page.automation.state == mandate_governance::State::On;
    html! {
        div.acts {
            @if on && page.may.contains(&Act::Disable) {
                form method="post" action={ (at) "/disable" } { (token(me)) button { "Turn off" } }
            }
        }
    }
}

async fn disable(guard: Guard<Toggle>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    let id = which.id()?;
    guard.app.service.disable(&id, guard.me.id()).await?;
    Ok(SeeOther(format!("/automations/{id}")))
}
