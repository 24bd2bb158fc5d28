//! The last run of each of several automations, as one person may see it: the same rules as for one run, with one question to the
//! store for each kind of thing, however many there are.

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::Life;
use mandate_model::{AutomationId, Entry, Occurrence, PrincipalId, RunId};

use super::{RunView, Shown, Sight, sight::Eyes};
use crate::{
    error::Result,
    governing::{facts::OfHistory, standpoint::Standpoint},
    runner::{Context, Runner},
    store::{
        self,
        part::{PartKind, PartState, Seen},
        run::Run,
    },
};

/// A run in the list of automations.
#[derive(Debug, Clone, PartialEq)]
pub struct LastRun {
    /// Which.
    pub run: RunId,
    /// When it happened: microseconds since 1970.
    pub at: i64,
    /// The worst state of its parts, as far as they are the viewer's to see; `None`: there is none yet. Hidden, if there may be one
    /// that is not.
    pub ended: Shown<Option<PartState>>,
}

/// A part with what its guest asked.
type Told<'a> = (&'a Seen, &'a [Entry]);

impl Runner {
    /// The last run of each of these that `viewer` may know of, by the automation.
    pub(crate) async fn last_runs(
        &self,
        viewer: &PrincipalId,
        of: &[(Life, Standpoint)],
    ) -> Result<BTreeMap<AutomationId, LastRun>> {
        let (ids, histories) = (ids(of, |_| true), ids(of, told_any));
        let reader = self.store.reader();
        let runs = store::listed::runs(reader, viewer, &ids, &histories).await?;
        let versions = store::listed::versions(reader, &runs.iter().map(|run| &run.version).collect()).await?;
        let occurrences = store::listed::occurrences(reader, &runs.iter().map(|run| &run.event).collect()).await?;
        let parts = store::listed::parts(reader, viewer, &runs.iter().map(|run| &run.id).collect()).await?;
        let journals = store::listed::journals(reader, &parts).await?;
        let mut last = BTreeMap::new();
        for run in runs {
            // What cannot be read shows nothing.
            let found = of.iter().find(|(life, _)| life.automation.id == run.automation);
            let (Some((life, from)), Some(version), Some(occurrence)) =
                (found, versions.get(&run.version), occurrences.get(&run.event))
            else {
                continue;
            };
            let (automation, its) = (run.automation.clone(), of_run(&run, &parts, &journals)?);
            let (version, occurrence) = (version.clone(), occurrence.clone());
            let context = Context { run, life: life.clone(), version, occurrence };
            if let Some(shown) = self.last(viewer, from, context, &its).await? {
                last.insert(automation, shown);
            }
        }
        Ok(last)
    }

    /// A run with its parts; `None`: it is nothing to the viewer.
    async fn last(
        &self,
        viewer: &PrincipalId,
        from: &Standpoint,
        context: Context,
        parts: &[Told<'_>],
    ) -> Result<Option<LastRun>> {
        let mut own = vec![];
        for (seen, journal) in parts {
            if seen.principal()? == *viewer {
                own.push((*seen, *journal));
            }
        }
        if let Some((first, _)) = own.first()
            && !self.concerns(viewer, first.kind()?, &context).await
        {
            own.clear();
        }
        let eyes = self.eyes(viewer, Some(from), !own.is_empty(), &context).await?;
        let may = |of| from.history(of);
        let redacted = may(OfHistory::Run) || may(OfHistory::CoveredRun) && covers(&eyes, parts).await?;
        if own.is_empty() && !redacted && !may(OfHistory::Whether) {
            return Ok(None);
        }
        let ended = ended(viewer, &eyes, &context.run, redacted, &own, parts).await?;
        let Occurrence { at, .. } = context.occurrence;
        Ok(Some(LastRun { run: context.run.id, at, ended }))
    }
}

/// The ids of those of which `kept` holds.
fn ids(of: &[(Life, Standpoint)], kept: impl Fn(&Standpoint) -> bool) -> BTreeSet<&AutomationId> {
    of.iter().filter(|(_, from)| kept(from)).map(|(life, _)| &life.automation.id).collect()
}

fn told_any(from: &Standpoint) -> bool {
    [OfHistory::Run, OfHistory::CoveredRun, OfHistory::Whether].into_iter().any(|of| from.history(of))
}

/// The parts of one run.
fn of_run<'a>(run: &Run, parts: &'a [Seen], journals: &'a BTreeMap<String, Vec<Entry>>) -> Result<Vec<Told<'a>>> {
    let mut its = vec![];
    for part in parts {
        if part.run()? == run.id {
            its.push((part, journals.get(&part.id).map(Vec::as_slice).unwrap_or_default()));
        }
    }
    Ok(its)
}

/// Whether they could read now all that its act part read.
async fn covers(eyes: &Eyes, parts: &[Told<'_>]) -> Result<bool> {
    for (part, journal) in parts {
        if part.kind()? == PartKind::Act && eyes.entries(&part.principal()?, journal).await < journal.len() {
            return Ok(false);
        }
    }
    Ok(eyes.act)
}

/// How it ended, from all of its parts that are shown whole.
async fn ended(
    viewer: &PrincipalId,
    eyes: &Eyes,
    run: &Run,
    redacted: bool,
    own: &[Told<'_>],
    parts: &[Told<'_>],
) -> Result<Shown<Option<PartState>>> {
    let mut states = vec![];
    let mut all = true;
    for (part, journal) in own {
        let whole = eyes.entries(viewer, journal).await == journal.len();
        all = all && whole;
        states.extend(whole.then(|| part.state()).transpose()?);
    }
    let acted = own.iter().any(|(part, _)| part.kind().is_ok_and(|kind| kind == PartKind::Act));
    if redacted && run.ended().is_some() {
        states.push(PartState::Withheld);
    }
    // Of their own act part they know already that there is one.
    if redacted && !eyes.act && !acted {
        all = false;
    }
    if redacted && eyes.act {
        for (part, journal) in parts {
            let principal = part.principal()?;
            if principal == *viewer || part.kind()? != PartKind::Act {
                continue;
            }
            let whole = eyes.entries(&principal, journal).await == journal.len() && eyes.event && eyes.names;
            all = all && whole;
            states.extend(whole.then(|| part.state()).transpose()?);
        }
    }
    Ok(told(all && (redacted || !own.is_empty()), states))
}

impl RunView {
    /// The worst state of its parts, as far as they are shown; `None`: there is none yet. Hidden, if there may be one that is not.
    pub fn ended(&self) -> Shown<Option<PartState>> {
        let own = self.parts.iter().map(|part| part.hidden.is_none().then_some(part.state));
        let others = self.others.get().into_iter().flatten().map(|part| part.rest.get().map(|rest| rest.state));
        let withheld = self.withheld.iter().map(|_| Some(PartState::Withheld));
        let states: Vec<Option<PartState>> = own.chain(others).chain(withheld).collect();
        let all = states.iter().all(Option::is_some) && self.others.get().is_some();
        let any = !self.parts.is_empty() || self.sight == Sight::Redacted;
        told(all && any, states.into_iter().flatten())
    }
}

/// The worst of what is shown. What one sees went wrong did, whatever one does not see.
fn told(all: bool, states: impl IntoIterator<Item = PartState>) -> Shown<Option<PartState>> {
    let worst = states.into_iter().max_by_key(|state| severity(*state));
    let wrong = worst.is_some_and(|worst| severity(worst) > severity(PartState::Staged));
    Shown::only_if(all || wrong, worst)
}

/// Which state is told of several.
fn severity(state: PartState) -> u8 {
    match state {
        PartState::Done => 0,
        PartState::Pending | PartState::Running | PartState::Staged => 1,
        PartState::Withheld => 2,
        PartState::Failed => 3,
        PartState::Dead => 4,
    }
}
