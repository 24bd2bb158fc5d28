//! Handing over all that runs as somebody, and saying what moved, what stayed and why.

use mandate_governance::Refused;
use mandate_model::{AutomationId, PrincipalId};
use mandate_service::{HandedOver, ServiceError};
use maud::{Markup, html};

use super::{Who, page};
use crate::{
    answer::{Page, SeeOther},
    app::App,
    body::{At, Form},
    console::{automation::Agreed, frame::token, names::Names},
    guard::{Guard, Me, Take},
    people,
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.post("/people/{person}/hand-over", "Hand over what runs as them", hand_over);
}

/// What was typed, and what came of it.
#[derive(Default)]
pub(super) struct Handing {
    to: String,
    wrong: Option<String>,
    /// What moved.
    moved: Vec<(AutomationId, String)>,
    /// What stayed, and why.
    stayed: Vec<(AutomationId, String, String)>,
    /// What they are called to whom it moved.
    whom: String,
}

impl Handing {
    /// What came of it; nothing, if nothing was handed over.
    pub(super) fn came_of_it(&self) -> Markup {
        let link = |id: &AutomationId, name: &str| html! { a href={ "/automations/" (id) } { (name) } };
        html! {
            @if !self.stayed.is_empty() {
                div.note.waits role="alert" {
                    @if self.moved.is_empty() { p { "Nothing was handed over." } } @else {
                        p { "Handed over to " (self.whom) ", off until they turn it on:" }
                        ul { @for (id, name) in &self.moved { li { (link(id, name)) } } }
                    }
                    p { "Not handed over:" }
                    ul { @for (id, name, why) in &self.stayed { li { (link(id, name)) ": " (why) } } }
                }
            }
        }
    }

    /// What came of each, by name.
    async fn of(app: &App, me: &Me, HandedOver { to, automations }: HandedOver) -> Result<Self, Problem> {
        let mut came = Self { whom: Names::of(app, vec![&to]).await?.get(&to).to_owned(), ..Self::default() };
        for (id, moved) in automations {
            let name = named(app, me, &id).await?;
            match moved {
                Ok(()) => came.moved.push((id, name)),
                Err(why) => came.stayed.push((id, name, why.to_string())),
            }
        }
        Ok(came)
    }
}

/// What it is called, by who may see it; who handed it away may no longer.
async fn named(app: &App, me: &Me, id: &AutomationId) -> Result<String, Problem> {
    match app.service.shown_to(id, me.id()).await {
        Ok(page) => Ok(page.automation.name),
        Err(ServiceError::Refused(Refused::Unknown)) => Ok(id.to_string()),
        Err(error) => Err(error.into()),
    }
}

/// Where one hands over, for who may move any of it.
pub(super) fn form(me: &Me, person: &PrincipalId, handing: &Handing) -> Markup {
    html! {
        section {
            h2 { "Hand over" }
            p.quiet { "Each is off for who takes it over, until they turn it on. What you may not move stays." }
            form.field method="post" action={ "/people/" (person) "/hand-over" } {
                (token(me))
                label for="to" { "To whom (the default successor, if empty)" }
                input type="text" id="to" name="to" value=(handing.to) placeholder="user:bo" autocomplete="off";
                @if let Some(wrong) = &handing.wrong { p.wrong role="alert" { (wrong) } }
                button { "Hand over" }
            }
        }
    }
}

async fn hand_over(guard: Guard<Take>, At(who): At<Who>, Form(fields): Form) -> Result<Agreed, Problem> {
    let (app, me) = (&guard.app, &guard.me);
    let from = people::person(app, me, &who.person).await?;
    let to = fields.text("to").trim();
    let handed = match Some(to).filter(|to| !to.is_empty()).map(|to| people::written("to", to)).transpose() {
        Ok(to) => app.service.hand_over(me.id(), &from, to.as_ref()).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match handed {
        Ok(handed) if handed.automations.iter().all(|(_, moved)| moved.is_ok()) => {
            Ok(Agreed::There(SeeOther(format!("/people/{from}"))))
        }
        Ok(handed) => {
            let came = Handing::of(app, me, handed).await?;
            Ok(Agreed::Again(Page::ok(page(app, me, &from, &came).await?)))
        }
        Err(Problem(trouble)) if is_about_whom(&trouble) => {
            let wrong = Handing { to: to.to_owned(), wrong: Some(trouble.told()), ..Handing::default() };
            Ok(Agreed::Again(Page::again(page(app, me, &from, &wrong).await?)))
        }
        Err(problem) => Err(problem),
    }
}

/// Whether it stands beside the field.
fn is_about_whom(trouble: &Trouble) -> bool {
    let nobody = |error: &ServiceError| {
        matches!(
            error,
            ServiceError::NoSuccessor(_) | ServiceError::NoDefaultSuccessor(_) | ServiceError::NoPrincipal(_)
        )
    };
    match trouble {
        Trouble::Field { .. } => true,
        Trouble::Service(error) => nobody(error),
        _ => false,
    }
}
