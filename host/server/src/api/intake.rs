//! `/api/v1/intake` and `/api/v1/events`: what a source of events may send, and sending it.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use mandate_model::EventId;
use mandate_service::{Accepted, EventError, ServiceError, cloud_event::CloudEvent};
use serde::Serialize;
use utoipa::ToSchema;

use super::at;
use crate::{
    answer::{Answer, Reply, json},
    app::App,
    cloud_events::Sent,
    guard::Intake,
    openapi::Doc,
    problem::{Problem, ProblemBody, Trouble},
    table::Table,
};

/// What a service token is for.
#[derive(Debug, Serialize, ToSchema)]
struct SourceBody {
    /// The site that its events happen in.
    site: String,
    /// The source that its events name; those of others are refused.
    source: String,
    /// Until when the token counts.
    expires: String,
}

/// An event that is stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakenEvent {
    /// 202: what follows from it comes later.
    status: u16,
    /// Its id here, made of site, source and id.
    #[schema(value_type = String)]
    event: EventId,
    /// Whether it was not known before; what comes again is the same event, whatever it says.
    new: bool,
}

/// What became of each event of a batch, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakenBatch {
    /// Taken or refused, each with its status.
    events: Vec<TakenOne>,
}

/// What became of one of many.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum TakenOne {
    /// It is stored.
    Taken(TakenEvent),
    /// It is refused, and the others are not.
    Refused(ProblemBody),
}

/// What became of what was sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Taken {
    /// It was one event.
    One(TakenEvent),
    /// They were many.
    Batch(TakenBatch),
}

impl From<Accepted> for TakenEvent {
    fn from(Accepted { event, new }: Accepted) -> Self {
        Self { status: StatusCode::ACCEPTED.as_u16(), event, new }
    }
}

impl From<Result<Accepted, EventError>> for TakenOne {
    fn from(one: Result<Accepted, EventError>) -> Self {
        match one {
            Ok(accepted) => Self::Taken(accepted.into()),
            Err(error) => Self::Refused(Trouble::from(ServiceError::Event(error)).body()),
        }
    }
}

impl IntoResponse for Taken {
    fn into_response(self) -> Response {
        let refused = |one: &TakenOne| matches!(one, TakenOne::Refused(_));
        let some_refused = matches!(&self, Self::Batch(batch) if batch.events.iter().any(refused));
        json(if some_refused { StatusCode::MULTI_STATUS } else { StatusCode::ACCEPTED }, &self)
    }
}

impl Answer for Taken {
    fn describe(doc: &mut Doc) {
        doc.answers::<Self>("202", "stored, all of it");
        doc.answers::<TakenBatch>(
            "207",
            "some events of the batch were refused, each with its problem; the others are stored",
        );
    }
}

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/intake", "What your service token may send", what);
    table.post("/api/v1/events", "Send CloudEvents of your source; answered once they are stored", send);
}

async fn what(intake: Intake) -> Result<Reply<SourceBody>, Problem> {
    let Intake { source, expires, app } = intake;
    Ok(Reply(SourceBody { site: app.options.site.to_string(), source, expires: at(expires) }))
}

async fn send(intake: Intake, sent: Sent) -> Result<Taken, Problem> {
    let Intake { source, app, .. } = intake;
    match sent {
        Sent::One(event) => one(&app, &source, *event).await.map(Taken::One),
        Sent::Batch(events) => {
            let events = keep(&app, &source, events).await?.into_iter().map(TakenOne::from).collect();
            Ok(Taken::Batch(TakenBatch { events }))
        }
    }
}

/// Keeps one event of a source.
pub(super) async fn one(app: &App, source: &str, event: Result<CloudEvent, EventError>) -> Result<TakenEvent, Problem> {
    let kept = keep(app, source, vec![event]).await?.into_iter().next();
    let kept = kept.ok_or_else(|| Trouble::Internal("an event was not answered".to_owned()))?;
    Ok(kept.map_err(ServiceError::Event)?.into())
}

async fn keep(
    app: &App,
    source: &str,
    events: Vec<Result<CloudEvent, EventError>>,
) -> Result<Vec<Result<Accepted, EventError>>, Problem> {
    let kept = app.service.take_in(&app.options.site, source, events).await?;
    if kept.iter().flatten().any(|accepted| accepted.new) {
        app.wake();
    }
    Ok(kept)
}
