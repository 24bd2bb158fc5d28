//! `/api/v1/search`: by name, among what one may see.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::automations::AutomationSummary;
use crate::{
    answer::Reply,
    body::Asked,
    guard::{Guard, See},
    problem::Problem,
    search,
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/search", "Automations and people by name, among those that you may see", find);
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// A part of the name, in any case.
    q: String,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundBody {
    /// Automations, at most 50.
    automations: Vec<AutomationSummary>,
    /// People, by their ids.
    people: Vec<String>,
    /// Whether there are more automations than these.
    more: bool,
}

async fn find(guard: Guard<See>, Asked(wanted): Asked<Wanted>) -> Result<Reply<FoundBody>, Problem> {
    let found = search::find(&guard.app, &guard.me, &wanted.q).await?;
    Ok(Reply(FoundBody {
        automations: found.automations.into_iter().map(AutomationSummary::from).collect(),
        people: found.people.iter().map(|(id, _)| id.to_string()).collect(),
        more: found.more,
    }))
}
