//! What may be asked of an automation: each is one POST, decided and kept by the service in one transaction.

use std::collections::BTreeSet;

use mandate_governance::{Acquisition, Ask};
use mandate_model::{AutomationKind, PrincipalId, RowRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Which, shape::AutomationSummary, shown, version};
use crate::{
    answer::{Done, Made, Reply},
    body::{At, Body},
    etag::IfMatch,
    guard::{Clone as Copying, Delete, Edit, Guard, RunNow, Share, Take, Toggle},
    people,
    problem::Problem,
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.post("/api/v1/automations/{automation}/rename", "Call it otherwise", rename);
    table.post("/api/v1/automations/{automation}/kind", "Make it private or main", kind);
    table.post(
        "/api/v1/automations/{automation}/enable",
        "Turn it on; with what runs as you, you let it act for you",
        enable,
    );
    table.post("/api/v1/automations/{automation}/disable", "Turn it off; what is queued is withheld", disable);
    table.post("/api/v1/automations/{automation}/consent", "Let a version act for you", consent);
    table.post("/api/v1/automations/{automation}/revoke", "Take your consent back", revoke);
    table.post("/api/v1/automations/{automation}/take", "Make it run as you", take);
    table.post("/api/v1/automations/{automation}/offer", "Offer it to somebody, or to nobody any more", offer);
    table.post("/api/v1/automations/{automation}/accept", "Accept the offer: it runs as you", accept);
    table.post("/api/v1/automations/{automation}/decline", "Decline the offer", decline);
    table.post("/api/v1/automations/{automation}/move", "Make it run as somebody else, who must turn it on", hand);
    table.post("/api/v1/automations/{automation}/managers", "Say who manages it", managers);
    table.post("/api/v1/automations/{automation}/members", "Say who is invited to see it", members);
    table.post("/api/v1/automations/{automation}/run-now", "Run it once, by hand", run_now);
    table.post("/api/v1/automations/{automation}/clone", "Copy it: off, without consent", copy);
}

/// Whom it comes to run as by this, where that is so in your site. Refused unless `from` is whom it runs as now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acquiring {
    /// Whom it runs as, as you were shown; nobody if it is left out.
    from: Option<String>,
    /// Whom it will run as: you, or a team that you speak for.
    to: String,
    /// What will act for them, as you were shown.
    version: Option<String>,
}

impl Acquiring {
    fn read(&self) -> Result<Acquisition, Problem> {
        Ok(Acquisition {
            expected: self.from.as_deref().map(|from| people::written("from", from)).transpose()?,
            new: people::written("to", &self.to)?,
            version: self.version.as_deref().map(|id| version("version", id)).transpose()?,
        })
    }
}

fn acquisition(acquiring: Option<&Acquiring>) -> Result<Option<Acquisition>, Problem> {
    acquiring.map(Acquiring::read).transpose()
}

/// Asks, and wakes what runs automations.
async fn ask<A>(guard: &Guard<A>, which: &Which, ask: Ask) -> Result<Done, Problem> {
    guard.app.service.ask(&which.id()?, guard.me.id(), ask).await?;
    guard.app.wake();
    Ok(Done)
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Renaming {
    /// What it will be called.
    name: String,
    /// Whom it comes to run as by this, in sites where it does.
    acquire: Option<Acquiring>,
}

async fn rename(guard: Guard<Edit>, At(which): At<Which>, Body(body): Body<Renaming>) -> Result<Done, Problem> {
    ask(&guard, &which, Ask::Rename { name: body.name, acquisition: acquisition(body.acquire.as_ref())? }).await
}

/// Private or main.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Kind {
    /// Whether everyone in its workspace may see it.
    main: bool,
}

async fn kind(guard: Guard<Share>, At(which): At<Which>, Body(body): Body<Kind>) -> Result<Done, Problem> {
    let kind = if body.main { AutomationKind::Main } else { AutomationKind::Private };
    ask(&guard, &which, Ask::SetKind { kind }).await
}

/// What you were shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Enabling {
    /// The version, such as `ver_…`; refused if another one is published.
    version: String,
    /// Whom it comes to run as by this, in sites where it does.
    acquire: Option<Acquiring>,
}

async fn enable(guard: Guard<Toggle>, At(which): At<Which>, Body(body): Body<Enabling>) -> Result<Done, Problem> {
    let version = version("version", &body.version)?;
    ask(&guard, &which, Ask::Enable { version, acquisition: acquisition(body.acquire.as_ref())? }).await
}

/// Turning off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Disabling {
    /// Whom it comes to run as by this, in sites where it does.
    acquire: Option<Acquiring>,
}

async fn disable(guard: Guard<Toggle>, At(which): At<Which>, Body(body): Body<Disabling>) -> Result<Done, Problem> {
    ask(&guard, &which, Ask::Disable { acquisition: acquisition(body.acquire.as_ref())? }).await
}

/// What you were shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Consenting {
    /// The version, such as `ver_…`; refused if another one is published.
    version: String,
}

async fn consent(guard: Guard<Toggle>, At(which): At<Which>, Body(body): Body<Consenting>) -> Result<Done, Problem> {
    ask(&guard, &which, Ask::Consent { version: version("version", &body.version)? }).await
}

async fn revoke(guard: Guard<Toggle>, At(which): At<Which>) -> Result<Done, Problem> {
    ask(&guard, &which, Ask::Revoke).await
}

async fn take(guard: Guard<Take>, At(which): At<Which>, Body(body): Body<Acquiring>) -> Result<Done, Problem> {
    ask(&guard, &which, Ask::Take { acquisition: body.read()? }).await
}

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Offering {
    /// To whom, such as `user:bo`; to nobody any more if it is left out.
    to: Option<String>,
}

async fn offer(guard: Guard<Take>, At(which): At<Which>, Body(body): Body<Offering>) -> Result<Done, Problem> {
    let to = body.to.as_deref().map(|to| people::written("to", to)).transpose()?;
    ask(&guard, &which, Ask::Offer { to }).await
}

async fn accept(guard: Guard<Take>, At(which): At<Which>, Body(body): Body<Acquiring>) -> Result<Done, Problem> {
    ask(&guard, &which, Ask::Accept { acquisition: body.read()? }).await
}

async fn decline(guard: Guard<Take>, At(which): At<Which>) -> Result<Done, Problem> {
    ask(&guard, &which, Ask::Decline).await
}

/// From whom to whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Moving {
    /// Whom it runs as, as you were shown; nobody if it is left out.
    from: Option<String>,
    /// Whom it will run as.
    to: String,
}

async fn hand(guard: Guard<Take>, At(which): At<Which>, Body(body): Body<Moving>) -> Result<Done, Problem> {
    let expected = body.from.as_deref().map(|from| people::written("from", from)).transpose()?;
    ask(&guard, &which, Ask::Move { expected, new: people::written("to", &body.to)? }).await
}

/// Who comes, who goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    /// People and teams who come to be it.
    #[serde(default)]
    add: Vec<String>,
    /// Those who are it no more.
    #[serde(default)]
    remove: Vec<String>,
}

impl People {
    fn read(&self) -> Result<(BTreeSet<PrincipalId>, BTreeSet<PrincipalId>), Problem> {
        let all = |name: &str, ids: &[String]| ids.iter().map(|id| people::written(name, id)).collect::<Result<_, _>>();
        Ok((all("add", &self.add)?, all("remove", &self.remove)?))
    }
}

async fn managers(guard: Guard<Share>, At(which): At<Which>, Body(body): Body<People>) -> Result<Done, Problem> {
    let (add, remove) = body.read()?;
    ask(&guard, &which, Ask::Share { add, remove }).await
}

async fn members(guard: Guard<Share>, At(which): At<Which>, Body(body): Body<People>) -> Result<Done, Problem> {
    let (add, remove) = body.read()?;
    ask(&guard, &which, Ask::Invite { add, remove }).await
}

/// About what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Running {
    /// A row that you see; about nothing if it is left out.
    row: Option<RowBody>,
}

/// A row.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RowBody {
    /// Of which dataset.
    dataset: String,
    /// Its id.
    id: String,
}

impl From<RowBody> for RowRef {
    fn from(row: RowBody) -> Self {
        Self { dataset: row.dataset, id: row.id }
    }
}

/// What was begun.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Begun {
    /// The event of the run.
    event: String,
}

async fn run_now(
    guard: Guard<RunNow>,
    At(which): At<Which>,
    Body(body): Body<Running>,
) -> Result<Reply<Begun>, Problem> {
    let row = body.row.map(RowRef::from);
    let (event, _) = guard.app.service.run_now(&which.id()?, guard.me.id(), row).await?;
    guard.app.wake();
    Ok(Reply(Begun { event: event.to_string() }))
}

/// What the copy is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyBody {
    /// Its name.
    name: String,
}

async fn copy(
    guard: Guard<Copying>,
    At(which): At<Which>,
    Body(body): Body<CopyBody>,
) -> Result<Made<AutomationSummary>, Problem> {
    let id = guard.app.service.clone_automation(&which.id()?, guard.me.id(), &body.name).await?;
    let life = guard.app.service.automation(&id).await?;
    Ok(Made { at: format!("/api/v1/automations/{id}"), what: life.into() })
}

pub(super) async fn delete(guard: Guard<Delete>, At(which): At<Which>, read: IfMatch) -> Result<Done, Problem> {
    if !read.is_asked() {
        return ask(&guard, &which, Ask::Delete).await;
    }
    let (id, service) = (which.id()?, &guard.app.service);
    // Read before what its reader is told: what changes in between is noticed.
    let seen = service.automation(&id).await?;
    read.holds(Some(&shown(&guard, &which).await?))?;
    service.ask_unchanged(&id, guard.me.id(), Ask::Delete, &seen).await?;
    guard.app.wake();
    Ok(Done)
}
