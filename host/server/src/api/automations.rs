//! `/api/v1/automations`: the list, one of them, turning it on and off.

mod shape;

use std::num::NonZeroUsize;

use mandate_model::{AutomationId, VersionId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use self::shape::{AutomationBody, AutomationList, AutomationSummary};
use crate::{
    answer::{Done, Reply},
    body::{Asked, At, Body},
    guard::{Guard, See, Toggle},
    problem::{Problem, Trouble},
    table::Table,
};

/// The list that cursors are of.
const LIST: &str = "automations";
/// Most that are listed at once, and how many are where nothing is said.
const MOST: usize = 200;
const PAGE: usize = 50;

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/automations", "The automations that you may see", list);
    table.get("/api/v1/automations/{automation}", "One automation, as you may see it", one);
    table.post("/api/v1/automations/{automation}/enable", "Turn it on; what runs as you acts for you then", enable);
    table.post("/api/v1/automations/{automation}/disable", "Turn it off", disable);
    table.post("/api/v1/automations/{automation}/revoke", "Take your consent back", revoke);
}

/// One automation.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Which {
    /// Its id, such as `aut_…`.
    automation: String,
}

impl Which {
    /// The id; what is none is told like what does not exist.
    fn id(&self) -> Result<AutomationId, Problem> {
        AutomationId::parse(&self.automation).map_err(|_| Trouble::NotFound.into())
    }
}

/// How to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at most: 1 to 200; 50 if it is left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Turning on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Enabling {
    /// The version that you were shown, such as `ver_…`; refused if another one is published.
    version: String,
}

async fn list(guard: Guard<See>, Asked(paging): Asked<Paging>) -> Result<Reply<AutomationList>, Problem> {
    let (me, app) = (guard.me.id(), &guard.app);
    let limit = paging.limit.unwrap_or(PAGE);
    let limit = NonZeroUsize::new(limit).filter(|limit| limit.get() <= MOST).ok_or_else(|| {
        let detail = format!("`limit` is 1 to {MOST}");
        Trouble::Field { field: "limit".to_owned(), detail }
    })?;
    let after = match &paging.cursor {
        Some(cursor) => AutomationId::parse(&app.cursors.open(me, LIST, cursor)?).ok(),
        None => None,
    };
    let visible = app.service.visible(me, after.as_ref(), limit).await?;
    let next = visible.next.map(|next| app.cursors.seal(me, LIST, next.as_str())).transpose()?;
    let automations = visible.automations.into_iter().map(AutomationSummary::from).collect();
    Ok(Reply(AutomationList { automations, next }))
}

async fn one(guard: Guard<See>, At(which): At<Which>) -> Result<Reply<AutomationBody>, Problem> {
    let page = guard.app.service.shown_to(&which.id()?, guard.me.id()).await?;
    Ok(Reply(page.into()))
}

async fn enable(guard: Guard<Toggle>, At(which): At<Which>, Body(how): Body<Enabling>) -> Result<Done, Problem> {
    let version = VersionId::parse(&how.version)
        .map_err(|error| Trouble::Field { field: "version".to_owned(), detail: error.to_string() })?;
    guard.app.service.enable(&which.id()?, guard.me.id(), &version).await?;
    guard.app.wake();
    Ok(Done)
}

async fn disable(guard: Guard<Toggle>, At(which): At<Which>) -> Result<Done, Problem> {
    guard.app.service.disable(&which.id()?, guard.me.id()).await?;
    Ok(Done)
}

async fn revoke(guard: Guard<Toggle>, At(which): At<Which>) -> Result<Done, Problem> {
    guard.app.service.revoke(&which.id()?, guard.me.id()).await?;
    Ok(Done)
}
