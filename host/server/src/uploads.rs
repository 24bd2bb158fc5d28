//! Uploads that are under way: compiling goes on beside the request, and its stages can be looked at. Nothing of it is kept when the
//! server ends; what was uploaded is.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use mandate_model::{PluginDigest, PrincipalId};
use mandate_runtime::compile::{Progress, Stage};
use tokio::sync::watch;

use crate::{
    app::App,
    guard::Me,
    live::{Tag, Topic},
    panics,
    problem::{Problem, Told, Trouble},
    secret,
};

/// Most bytes of a component that are taken; the scan says the same.
pub(crate) const MOST: usize = 4 << 20;
/// Most uploads of one person that are under way.
const OF_ONE: usize = 3;
/// How long one that ended is told of: microseconds.
const REMEMBERED: i64 = 600_000_000;
/// Most of one person that ended and are told of: the latest.
const ENDED_OF_ONE: usize = 50;
/// What the id of every upload begins with.
pub(crate) const PREFIX: &str = "upl_";

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// This stage was reached.
    UnderWay(Stage),
    /// It was kept.
    Kept(PluginDigest),
    /// It was refused: the problem.
    Refused(Box<Told>),
}

impl State {
    fn is_under_way(&self) -> bool {
        matches!(self, Self::UnderWay(_))
    }
}

struct Upload {
    person: PrincipalId,
    begun: i64,
    state: watch::Sender<State>,
}

impl Upload {
    fn is_under_way(&self) -> bool {
        self.state.borrow().is_under_way()
    }
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
        Ok(self.watched(person, id)?.borrow().clone())
    }

    /// [`Uploads::state`] once it ended, or as it is after so long.
    pub(crate) async fn ended(&self, person: &PrincipalId, id: &str, patience: Duration) -> Result<State, Problem> {
        let mut state = self.watched(person, id)?;
        // Who is gone is told as it was last.
        let _ = tokio::time::timeout(patience, state.wait_for(|state| !state.is_under_way())).await;
        let now = state.borrow().clone();
        Ok(now)
    }

    fn watched(&self, person: &PrincipalId, id: &str) -> Result<watch::Receiver<State>, Problem> {
        let state = self.with(|all| all.get(id).filter(|one| one.person == *person).map(|one| one.state.subscribe()));
        state.ok_or_else(|| Trouble::NotFound.into())
    }

    fn begin(&self, person: &PrincipalId, now: i64) -> Result<String, Problem> {
        let id = secret::id(PREFIX).map_err(|error| Trouble::Internal(error.to_string()))?;
        self.with(|all| {
            all.retain(|_, one| one.is_under_way() || one.begun + REMEMBERED > now);
            let theirs = all.iter().filter(|(_, one)| one.person == *person);
            let (under_way, mut ended): (Vec<_>, Vec<_>) = theirs.partition(|(_, one)| one.is_under_way());
            if under_way.len() >= OF_ONE {
                return Err(Trouble::TooManyUploads(OF_ONE).into());
            }
            ended.sort_by_key(|(_, one)| std::cmp::Reverse(one.begun));
            let old: Vec<String> = ended.into_iter().skip(ENDED_OF_ONE - 1).map(|(id, _)| id.clone()).collect();
            for id in old {
                all.remove(&id);
            }
            let state = watch::Sender::new(State::UnderWay(Stage::Received));
            all.insert(id.clone(), Upload { person: person.clone(), begun: now, state });
            Ok(id)
        })
    }

    fn reached(&self, id: &str, state: State) {
        self.with(|all| {
            if let Some(one) = all.get(id) {
                one.state.send_replace(state);
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
    let (app, site, told, person) = (app.clone(), me.standing.site.clone(), id.clone(), me.id().clone());
    tokio::spawn(async move {
        let (of, at, who) = (app.clone(), told.clone(), person.clone());
        let progress = Progress::new(move |stage| reached(&of, &who, &at, State::UnderWay(stage)));
        let uploaded = panics::caught(app.service.upload_told(&site, &bytes, &progress)).await;
        let state = match uploaded.and_then(|uploaded| uploaded.map_err(Trouble::from)) {
            Ok(digest) => State::Kept(digest),
            Err(trouble) => State::Refused(Box::new(Problem::from(trouble).told())),
        };
        reached(&app, &person, &told, state);
    });
    Ok(id)
}

/// Notes how far one is, and tells whoever listens.
fn reached(app: &App, person: &PrincipalId, id: &str, state: State) {
    let tag = Tag::of_upload(&state);
    app.uploads.reached(id, state);
    app.live.is_now(&(person.clone(), Topic::Upload(id.to_owned())), &tag);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w06_so_many_uploads_are_under_way_and_so_many_that_ended_are_told_of() {
        let (uploads, ana) = (Uploads::default(), PrincipalId::parse("user:ana").unwrap());
        let refused = || State::Refused(Box::new(Problem::from(Trouble::NotFound).told()));
        let first: Vec<String> = (0..OF_ONE).map(|_| uploads.begin(&ana, 0).unwrap()).collect();
        assert!(matches!(*uploads.begin(&ana, 0).unwrap_err().0, Trouble::TooManyUploads(OF_ONE)));
        for id in &first {
            uploads.reached(id, refused());
        }
        for at in 1..=100 {
            let id = uploads.begin(&ana, at).unwrap();
            uploads.reached(&id, refused());
        }
        assert_eq!(uploads.with(|all| all.len()), ENDED_OF_ONE, "the latest");
        assert!(uploads.state(&ana, &first[0]).is_err());
        // Of none that ended so long ago anybody is told.
        uploads.begin(&ana, 101 + REMEMBERED).unwrap();
        assert_eq!(uploads.with(|all| all.len()), 1);
    }
}
