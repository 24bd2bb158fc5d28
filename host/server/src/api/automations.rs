//! `/api/v1/automations`: the list, making one, one of them. What may be asked of one is in `acts`, what it would run in `drafts`.

mod acts;
mod drafts;
mod shape;
mod versions;

use std::num::NonZeroUsize;

use axum::http::Method;
use mandate_model::{AutomationId, AutomationKind, VersionId};
use mandate_service::NewAutomation;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

pub(super) use self::shape::AutomationSummary;
use self::shape::{AutomationBody, AutomationList};
use crate::{
    answer::{Made, Reply},
    body::{Asked, At, Body},
    etag::{IfNoneMatch, Tagged},
    guard::{Create, Guard, See},
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
    table.post("/api/v1/automations", "Make an automation: off, with nothing published", create);
    table.get("/api/v1/automations/{automation}", "One automation, as you may see it", one);
    table.add(Method::DELETE, "/api/v1/automations/{automation}", "End it, for ever", acts::delete);
    acts::add(table);
    drafts::add(table);
    versions::add(table);
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

/// A new automation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBody {
    /// What it is called.
    name: String,
    /// The workspace that it lies in, for ever; in none if it is left out.
    workspace: Option<String>,
    /// Whether everyone in its workspace may see it.
    #[serde(default)]
    main: bool,
}

async fn list(guard: Guard<See>, Asked(paging): Asked<Paging>) -> Result<Reply<AutomationList>, Problem> {
    let (me, app) = (guard.me.id(), &guard.app);
    let limit = NonZeroUsize::new(paging.limit.unwrap_or(PAGE)).filter(|limit| limit.get() <= MOST);
    let limit = limit.ok_or_else(|| field("limit", &format!("`limit` is 1 to {MOST}")))?;
    let after = match &paging.cursor {
        Some(cursor) => AutomationId::parse(&app.cursors.open(me, LIST, cursor)?).ok(),
        None => None,
    };
    let visible = app.service.visible(me, after.as_ref(), limit).await?;
    let next = visible.next.map(|next| app.cursors.seal(me, LIST, next.as_str())).transpose()?;
    let automations = visible.automations.into_iter().map(AutomationSummary::from).collect();
    Ok(Reply(AutomationList { automations, next }))
}

async fn create(guard: Guard<Create>, Body(new): Body<NewBody>) -> Result<Made<AutomationBody>, Problem> {
    let (me, app) = (guard.me.id(), &guard.app);
    let new = NewAutomation {
        site: guard.me.standing.site.clone(),
        workspace: new.workspace,
        kind: if new.main { AutomationKind::Main } else { AutomationKind::Private },
        name: new.name,
        creator: me.clone(),
    };
    let id = app.service.create_automation(new).await?;
    let what = app.service.shown_to(&id, me).await?.into();
    Ok(Made { at: format!("/api/v1/automations/{id}"), what })
}

async fn one(guard: Guard<See>, At(which): At<Which>, has: IfNoneMatch) -> Result<Tagged<AutomationBody>, Problem> {
    Ok(Tagged { what: shown(&guard, &which).await?, has })
}

/// It, as who asks may see it.
async fn shown<A>(guard: &Guard<A>, which: &Which) -> Result<AutomationBody, Problem> {
    Ok(guard.app.service.shown_to(&which.id()?, guard.me.id()).await?.into())
}

/// A field that is not right.
fn field(name: &str, detail: &str) -> Problem {
    Trouble::Field { field: name.to_owned(), detail: detail.to_owned() }.into()
}

/// A version in a field.
fn version(name: &str, text: &str) -> Result<VersionId, Problem> {
    VersionId::parse(text).map_err(|error| field(name, &error.to_string()))
}
