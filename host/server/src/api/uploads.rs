//! Uploading: `POST /api/v1/plugins` begins it, `/api/v1/uploads/{upload}` tells how far it is. Compiling goes on beside the request,
//! in a process of its own; who would rather wait says for how long with `Prefer: wait=N` (RFC 7240).

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use mandate_runtime::compile::Stage;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::plugins::Component;
use crate::{
    answer::{self, Answer, Reply},
    app::App,
    body::{At, Piece},
    guard::{Guard, See, Upload},
    openapi::Doc,
    problem::{Problem, ProblemBody},
    table::Table,
    uploads::{self, State},
};

/// Longest that a request waits, whatever it prefers: seconds. What stands before a server gives up at about a minute.
const LONGEST: u64 = 50;

pub(super) fn add(table: &mut Table) {
    table.post(
        "/api/v1/plugins",
        "Upload a component: it is compiled and checked beside the request, and the upload says how far that is",
        upload,
    );
    table.get("/api/v1/uploads/{upload}", "How far an upload of yours is; of one that ended, for ten minutes", one);
}

/// One upload.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id, such as `upl_…`.
    upload: String,
}

/// How far an upload is.
#[derive(Debug, Serialize, ToSchema)]
struct UploadBody {
    /// Its id.
    id: String,
    /// `under-way`, `kept` or `refused`.
    state: &'static str,
    /// What was reached: `received`, `scanned`, `compiled` or `checked`; while it is under way.
    stage: Option<&'static str>,
    /// What it is: the digest of the plugin, once it is kept.
    plugin: Option<String>,
    /// Why it is not, once it is refused.
    problem: Option<ProblemBody>,
}

impl UploadBody {
    fn of(id: String, state: State) -> Self {
        let none = Self { id, state: "under-way", stage: None, plugin: None, problem: None };
        match state {
            State::UnderWay(stage) => Self { stage: Some(word(stage)), ..none },
            State::Kept(digest) => Self { state: "kept", plugin: Some(digest.to_string()), ..none },
            State::Refused(problem) => Self { state: "refused", problem: Some(problem.body), ..none },
        }
    }
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Received => "received",
        Stage::Scanned => "scanned",
        Stage::Compiled => "compiled",
        Stage::Checked => "checked",
    }
}

/// How long who asks would rather wait for the end than look again; nothing, where they did not say.
struct Wait(Option<Duration>);

impl FromRequestParts<App> for Wait {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self(preferred(&parts.headers)))
    }
}

impl Piece for Wait {
    fn describe(doc: &mut Doc) {
        doc.header(
            "Prefer",
            "`wait=N`: answered once the upload ended, or after so many seconds, 50 at most (RFC 7240)",
        );
    }
}

/// What is preferred that is not understood is not looked at (RFC 7240, 2).
fn preferred(headers: &HeaderMap) -> Option<Duration> {
    let all = headers.get_all("prefer").into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split([',', ';'])).filter_map(|one| one.trim().split_once('='));
    let (_, seconds) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))?;
    let seconds: u64 = seconds.trim().trim_matches('"').parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST)))
}

/// How far it is, with whether who asked was waited for: 202 while it is under way, 201 once it is kept, its problem if it is refused.
struct Begun {
    id: String,
    state: State,
    waited: bool,
}

impl Answer for Begun {
    fn describe(doc: &mut Doc) {
        let location = |about: &str| json!({ "schema": { "type": "string" }, "description": about });
        doc.answers::<UploadBody>("202", "it is under way; `Location` says where to look how far");
        doc.answers_with("202", "Location", &location("the upload"));
        doc.answers::<UploadBody>("201", "it ended within the time of `Prefer: wait`, and is kept");
        doc.answers_with("201", "Location", &location("the plugin"));
        doc.refuses("429", "too many uploads of yours are under way");
    }
}

impl IntoResponse for Begun {
    fn into_response(self) -> Response {
        let Self { id, state, waited } = self;
        let (status, at) = match &state {
            State::UnderWay(_) => (StatusCode::ACCEPTED, format!("/api/v1/uploads/{id}")),
            State::Kept(digest) => (StatusCode::CREATED, format!("/api/v1/plugins/{digest}")),
            State::Refused(problem) => return problem.as_ref().clone().into_response(),
        };
        let mut response = answer::json(status, &UploadBody::of(id, state));
        if let Ok(at) = HeaderValue::from_str(&at) {
            response.headers_mut().insert(header::LOCATION, at);
        }
        if waited {
            let applied = HeaderValue::from_static("wait");
            response.headers_mut().insert(HeaderName::from_static("preference-applied"), applied);
        }
        response
    }
}

async fn upload(guard: Guard<Upload>, wait: Wait, Component(bytes): Component) -> Result<Begun, Problem> {
    let (app, me) = (&guard.app, &guard.me);
    uploads::may(app, me).await?;
    let id = uploads::begin(app, me, bytes)?;
    let state = match wait.0 {
        Some(patience) => app.uploads.ended(me.id(), &id, patience).await?,
        None => app.uploads.state(me.id(), &id)?,
    };
    Ok(Begun { id, state, waited: wait.0.is_some() })
}

async fn one(guard: Guard<See>, At(which): At<Which>) -> Result<Reply<UploadBody>, Problem> {
    let state = guard.app.uploads.state(guard.me.id(), &which.upload)?;
    Ok(Reply(UploadBody::of(which.upload, state)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_waits_as_long_as_one_says_and_no_longer_than_is_waited() {
        let told = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.append("prefer", HeaderValue::from_str(text).unwrap());
            preferred(&headers).map(|wait| wait.as_secs())
        };
        for (text, seconds) in [("wait=7", Some(7)), ("respond-async, Wait = \"3\"", Some(3)), ("wait=9999", Some(50))]
        {
            assert_eq!(told(text), seconds, "{text}");
        }
        for text in ["", "wait", "wait=", "wait=-1", "wait=1.5", "return=minimal"] {
            assert_eq!(told(text), None, "{text}");
        }
        assert_eq!(preferred(&HeaderMap::new()), None);
    }
}
