//! `/api/v1/runs`: what ran, as one may see it.

use mandate_model::{Attachment, AutomationId, Content, EventId, RunId};
use mandate_service::{PartKind, Replayed, RunView, words};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{
    answer::{File, Reply},
    app::App,
    body::{Asked, At, Body},
    guard::{Guard, Me, Retry, Reveal, See},
    listing,
    problem::{Problem, Trouble},
    table::Table,
};

/// How many are listed at once.
const PAGE: u32 = 50;

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/runs", "The runs that you may know of, the latest first", list);
    table.get("/api/v1/runs/{run}", "One run: your own parts, and what you could read now of the act part", one);
    table.post("/api/v1/runs/{run}/reveal", "A run with what recipients were told, on the record", reveal);
    table.post("/api/v1/runs/{run}/replay", "Your own parts again, by their journal: nothing is carried out", replay);
    table.post("/api/v1/runs/{run}/retry", "Try again what failed of it for good", retry);
    table.get(
        "/api/v1/runs/{run}/record",
        "Your own parts as a JSON file, for `mandate run replay --from`",
        own_record,
    );
    table.get(
        "/api/v1/automations/{automation}/events/{event}",
        "What an automation made of an event, as far as you may know",
        explain,
    );
}

/// How to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// Of one automation alone.
    automation: Option<String>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at most: 1 to 50; 50 if it is left out.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// One run.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Which {
    /// Its id, such as `run_…`.
    run: String,
}

impl Which {
    fn id(&self) -> Result<RunId, Problem> {
        RunId::parse(&self.run).map_err(|_| Trouble::NotFound.into())
    }
}

/// Some runs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunList {
    /// The latest first.
    runs: Vec<RunBody>,
    /// The cursor of the next page, if there is one.
    next: Option<String>,
}

/// A run, as you may see it. What is not shown to you says so, in the same words whatever it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunBody {
    /// Its id.
    id: String,
    /// Of which automation.
    automation: String,
    /// What that is called now.
    name: String,
    /// What ran, if it ran as you.
    version: Option<String>,
    /// When it happened: microseconds since 1970.
    at: i64,
    /// What it was about, such as `deals/d1`; left out if you may not know of it.
    about: Option<String>,
    /// The event.
    #[schema(value_type = Object)]
    event: Value,
    /// When its event was accepted, and who had it run by hand; left out if you may not know of the event.
    #[schema(value_type = Option<Object>)]
    began: Option<Value>,
    /// Why no part of it was ever begun.
    #[schema(value_type = Option<Object>)]
    withheld: Option<Value>,
    /// Your own parts.
    #[schema(value_type = Vec<Object>)]
    parts: Value,
    /// The act part of another, as far as you could read now what it read.
    #[schema(value_type = Vec<Object>)]
    others: Value,
    /// Notify parts of others, where they were revealed.
    #[schema(value_type = Vec<Object>)]
    revealed: Value,
}

impl From<RunView> for RunBody {
    fn from(run: RunView) -> Self {
        // These are plain data; none of them can fail to be written.
        fn json<T: Serialize>(value: &T) -> Value {
            serde_json::to_value(value).unwrap_or_default()
        }
        Self {
            id: run.id.to_string(),
            automation: run.automation.to_string(),
            name: run.name,
            version: run.version.map(|version| version.to_string()),
            at: run.at,
            about: run.event.get().map(|event| words::subject(&event.subject)),
            event: json(&run.event),
            began: run.began.as_ref().map(json),
            withheld: run.withheld.as_ref().map(json),
            parts: json(&run.parts),
            others: json(&run.others),
            revealed: json(&run.revealed),
        }
    }
}

async fn list(guard: Guard<See>, Asked(paging): Asked<Paging>) -> Result<Reply<RunList>, Problem> {
    let automation = match &paging.automation {
        Some(id) => Some(AutomationId::parse(id).map_err(|_| Trouble::NotFound)?),
        None => None,
    };
    let limit = listing::limit(paging.limit, PAGE)?;
    let of = automation.as_ref();
    let (runs, next) = listing::runs(&guard.app, &guard.me, of, paging.cursor.as_deref(), limit).await?;
    Ok(Reply(RunList { runs: runs.into_iter().map(RunBody::from).collect(), next }))
}

async fn one(guard: Guard<See>, At(which): At<Which>) -> Result<Reply<RunBody>, Problem> {
    Ok(Reply(guard.app.service.run(guard.me.id(), &which.id()?).await?.into()))
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// Kept with the automation, where everybody who sees it can read it.
    reason: String,
}

async fn reveal(guard: Guard<Reveal>, At(which): At<Which>, Body(why): Body<Why>) -> Result<Reply<RunBody>, Problem> {
    Ok(Reply(guard.app.service.reveal(guard.me.id(), &which.id()?, &why.reason).await?.into()))
}

/// Your own parts again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReplayedList {
    /// Those that were evaluated, and of which you are shown all.
    parts: Vec<ReplayedBody>,
}

/// One part again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReplayedBody {
    /// `act` or `notify`.
    kind: &'static str,
    /// What is not as it was: any of `outcome`, `findings`, `effects`, `fuel`.
    differs: Vec<String>,
    /// What it comes to now.
    #[schema(value_type = Object)]
    now: Value,
}

impl From<Replayed> for ReplayedBody {
    fn from(replayed: Replayed) -> Self {
        let kind = match replayed.now.kind {
            PartKind::Act => "act",
            PartKind::Notify => "notify",
        };
        let now = serde_json::to_value(&replayed.now).unwrap_or_default();
        Self { kind, differs: replayed.differs, now }
    }
}

async fn replay(guard: Guard<See>, At(which): At<Which>) -> Result<Reply<ReplayedList>, Problem> {
    let replayed = guard.app.service.replay(guard.me.id(), &which.id()?, None).await?;
    Ok(Reply(ReplayedList { parts: replayed.into_iter().map(ReplayedBody::from).collect() }))
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Retried {
    /// Whether anything of it that you are shown had failed for good.
    tried_again: bool,
}

async fn retry(guard: Guard<Retry>, At(which): At<Which>) -> Result<Reply<Retried>, Problem> {
    let tried_again = guard.app.service.retry(guard.me.id(), &which.id()?).await?;
    guard.app.wake();
    Ok(Reply(Retried { tried_again }))
}

async fn own_record(guard: Guard<See>, At(which): At<Which>) -> Result<File, Problem> {
    record(&guard.app, &guard.me, &which.id()?).await
}

/// Somebody's own parts of a run, as a file: what `mandate run record` prints (W08).
pub(crate) async fn record(app: &App, me: &Me, run: &RunId) -> Result<File, Problem> {
    let recordings = app.service.recordings(me.id(), run).await?;
    let text = serde_json::to_string_pretty(&recordings).map_err(|error| Trouble::Internal(error.to_string()))?;
    let content = Content::Inline(text.into_bytes());
    Ok(File(Attachment { name: format!("{run}.json"), media_type: "application/json".to_owned(), content }))
}

/// An automation, and an event.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Both {
    /// The automation.
    automation: String,
    /// The event, such as `evt_…`.
    event: String,
}

/// What is known.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExplanationBody {
    /// The run, if there is one that you may know of.
    run: Option<String>,
    /// Each a reason, in words.
    fates: Vec<String>,
}

async fn explain(guard: Guard<See>, At(both): At<Both>) -> Result<Reply<ExplanationBody>, Problem> {
    let automation = AutomationId::parse(&both.automation).map_err(|_| Trouble::NotFound)?;
    let event = EventId::parse(&both.event).map_err(|_| Trouble::NotFound)?;
    let explained = guard.app.service.explain(guard.me.id(), &automation, &event).await?;
    let fates = explained.fates.iter().map(ToString::to_string).collect();
    Ok(Reply(ExplanationBody { run: explained.run.map(|run| run.to_string()), fates }))
}
