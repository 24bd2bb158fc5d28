//! `GET /api/v1/live`: hearing that something which one may see changed, as server-sent events (WHATWG HTML, 9.2).

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::{IntoParams, ToSchema};

use crate::{
    answer::{Answer, Reply},
    app::App,
    body::{Asked, Piece},
    guard::{Guard, Means, See},
    live::{Heard, Listener, Tag, Topic, now},
    openapi::Doc,
    problem::{Problem, Trouble},
    table::Table,
};

/// After how long a browser tries again whose connection broke.
const AGAIN: Duration = Duration::from_secs(3);

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/live", "Hear that a page of yours is another than it was; what it is, you look up", live);
}

/// What is listened to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    /// `runs`, `inbox`, the id of an automation for its runs, the id of a run, or that of an upload of yours.
    of: String,
    /// What you saw last: `seen` of an answer, or the id of an event.
    seen: Option<String>,
}

/// What a page of yours is now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Seen {
    /// Another one, once you would be shown something else. It says nothing besides.
    seen: String,
}

/// Whether events are asked for, and which was heard last.
pub(super) struct Listening {
    events: bool,
    last: Option<String>,
}

impl FromRequestParts<App> for Listening {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let text = |name: &str| header(&parts.headers, name);
        let events = text("accept").is_some_and(|accept| accept.contains("text/event-stream"));
        Ok(Self { events, last: text("last-event-id") })
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

impl Piece for Listening {
    fn describe(doc: &mut Doc) {
        doc.header("Last-Event-ID", "the id of the last event, which browsers send by themselves");
    }
}

/// What is now, or a stream of events.
pub(super) enum Told {
    Now(Reply<Seen>),
    Events(Box<Events>),
}

/// A stream of events for somebody.
pub(super) struct Events {
    app: App,
    means: Means,
    listener: Listener,
    ends: watch::Receiver<u64>,
    seen: Option<String>,
}

impl Answer for Told {
    fn describe(doc: &mut Doc) {
        doc.answers::<Seen>("200", "what it is now; or, with `Accept: text/event-stream`, events `changed`");
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        match self {
            Self::Now(reply) => reply.into_response(),
            Self::Events(events) => {
                let kind = HeaderValue::from_static("text/event-stream");
                // nginx would keep events back otherwise.
                let unbuffered = HeaderValue::from_static("no");
                let first = format!("retry: {}\n\n", AGAIN.as_millis());
                let all = stream::unfold((events, Some(first)), |(mut events, first)| async move {
                    let text = match first {
                        Some(first) => first,
                        None => events.next().await?,
                    };
                    Some((Ok::<_, Infallible>(text), (events, None)))
                });
                let headers =
                    [(header::CONTENT_TYPE, kind), (header::HeaderName::from_static("x-accel-buffering"), unbuffered)];
                (headers, Body::from_stream(all)).into_response()
            }
        }
    }
}

impl Events {
    /// The next thing to send; `None`: it is over, because the server ends or they may listen no longer.
    async fn next(&mut self) -> Option<String> {
        let heard = tokio::select! {
            heard = self.listener.next() => heard,
            _ = self.ends.changed() => Heard::Quiet,
        };
        if heard == Heard::Ended || !self.still().await {
            return None;
        }
        let Heard::Is(tag) = heard else { return Some(":\n\n".to_owned()) };
        let tag = tag.to_string();
        // What it was when they began is no news, unless they saw something else.
        let news = self.seen.as_ref().is_some_and(|seen| *seen != tag);
        let event =
            if news { format!("event: changed\nid: {tag}\ndata: changed\n\n") } else { format!("id: {tag}\n\n") };
        self.seen = Some(tag);
        Some(event)
    }

    /// Whether their session or token still counts, and they are still there. Where that cannot be asked, they come again.
    async fn still(&self) -> bool {
        let (app, person) = (&self.app, self.listener.person());
        let now = app.clock.now();
        let counts = match &self.means {
            Means::Session(id) => app.store.session_counts(&app.options.site, id, now).await,
            Means::Token { id, .. } => app.store.token_counts(&app.options.site, id, now).await,
        };
        let there = app.roles.standing(person).await;
        counts.unwrap_or(false) && there.is_ok_and(|there| there.is_some_and(|one| one.active))
    }
}

async fn live(guard: Guard<See>, Asked(of): Asked<Of>, listening: Listening) -> Result<Told, Problem> {
    let Guard { me, means, app, .. } = guard;
    let Some(topic) = Topic::parse(&of.of) else {
        let detail = "`of` is `runs`, `inbox`, or the id of an automation, a run or an upload".to_owned();
        return Err(Trouble::Field { field: "of".to_owned(), detail }.into());
    };
    if !listening.events {
        let seen = now(&app, me.id(), &topic).await?;
        return if seen == Tag::Nothing {
            Err(Trouble::NotFound.into())
        } else {
            Ok(Told::Now(Reply(Seen { seen: seen.to_string() })))
        };
    }
    if let Topic::Run(run) = &topic {
        // What is none for them is told like what does not exist.
        app.service.run(me.id(), run).await?;
    }
    if let Topic::Upload(upload) = &topic {
        app.uploads.state(me.id(), upload)?;
    }
    let listener = app.live.listen(me.id(), topic)?;
    let seen = listening.last.or(of.seen).filter(|seen| !seen.is_empty());
    let ends = app.store.ends();
    Ok(Told::Events(Box::new(Events { app, means, listener, ends, seen })))
}
