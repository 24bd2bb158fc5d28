//! `/api/v1/people`: what concerns somebody, and handing over what runs as them.

use mandate_governance::Life;
use mandate_model::PrincipalId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::automations::AutomationSummary;
use crate::{
    answer::Reply,
    body::{At, Body},
    guard::{Guard, See, Take},
    people,
    problem::Problem,
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/people", "The people whose pages you may see", list);
    table.get("/api/v1/people/{person}", "What concerns somebody, as far as you may see the automations", one);
    table.post("/api/v1/people/{person}/hand-over", "Hand over all that runs as them and that you may move", hand_over);
}

/// Somebody.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Who {
    /// Their id, such as `user:bo`.
    person: String,
}

/// Some people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PeopleList {
    /// Their ids, in order.
    people: Vec<String>,
}

/// What concerns somebody.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonBody {
    /// Their id.
    id: String,
    /// What runs as them.
    runs_as: Vec<AutomationSummary>,
    /// What they manage, themself or through a team.
    manages: Vec<AutomationSummary>,
    /// What tells them, themself or through a team: it is evaluated as them.
    reads_as: Vec<AutomationSummary>,
    /// What tells them, themself or through a team, made from what the principal that it runs as may see.
    told_by: Vec<AutomationSummary>,
}

async fn list(guard: Guard<See>) -> Result<Reply<PeopleList>, Problem> {
    let people = people::visible(&guard.app, &guard.me).await?;
    Ok(Reply(PeopleList { people: people.iter().map(ToString::to_string).collect() }))
}

async fn one(guard: Guard<See>, At(who): At<Who>) -> Result<Reply<PersonBody>, Problem> {
    let person = people::person(&guard.app, &guard.me, &who.person).await?;
    let all = guard.app.service.inventory(&person, Some(guard.me.id())).await?;
    let named = |all: Vec<(Life, PrincipalId)>| all.into_iter().map(|(life, _)| life.into()).collect();
    Ok(Reply(PersonBody {
        id: person.to_string(),
        runs_as: all.runs_as.into_iter().map(AutomationSummary::from).collect(),
        manages: named(all.manages),
        reads_as: named(all.reads_as),
        told_by: named(all.told_by),
    }))
}

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOverBody {
    /// To whom; to the site's default successor if it is left out.
    to: Option<String>,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandedBody {
    /// To whom.
    to: String,
    /// What was moved: it is off until they turn it on.
    moved: Vec<String>,
    /// What stayed, with why.
    stayed: Vec<Stayed>,
}

/// Something that stayed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Stayed {
    /// Which automation.
    automation: String,
    /// Why.
    why: String,
}

async fn hand_over(
    guard: Guard<Take>,
    At(who): At<Who>,
    Body(body): Body<HandOverBody>,
) -> Result<Reply<HandedBody>, Problem> {
    let from = people::person(&guard.app, &guard.me, &who.person).await?;
    let to = body.to.as_deref().map(|to| people::written("to", to)).transpose()?;
    let handed = guard.app.service.hand_over(guard.me.id(), &from, to.as_ref()).await?;
    let (mut moved, mut stayed) = (vec![], vec![]);
    for (automation, result) in handed.automations {
        match result {
            Ok(()) => moved.push(automation.to_string()),
            Err(why) => stayed.push(Stayed { automation: automation.to_string(), why: why.to_string() }),
        }
    }
    Ok(Reply(HandedBody { to: handed.to.to_string(), moved, stayed }))
}
