//! `GET /api/v1/automations`: those that one may see; which of them, the address says in the words of the console's list.

use std::num::NonZeroUsize;

use mandate_model::AutomationId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    field,
    shape::{AutomationList, ListedBody},
};
use crate::{
    answer::Reply,
    body::Asked,
    guard::{Guard, See},
    listing,
    problem::Problem,
    table::Table,
};

/// The list that cursors are of.
const LIST: &str = "automations";
/// Most that are listed at once, and how many are where nothing is said.
const MOST: usize = 200;
const PAGE: usize = 50;

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/automations", "The automations that you may see, but for deleted ones", list);
}

/// Which, and how to list them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only those that stand so: `on`, `waits`, `stopped`, `off` or `never`.
    state: Option<String>,
    /// `runs`: only those that run as you; `managed`: only those that you manage, yourself or by a team.
    mine: Option<String>,
    /// Only those that run a plugin of this name.
    plugin: Option<String>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at most: 1 to 200; 50 if it is left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl Wanted {
    fn limit(&self) -> Result<NonZeroUsize, Problem> {
        let limit = NonZeroUsize::new(self.limit.unwrap_or(PAGE)).filter(|limit| limit.get() <= MOST);
        limit.ok_or_else(|| field("limit", &format!("`limit` is 1 to {MOST}")))
    }
}

async fn list(guard: Guard<See>, Asked(wanted): Asked<Wanted>) -> Result<Reply<AutomationList>, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let after = match &wanted.cursor {
        Some(cursor) => AutomationId::parse(&app.cursors.open(me.id(), LIST, cursor)?).ok(),
        None => None,
    };
    let only = listing::only(me, wanted.state.as_deref(), wanted.mine.as_deref(), wanted.plugin.clone())?;
    let listed = app.service.listed(me.id(), &only, after.as_ref(), wanted.limit()?).await?;
    let next = listed.next.map(|next| app.cursors.seal(me.id(), LIST, next.as_str())).transpose()?;
    Ok(Reply(AutomationList { automations: listed.automations.into_iter().map(ListedBody::from).collect(), next }))
}
