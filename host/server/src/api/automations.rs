//! `/api/v1/automations`: the list, making one, one of them. What may be asked of one is in `acts`, what it would run in `drafts`.

mod acts;
mod drafts;
mod foresight;
mod listing;
mod shape;
mod versions;

use axum::http::Method;
use mandate_model::{AutomationId, AutomationKind, VersionId};
use mandate_service::NewAutomation;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use self::shape::AutomationBody;
pub(super) use self::shape::AutomationSummary;
use crate::{
    answer::Made,
    body::{At, Body},
    etag::{IfNoneMatch, Tagged},
    guard::{Create, Guard, See},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    listing::add(table);
    table.post("/api/v1/automations", "Make an automation: off, with nothing published", create);
    table.get("/api/v1/automations/{automation}", "One automation, as you may see it", one);
    table.add(Method::DELETE, "/api/v1/automations/{automation}", "End it, for ever", acts::delete);
    acts::add(table);
    drafts::add(table);
    versions::add(table);
    foresight::add(table);
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
