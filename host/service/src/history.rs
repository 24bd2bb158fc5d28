//! History: what a person may see of what ran. They see their own parts: the act part of what ran as them, and what was
//! evaluated for them as a recipient. Parts of others do not exist for them: no row, no count, no time.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, Entry, Event, Finding, Outcome, PrincipalId, RunId, VersionId};
use mandate_runtime::part::Usage;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, ServiceError},
    redact::redact,
    runner::{Context, Runner},
    store::{
        self,
        effect::StagedEffect,
        inbox::Delivered,
        part::{PartKind, PartState, Seen},
    },
};

/// A run, as one person may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// The run.
    pub id: RunId,
    /// The automation.
    pub automation: AutomationId,
    /// What the automation is called now.
    pub name: String,
    /// What ran; only for whom it ran as. A version's id is a digest over its recipients too, who are nobody else's business.
    pub version: Option<VersionId>,
    /// What happened.
    pub event: Event,
    /// The viewer's own parts: at least one.
    pub parts: Vec<PartView>,
}

/// A part, as its own person may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartView {
    /// Which part.
    pub kind: PartKind,
    /// Where it stands.
    pub state: PartState,
    /// How its guest ended; `None`: not yet.
    pub outcome: Option<Outcome>,
    /// Why it was withheld, put off or given up.
    pub reason: Option<String>,
    /// Of an act part: what was found, and whether acting on it succeeded.
    pub findings: Vec<(Finding, Outcome)>,
    /// Of an act part: what was asked for, and what became of it.
    pub effects: Vec<StagedEffect>,
    /// Of a notify part: what was delivered.
    pub messages: Vec<Delivered>,
    /// What the guest asked and was told.
    pub journal: Vec<Entry>,
    /// What it used.
    pub usage: Usage,
}

impl Runner {
    /// The runs in which `viewer` has a part that they may know of: the latest event first.
    pub(crate) async fn runs(&self, viewer: &PrincipalId) -> Result<Vec<RunView>> {
        let seen = store::part::seen(self.store.reader(), viewer, None).await?;
        let ids = seen.iter().map(Seen::run).collect::<Result<BTreeSet<_>>>()?;
        let mut runs = Vec::with_capacity(ids.len());
        for id in ids {
            match self.run(viewer, &id).await {
                Ok(run) => runs.push(run),
                // Theirs once, but not for their eyes now.
                Err(ServiceError::NoRun(_)) => {}
                // Asked for by itself, it says why it cannot be read.
                Err(error) if error.is_broken() => {}
                Err(error) => return Err(error),
            }
        }
        runs.sort_by(|one, other| (other.event.at, &one.id).cmp(&(one.event.at, &other.id)));
        Ok(runs)
    }

    /// One run. What is not the viewer's, or what they may not know of any more, is told like what does not exist, a denial without
    /// its reason (R6), and what has no label not at all.
    pub(crate) async fn run(&self, viewer: &PrincipalId, id: &RunId) -> Result<RunView> {
        let (seen, context) = self.shown(viewer, id).await?;
        let mut view = self.view(viewer, &seen, context).await?;
        view.parts.iter_mut().for_each(|part| redact(viewer, part));
        Ok(view)
    }

    /// [`Runner::run`] with the reasons of denials, whatever the viewer may know now: for the operator.
    pub(crate) async fn run_with_reasons(&self, viewer: &PrincipalId, id: &RunId) -> Result<RunView> {
        let (seen, context) = self.own(viewer, id).await?;
        self.view(viewer, &seen, context).await
    }

    /// The viewer's own parts of a run that they may know of now: at least one.
    pub(crate) async fn shown(&self, viewer: &PrincipalId, id: &RunId) -> Result<(Vec<Seen>, Context)> {
        let (seen, context) = self.own(viewer, id).await?;
        if self.sees(viewer, &seen, &context).await? {
            Ok((seen, context))
        } else {
            Err(ServiceError::NoRun(id.to_string()))
        }
    }

    /// The viewer's own parts of a run: at least one.
    async fn own(&self, viewer: &PrincipalId, id: &RunId) -> Result<(Vec<Seen>, Context)> {
        let seen = store::part::seen(self.store.reader(), viewer, Some(id)).await?;
        if seen.is_empty() {
            return Err(ServiceError::NoRun(id.to_string()));
        }
        Ok((seen, self.context(id).await?))
    }

    /// Whether the viewer, with the rights of now, is there and may know of the run's event. Who cannot be asked about is not shown.
    async fn sees(&self, viewer: &PrincipalId, seen: &[Seen], context: &Context) -> Result<bool> {
        let Some(first) = seen.first() else { return Ok(false) };
        let there = matches!(self.host.platform.directory.principal(viewer).await, Ok(Some(_)));
        Ok(there && self.witnesses(viewer, first.kind()?, context).await.unwrap_or(false))
    }

    async fn view(&self, viewer: &PrincipalId, seen: &[Seen], context: Context) -> Result<RunView> {
        let mut parts = Vec::with_capacity(seen.len());
        for part in seen {
            parts.push(self.part_view(viewer, &context.run.id, part).await?);
        }
        let acts = parts.iter().any(|part: &PartView| part.kind == PartKind::Act);
        Ok(RunView {
            id: context.run.id,
            automation: context.run.automation,
            name: context.life.automation.name,
            version: acts.then_some(context.run.version),
            event: context.occurrence.event(self.store.secret()),
            parts,
        })
    }

    async fn part_view(&self, viewer: &PrincipalId, run: &RunId, part: &Seen) -> Result<PartView> {
        let reader = self.store.reader();
        let kind = part.kind()?;
        let messages = match kind {
            PartKind::Act => vec![],
            PartKind::Notify => store::inbox::inbox(reader, viewer, Some(run)).await?,
        };
        Ok(PartView {
            kind,
            state: part.state()?,
            outcome: part.outcome()?,
            reason: part.reason.clone(),
            findings: part.findings()?,
            effects: store::effect::of(reader, &part.id).await?,
            messages,
            journal: store::part::journal(reader, &part.id).await?,
            usage: part.usage()?,
        })
    }
}
