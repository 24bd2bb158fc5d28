//! What an automation would come to: a dry run as oneself and others, what it reaches with one's rights, and which of its powers its
//! last runs did not use. Nothing is carried out, and all of it is shown as the console shows it.

use std::collections::BTreeSet;

use mandate_governance::Refused;
use mandate_model::{RowRef, RunId};
use mandate_service::{
    DatasetReach, Draft, Foreseen, Occasion, PartKind, PowerReach, ReachPreview, Rehearsal, SavedDraft, ServiceError,
    Simulated, SimulatedPart, Unused,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Which, acts::RowBody, field};
use crate::{
    answer::Reply,
    body::{At, Body},
    guard::{Guard, See, Try},
    people,
    problem::{Problem, Trouble},
    table::Table,
};

/// How many runs are looked at for powers that they did not use.
const RUNS: u32 = 30;

pub(super) fn add(table: &mut Table) {
    table.post(
        "/api/v1/automations/{automation}/dry-run",
        "Try it as yourself, and as others as whom you may: nothing is carried out, and nobody is told",
        dry_run,
    );
    table.get(
        "/api/v1/automations/{automation}/reach",
        "What it would reach with your rights, for who decides on it; 404 while nothing is published",
        reach,
    );
    table.get(
        "/api/v1/automations/{automation}/unused",
        "Which powers its last runs did not use, as far as you see them whole; 404 while nothing is published",
        unused,
    );
}

/// What is tried, on what, as whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Trying {
    /// `draft`: your own draft; `published`: what is published. Your draft if there is one, where nothing is said.
    what: Option<WhatBody>,
    /// A run that you may see: what happened then, happens again.
    run: Option<String>,
    /// A row that you see. About nothing if run and row are left out.
    row: Option<RowBody>,
    /// As whom: yourself if it is left out; 20 people at most.
    #[serde(default)]
    people: Vec<String>,
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum WhatBody {
    /// Your own draft.
    Draft,
    /// What is published.
    Published,
}

/// What it would come to.
#[derive(Debug, Serialize, ToSchema)]
struct TriedList {
    /// For each person, in order of their ids.
    people: Vec<TriedBody>,
}

/// What it would come to for one person.
#[derive(Debug, Serialize, ToSchema)]
struct TriedBody {
    /// As whom.
    person: String,
    /// Whether nothing of it is for you to see, not even whether there is anything.
    hidden: bool,
    /// The parts, the act part first. Left out where it is hidden, or where there is no such event for them.
    parts: Option<Vec<TriedPart>>,
}

/// A part. All texts in it are of a guest.
#[derive(Debug, Serialize, ToSchema)]
struct TriedPart {
    /// `act` or `notify`.
    kind: &'static str,
    /// What the guest asked and was told, up to the first entry that depends on what you may not see.
    #[schema(value_type = Vec<Object>)]
    journal: Value,
    /// What it comes to; left out unless you are shown every entry.
    comes_to: Option<ForeseenBody>,
}

/// What a part comes to.
#[derive(Debug, Serialize, ToSchema)]
struct ForeseenBody {
    /// How its guest ended.
    #[schema(value_type = Object)]
    outcome: Value,
    /// Of an act part: what was found, each with how acting on it ended.
    #[schema(value_type = Vec<Object>)]
    findings: Value,
    /// What it would change, in order.
    #[schema(value_type = Vec<Object>)]
    effects: Value,
    /// Of a notify part: what it would tell, each with the key of its finding.
    #[schema(value_type = Vec<Object>)]
    messages: Value,
    /// What it used.
    #[schema(value_type = Object)]
    usage: Value,
}

impl From<Simulated> for TriedBody {
    fn from(simulated: Simulated) -> Self {
        let parts = match simulated.comes_to.get() {
            Some(Rehearsal::Parts(parts)) => Some(parts.iter().map(TriedPart::of).collect()),
            Some(Rehearsal::NoEvent) | None => None,
        };
        let hidden = simulated.comes_to.get().is_none();
        Self { person: simulated.person.to_string(), hidden, parts }
    }
}

impl TriedPart {
    fn of(part: &SimulatedPart) -> Self {
        let kind = match part.kind {
            PartKind::Act => "act",
            PartKind::Notify => "notify",
        };
        Self { kind, journal: json(&part.journal), comes_to: part.rest.get().map(ForeseenBody::of) }
    }
}

impl ForeseenBody {
    fn of(foreseen: &Foreseen) -> Self {
        let findings = foreseen.findings.iter();
        let findings: Vec<_> =
            findings.map(|(finding, ended)| serde_json::json!({ "finding": finding, "ended": ended })).collect();
        let messages = foreseen.messages.iter();
        let messages: Vec<_> =
            messages.map(|(key, message)| serde_json::json!({ "finding": key, "message": message })).collect();
        Self {
            outcome: json(&foreseen.outcome),
            findings: Value::Array(findings),
            effects: json(&foreseen.effects),
            messages: Value::Array(messages),
            usage: json(&foreseen.usage),
        }
    }
}

/// These are plain data; none of them can fail to be written.
fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

async fn dry_run(
    guard: Guard<Try>,
    At(which): At<Which>,
    Body(body): Body<Trying>,
) -> Result<Reply<TriedList>, Problem> {
    let (service, me, id) = (&guard.app.service, guard.me.id(), which.id()?);
    // Who may not see it learns nothing by what is wrong with what they send.
    service.prospect(&id, me).await?;
    let mut people = body.people.iter().map(|id| people::written("people", id)).collect::<Result<BTreeSet<_>, _>>()?;
    if people.is_empty() {
        people.insert(me.clone());
    }
    let draft = if body.what == Some(WhatBody::Published) { None } else { draft(&guard, &which).await? };
    if draft.is_none() && body.what == Some(WhatBody::Draft) {
        return Err(field("what", "you have no draft of it: keep one first, or try what is published"));
    }
    let simulated = service.simulate(&id, me, draft.as_ref(), occasion(body.run, body.row)?, &people).await;
    let simulated = simulated.map_err(nothing_published)?;
    Ok(Reply(TriedList { people: simulated.into_iter().map(TriedBody::from).collect() }))
}

/// One's own draft, if there is one.
async fn draft(guard: &Guard<Try>, which: &Which) -> Result<Option<Draft>, Problem> {
    let (service, me) = (&guard.app.service, &guard.me);
    let Some(saved) = service.saved_draft(&which.id()?, me.id()).await? else { return Ok(None) };
    let SavedDraft { plugin, settings, trigger, recipients, .. } = saved;
    let plugin = service.plugin(&me.standing.site, &plugin).await?.digest;
    Ok(Some(Draft { plugin, settings, trigger, recipients }))
}

fn occasion(run: Option<String>, row: Option<RowBody>) -> Result<Occasion, Problem> {
    match (run, row) {
        (Some(_), Some(_)) => Err(field("run", "try it on a run or on a row, not on both")),
        (Some(run), None) => Ok(Occasion::Run(RunId::parse(&run).map_err(|_| Trouble::NotFound)?)),
        (None, row) => Ok(Occasion::Now(row.map(RowRef::from))),
    }
}

/// What is about a version, where there is none, is told like what does not exist.
fn nothing_published(error: ServiceError) -> Problem {
    match error {
        ServiceError::Refused(Refused::Unpublished) => Trouble::NotFound.into(),
        other => other.into(),
    }
}

/// What it would reach as you.
#[derive(Debug, Serialize, ToSchema)]
struct ReachBody {
    /// As whom: you.
    person: String,
    /// As whom it runs now.
    run_as: Option<String>,
    /// Every declared power, once; of all that you may not know of, one without a name.
    powers: Vec<PowerBody>,
    /// Every dataset that is read and that you may know of.
    datasets: Vec<DatasetBody>,
}

/// A declared power.
#[derive(Debug, Serialize, ToSchema)]
struct PowerBody {
    /// What, in words; left out if you may not know of it.
    power: Option<String>,
    /// Whether you hold it.
    held: bool,
    /// Whether whom it runs as holds it now; left out if it runs as nobody, or you may not know.
    now: Option<bool>,
}

/// What is read of a dataset.
#[derive(Debug, Serialize, ToSchema)]
struct DatasetBody {
    /// Which.
    dataset: String,
    /// How many rows you see; at most a page.
    rows: usize,
    /// Whether there are more.
    more: bool,
    /// How many of them whom it runs as does not see; left out where that cannot be said.
    new: Option<usize>,
    /// Some of these rows, by their ids: first of those that whom it runs as does not see.
    examples: Vec<String>,
    /// Whether whom it runs as sees the same rows and columns; left out where that cannot be said.
    same: Option<bool>,
    /// Which rows you see, in words.
    reads: Option<String>,
    /// The columns that you see.
    sees: Vec<String>,
    /// The columns that you may set.
    sets: Vec<String>,
}

impl From<ReachPreview> for ReachBody {
    fn from(reach: ReachPreview) -> Self {
        let power =
            |PowerReach { power, held, now }| PowerBody { power: power.as_ref().map(ToString::to_string), held, now };
        Self {
            person: reach.person.to_string(),
            run_as: reach.run_as.map(|who| who.to_string()),
            powers: reach.powers.into_iter().map(power).collect(),
            datasets: reach.datasets.into_iter().map(DatasetBody::from).collect(),
        }
    }
}

impl From<DatasetReach> for DatasetBody {
    fn from(reach: DatasetReach) -> Self {
        let DatasetReach { dataset, rows, examples, extent, same } = reach;
        let reads = extent.as_ref().map(|extent| extent.reads.clone());
        let (sees, sets) = extent.map(|extent| (extent.sees, extent.sets)).unwrap_or_default();
        Self { dataset, rows: rows.count, more: rows.more, new: rows.new, examples, same, reads, sees, sets }
    }
}

async fn reach(guard: Guard<See>, At(which): At<Which>) -> Result<Reply<ReachBody>, Problem> {
    let (service, me, id) = (&guard.app.service, guard.me.id(), which.id()?);
    // As on the page where one agrees: it is for who decides by what the version is.
    if service.shown_to(&id, me).await?.version_id().is_none() {
        return Err(Trouble::NotFound.into());
    }
    Ok(Reply(service.reach(&id, me).await.map_err(nothing_published)?.into()))
}

/// Powers that were not used.
#[derive(Debug, Serialize, ToSchema)]
struct UnusedBody {
    /// How many act parts were counted: those of the last 30 runs of what is published that you see whole.
    counted: u32,
    /// Declared powers that none of these used, in words, without those that you may not know of. Empty where none was counted.
    powers: Vec<String>,
}

impl From<Unused> for UnusedBody {
    fn from(unused: Unused) -> Self {
        let Unused { counted, powers } = unused;
        // Where nothing was counted, nothing is known to be unused.
        let powers = if counted == 0 { vec![] } else { powers.iter().map(ToString::to_string).collect() };
        Self { counted, powers }
    }
}

async fn unused(guard: Guard<See>, At(which): At<Which>) -> Result<Reply<UnusedBody>, Problem> {
    let (service, me) = (&guard.app.service, guard.me.id());
    Ok(Reply(service.unused(me, &which.id()?, RUNS).await.map_err(nothing_published)?.into()))
}
