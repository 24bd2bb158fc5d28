//! Uploads that are under way: compiling goes on beside the request, and its stages can be looked at. Nothing of it is kept when the
//! server ends; what was uploaded is.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use mandate_model::{PluginDigest, PrincipalId};
use mandate_runtime::compile::{Progress, Stage};

use crate::{
    app::App,
    guard::Me,
    problem::{Problem, Trouble},
    secret,
};

/// Most bytes of a component that are taken; the scan says the same.
pub(crate) const MOST: usize = 4 << 20;
/// Most uploads of one person that are under way.
const OF_ONE: usize = 3;
/// How long one that ended is told of: microseconds.
const TOLD: i64 = 600_000_000;

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// This stage was reached.
    UnderWay(Stage),
    /// It was kept.
    Kept(PluginDigest),
    /// It was refused: the code, and why.
    Refused(String),
}

struct Upload {
    person: PrincipalId,
    begun: i64,
    state: State,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Uploads(Mutex<BTreeMap<String, Upload>>);

impl Uploads {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Upload>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How far an upload of `person` is; another's is told like one that does not exist.
    pub(crate) fn state(&self, person: &PrincipalId, id: &str) -> Result<State, Problem> {
        let state = self.with(|all| all.get(id).filter(|one| one.person == *person).map(|one| one.state.clone()));
        state.ok_or_else(|| Trouble::NotFound.into())
    }

    fn begin(&self, person: &PrincipalId, now: i64) -> Result<String, Problem> {
        let id = secret::random().map_err(|error| Trouble::Internal(error.to_string()))?;
        self.with(|all| {
            all.retain(|_, one| matches!(one.state, State::UnderWay(_)) || one.begun + TOLD > now);
            let theirs = all.values().filter(|one| one.person == *person && matches!(one.state, State::UnderWay(_)));
            if theirs.count() >= OF_ONE {
                return Err(Trouble::TooManyUploads(OF_ONE).into());
            }
            let state = State::UnderWay(Stage::Received);
            all.insert(id.clone(), Upload { person: person.clone(), begun: now, state });
            Ok(id)
        })
    }

    fn reached(&self, id: &str, state: State) {
        self.with(|all| {
            if let Some(one) = all.get_mut(id) {
                one.state = state;
            }
        });
    }
}

/// Refuses who has no use for plugins.
pub(crate) async fn may(app: &App, me: &Me) -> Result<(), Problem> {
    let may = app.service.may_upload(&me.standing.site, me.id()).await?;
    if may { Ok(()) } else { Err(Trouble::MayNotUpload.into()) }
}

/// Begins an upload, which goes on by itself: its id.
pub(crate) fn begin(app: &App, me: &Me, bytes: Vec<u8>) -> Result<String, Problem> {
    let id = app.uploads.begin(me.id(), app.clock.now())?;
    let (app, site, told) = (app.clone(), me.standing.site.clone(), id.clone());
    tokio::spawn(async move {
        let (uploads, at) = (Arc::clone(&app.uploads), told.clone());
        let progress = Progress::new(move |stage| uploads.reached(&at, State::UnderWay(stage)));
        let state = match app.service.upload_told(&site, &bytes, &progress).await {
            Ok(digest) => State::Kept(digest),
            Err(error) => State::Refused(Trouble::from(error).told()),
        };
        app.uploads.reached(&told, state);
    });
    Ok(id)
}
