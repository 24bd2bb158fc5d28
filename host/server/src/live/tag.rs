//! What a page is, for its person: a digest of all that they are shown, which tells nothing else.

use std::fmt;

use data_encoding::HEXLOWER;
use mandate_model::PrincipalId;
use mandate_service::{DeliveryView, InboxPage, RunView, ServiceError, Shelf, Told};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Topic;
use crate::{app::App, problem::Problem, uploads::State};

/// How much of a list is looked at: its first page.
pub(crate) const PAGE: u32 = 30;
/// How many characters a tag has.
const SHORT: usize = 32;

/// What a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tag {
    /// There is no such page for them.
    Nothing,
    /// The digest of what they are shown.
    Shown(String),
}

impl Tag {
    /// That of some runs.
    pub(crate) fn of_runs(runs: &[RunView]) -> Self {
        Self::of(&runs)
    }

    /// That of one run, with the ways by which its messages went out.
    pub(crate) fn of_run(run: &RunView, ways: &[(String, Vec<DeliveryView>)]) -> Self {
        Self::of(&(run, ways))
    }

    /// That of an inbox.
    pub(crate) fn of_inbox(page: &InboxPage, notices: &[(i64, Told)]) -> Self {
        Self::of(&(page, notices))
    }

    /// That of an upload.
    pub(crate) fn of_upload(state: &State) -> Self {
        Self::of(&match state {
            State::UnderWay(stage) => format!("{stage:?}"),
            State::Kept(digest) => digest.to_string(),
            State::Refused(problem) => problem.body.detail.clone(),
        })
    }

    fn of<T: Serialize>(shown: &T) -> Self {
        // These are plain data; none of them can fail to be written.
        let text = serde_json::to_vec(shown).unwrap_or_default();
        let digest = HEXLOWER.encode(&Sha256::digest(text));
        Self::Shown(digest.get(..SHORT).unwrap_or_default().to_owned())
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Shown(digest) => f.write_str(digest),
        }
    }
}

/// Looks at a page with the eyes of its person, with the rights of now.
pub(super) async fn look(app: &App, person: &PrincipalId, topic: &Topic) -> Result<Tag, Problem> {
    let service = &app.service;
    match topic {
        Topic::Runs => Ok(Tag::of_runs(&service.history(person, None, None, PAGE).await?)),
        Topic::RunsOf(automation) => Ok(Tag::of_runs(&service.history(person, Some(automation), None, PAGE).await?)),
        Topic::Run(id) => match service.run(person, id).await {
            Ok(run) => Ok(Tag::of_run(&run, &ways(app, person, &run).await?)),
            Err(ServiceError::NoRun(_)) => Ok(Tag::Nothing),
            Err(error) => Err(error.into()),
        },
        Topic::Inbox => {
            let page = service.messages(person, Shelf::Current, None, PAGE).await?;
            Ok(Tag::of_inbox(&page, &service.notices(person).await?))
        }
        Topic::Upload(id) => Ok(app.uploads.state(person, id).map_or(Tag::Nothing, |state| Tag::of_upload(&state))),
    }
}

/// Of each message of somebody's own in a run: by which ways it went out.
pub(crate) async fn ways(
    app: &App,
    person: &PrincipalId,
    run: &RunView,
) -> Result<Vec<(String, Vec<DeliveryView>)>, Problem> {
    let mut ways = vec![];
    for delivered in run.parts.iter().flat_map(|part| &part.messages) {
        match app.service.message(person, &delivered.id).await {
            Ok((_, deliveries)) => ways.push((delivered.id.clone(), deliveries)),
            // It was erased meanwhile.
            Err(ServiceError::NoMessage(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ways)
}
