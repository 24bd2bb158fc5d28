//! The versions that an automation had, and publishing what one of them says again.

use mandate_service::{PastVersion, PastVersions};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Which,
    drafts::{InsteadOf, PublishedBody, publishing},
    field,
    shape::VersionBody,
    version,
};
use crate::{
    answer::Reply,
    body::{Asked, At, Body},
    guard::{Edit, Guard, See},
    problem::Problem,
    table::Table,
};

/// How many there are where nothing is said.
const PAGE: u32 = 20;

pub(super) fn add(table: &mut Table) {
    table.get(
        "/api/v1/automations/{automation}/versions",
        "The versions that it had, the latest first, as you may see each",
        list,
    );
    table.post(
        "/api/v1/automations/{automation}/roll-back",
        "Publish what an earlier version says; it runs once its person lets it",
        roll_back,
    );
}

/// How to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at most: 1 to 50; 20 if it is left out.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// Some versions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionList {
    /// The latest first.
    versions: Vec<PastVersionBody>,
    /// The cursor of the next page, if there is one.
    next: Option<String>,
}

/// A version that the automation had.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PastVersionBody {
    /// Which one: the first that was published is 1. What is published again is another one.
    number: u32,
    /// When it was published: microseconds since 1970.
    at: i64,
    /// Who published it; nobody if the operator did.
    by: Option<String>,
    /// Whether it is what would run now.
    live: bool,
    /// What it is; left out if it cannot be read any more.
    version: Option<VersionBody>,
    /// What it changes against the one before, in words; for who decides on it.
    changes: Option<Vec<String>>,
}

impl From<PastVersion> for PastVersionBody {
    fn from(past: PastVersion) -> Self {
        let PastVersion { number, at, by, live, version, changes } = past;
        Self {
            number,
            at,
            by: by.map(|by| by.to_string()),
            live,
            version: version.map(VersionBody::from),
            changes: changes.map(|changes| changes.lines()),
        }
    }
}

async fn list(
    guard: Guard<See>,
    At(which): At<Which>,
    Asked(paging): Asked<Paging>,
) -> Result<Reply<VersionList>, Problem> {
    let (me, app, id) = (guard.me.id(), &guard.app, which.id()?);
    let limit = Some(paging.limit.unwrap_or(PAGE)).filter(|limit| (1..=PastVersions::MOST).contains(limit));
    let limit = limit.ok_or_else(|| field("limit", &format!("`limit` is 1 to {}", PastVersions::MOST)))?;
    let list = format!("versions {id}");
    let before = match &paging.cursor {
        Some(cursor) => app.cursors.open(me, &list, cursor)?.parse().ok(),
        None => None,
    };
    let PastVersions { versions, next } = app.service.versions(&id, me, before, limit).await?;
    let next = next.map(|next| app.cursors.seal(me, &list, &next.to_string())).transpose()?;
    Ok(Reply(VersionList { versions: versions.into_iter().map(PastVersionBody::from).collect(), next }))
}

/// To what, and on what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RollBackBody {
    /// The version that is published again, such as `ver_…`; one that the automation had.
    version: String,
    /// What is published now, as you were shown; refused if it is another, where your site refuses stale drafts.
    base: String,
    /// Whether you let it act for whom it runs as, for whom you speak.
    #[serde(default)]
    consent: bool,
    /// Confirms that it comes to run as you, in sites where publishing does that.
    instead_of: Option<InsteadOf>,
}

async fn roll_back(
    guard: Guard<Edit>,
    At(which): At<Which>,
    Body(body): Body<RollBackBody>,
) -> Result<Reply<PublishedBody>, Problem> {
    let (id, base) = (which.id()?, version("base", &body.base)?);
    let how = publishing(Some(base), body.consent, body.instead_of)?;
    let to = version("version", &body.version)?;
    let published = guard.app.service.roll_back(&id, guard.me.id(), &to, how).await?;
    guard.app.wake();
    Ok(Reply(PublishedBody { version: published.to_string() }))
}
