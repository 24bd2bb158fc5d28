//! Why nobody was told, or why nothing happened: of one event and one automation, as far as whoever asks may know.
//!
//! Of their own part somebody is told how it ended. Of everything else, what they could find out on the pages that they may see: the
//! trigger and the state on that of the automation, the act part in its history. Of other recipients nothing, not even that there are
//! any.

use mandate_governance::{Life, Refused, may_run};
use mandate_model::{AutomationId, Change, ColumnSet, EventId, Occurrence, Outcome, PrincipalId, RunId, Trigger};
use mandate_runtime::platform::{Reading, Which};
use serde::Serialize;

use super::{PartOfAnother, PartView, RunView, Sight};
use crate::{
    error::{Result, ServiceError},
    governing::{facts::OfHistory, standpoint::Standpoint},
    runner::Runner,
    store::{
        self,
        part::{PartKind, PartState},
    },
    wishes::Wish,
};

/// What is known of it, in the order in which things happen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The run, if there is one that they may know of.
    pub run: Option<RunId>,
    /// Each a reason, the first that stood in the way last.
    pub fates: Vec<Fate>,
}

/// One thing that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Its trigger does not listen to such an event.
    NotMatched,
    /// It may not run now, for this reason.
    MayNotRun(String),
    /// It listens and may run, and did not run for this event: it could not then, or the event is not looked at yet.
    DidNotRun,
    /// It ran.
    Ran,
    /// It was to run, and was ended before any part of it began, for this reason.
    Withheld(String),
    /// The act part, as far as they may see it.
    Acted(String),
    /// Their own notify part.
    Told(String),
    /// Whether its trigger listens to it depends on columns that they may not see.
    NotTold,
    /// They have no part in it: they were no recipient then, or could not see what it is about.
    NoPart,
    /// They have no part in it, and want none now.
    OptedOut,
}

impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotMatched => f.write_str("its trigger does not listen to such an event"),
            Self::MayNotRun(reason) => write!(f, "it does not run now: {reason}"),
            Self::DidNotRun => {
                f.write_str("it did not run for this event: it could not then, or the event is yet to be looked at")
            }
            Self::NotTold => f.write_str(super::HIDDEN),
            Self::Ran => f.write_str("it ran"),
            Self::Withheld(reason) => write!(f, "it was to run, and was withheld: {reason}"),
            Self::Acted(how) => write!(f, "its act part: {how}"),
            Self::Told(how) => write!(f, "your notify part: {how}"),
            Self::NoPart => {
                f.write_str("you have no part in it: you were no recipient then, or could not see what it is about")
            }
            Self::OptedOut => f.write_str("you have no part in it: you want no messages of this automation"),
        }
    }
}

impl Runner {
    /// What `viewer` may know of what an automation made of an event. Who may not see the automation, and has no part in its run, is
    /// told that there is none; who may not know of the event, that there is no such event.
    pub(crate) async fn explain(
        &self,
        viewer: &PrincipalId,
        id: &AutomationId,
        event: &EventId,
    ) -> Result<Explanation> {
        let life = store::automation::known(self.store.reader(), id).await?;
        let from = self.standpoint(&life, viewer).await?.filter(Standpoint::sees);
        let run = self.store.secret().id("run", &[id.as_str(), event.as_str()]);
        let run = self.shown(viewer, &RunId::from_bytes(run)).await?;
        if from.is_none() && run.is_none() {
            return Err(Refused::Unknown.into());
        }
        let occurrence = self.known_event(viewer, event, run.as_ref()).await?;
        let mut fates = match &run {
            Some(run) => ran(run),
            None => match &from {
                Some(from) => self.idle(viewer, from, &life, &occurrence).await,
                None => vec![],
            },
        };
        if store::wish::of(self.store.reader(), viewer, id).await? == Wish::OptedOut {
            for fate in fates.iter_mut().filter(|fate| **fate == Fate::NoPart) {
                *fate = Fate::OptedOut;
            }
        }
        Ok(Explanation { run: run.map(|run| run.id), fates })
    }

    /// The event, if they may know of it: by what it is about, or by a run that they see.
    async fn known_event(&self, viewer: &PrincipalId, event: &EventId, run: Option<&RunView>) -> Result<Occurrence> {
        let nothing = || ServiceError::NoEvent(event.to_string());
        let occurrence = match store::event::occurrence(self.store.reader(), event).await {
            Err(ServiceError::Store(sqlx::Error::RowNotFound)) => return Err(nothing()),
            occurrence => occurrence?,
        };
        let witnessed = match run {
            Some(run) => run.event.get().is_some(),
            None => self.host.platform.data.open(viewer).witnesses(&occurrence).await.unwrap_or(false),
        };
        if witnessed { Ok(occurrence) } else { Err(nothing()) }
    }

    /// Why there is no run, for who sees the automation. Whether there is one that they may not know of, is not told: it is the same.
    async fn idle(&self, viewer: &PrincipalId, from: &Standpoint, life: &Life, occurrence: &Occurrence) -> Vec<Fate> {
        let Life { automation, consent } = life;
        let Some(version) = &from.version else {
            return vec![Fate::MayNotRun("nothing of it is published".to_owned())];
        };
        if !self.could_tell(viewer, version.trigger(), occurrence).await {
            return vec![Fate::NotTold];
        }
        if !version.trigger().matches(occurrence) {
            return vec![Fate::NotMatched];
        }
        match may_run(automation, &version.id(), consent.as_ref()) {
            Err(reason) => vec![Fate::MayNotRun(reason.to_string())],
            Ok(_) if from.history(OfHistory::Run) => vec![Fate::DidNotRun],
            Ok(_) => vec![Fate::NoPart],
        }
    }

    /// Whether they could tell by what they see whether a trigger listens to an event: of an update, whether a column changed that it
    /// listens to.
    async fn could_tell(&self, viewer: &PrincipalId, trigger: &Trigger, occurrence: &Occurrence) -> bool {
        let Trigger::Row { dataset, columns, .. } = trigger else { return true };
        if columns.is_empty() || occurrence.change != Change::Updated {
            return true;
        }
        let columns = ColumnSet::Named(columns.iter().cloned().collect());
        let reading = Reading { dataset: dataset.clone(), rows: Which::NoRow, columns };
        self.host.platform.data.open(viewer).may_read(&[reading]).await.is_ok_and(|may| may == [true])
    }
}

fn ran(run: &RunView) -> Vec<Fate> {
    let mut fates = vec![];
    if let Some(withheld) = &run.withheld {
        fates.push(Fate::Withheld(withheld.get().map_or(super::HIDDEN, String::as_str).to_owned()));
    } else if run.sight != Sight::Own {
        fates.push(Fate::Ran);
    }
    match run.others.get() {
        Some(others) => fates.extend(others.iter().map(|part| Fate::Acted(of_another(part)))),
        None => fates.push(Fate::Acted(super::HIDDEN.to_owned())),
    }
    for part in &run.parts {
        fates.push(match part.kind {
            PartKind::Act => Fate::Acted(own(part)),
            PartKind::Notify => Fate::Told(own(part)),
        });
    }
    if !run.parts.iter().any(|part| part.kind == PartKind::Notify) {
        fates.push(Fate::NoPart);
    }
    fates
}

fn of_another(part: &PartOfAnother) -> String {
    match part.rest.get() {
        None => super::HIDDEN.to_owned(),
        Some(rest) => {
            ended(rest.state, rest.outcome.as_ref(), rest.reason.as_deref(), rest.findings.len(), rest.effects.len())
        }
    }
}

fn own(part: &PartView) -> String {
    if part.hidden.is_some() {
        return super::HIDDEN.to_owned();
    }
    let made = if part.kind == PartKind::Act { part.effects.len() } else { part.messages.len() };
    ended(part.state, part.outcome.as_ref(), part.reason.as_deref(), part.findings.len(), made)
}

/// How a part ended, in words.
fn ended(state: PartState, outcome: Option<&Outcome>, reason: Option<&str>, found: usize, made: usize) -> String {
    let word = match state {
        PartState::Pending | PartState::Running => "yet to be evaluated",
        PartState::Staged => "evaluated, and yet to be carried out",
        PartState::Done if found == 0 && made == 0 => "done: nothing came of it",
        PartState::Done => "done",
        PartState::Failed => "failed",
        PartState::Withheld => "withheld",
        PartState::Dead => "given up",
    };
    let detail = match outcome {
        Some(Outcome::Failed { cause, detail }) => Some(format!("{}: {detail}", cause.as_str())),
        Some(Outcome::Retry { detail }) => Some(detail.clone()),
        Some(Outcome::Done) | None => None,
    };
    let why = reason.map(str::to_owned).or(detail).map(|why| format!(": {why}")).unwrap_or_default();
    format!("{word}{why}")
}
