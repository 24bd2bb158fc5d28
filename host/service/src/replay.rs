//! Replay: a part again, answered by its own journal. Nothing is kept, nothing is carried out, and nobody is asked.
//!
//! A [`Recording`] has all that a replay needs but the component, so it can be taken elsewhere: to where its author works.

use std::{collections::BTreeSet, sync::Arc};

use mandate_model::{
    Effect, Entry, Event, Finding, Message, Outcome, Phase, PluginDigest, Powers, Principal, PrincipalId, RunId,
};
use mandate_runtime::{
    limits::Limits,
    part::{ActReport, NotifyReport, Record, Usage},
    platform::{Always, Platform},
    replay::Answers,
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, ServiceError},
    history::PartView,
    parts::{Component, Job, Parts},
    redact::without_reasons,
    service::Service,
    store::part::PartKind,
};

/// What a part comes to, without anything being kept or carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rehearsed {
    /// Which part.
    pub kind: PartKind,
    /// How its guest ended. In a replay, cause `diverged` tells the first call that is not as the journal has it.
    pub outcome: Outcome,
    /// Of an act part: what was found, and whether acting on it succeeded.
    pub findings: Vec<(Finding, Outcome)>,
    /// Of an act part: what it would change, in order.
    pub effects: Vec<Effect>,
    /// Of a notify part: what it would tell, with the key of the finding.
    pub messages: Vec<(String, Message)>,
    /// What was asked and answered, without the reasons of denials.
    pub journal: Vec<Entry>,
    /// What it used.
    pub usage: Usage,
}

/// A person's own part of a run, as far as it depends on nothing but what they saw; denials are without their reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The run.
    pub run: RunId,
    /// Whose part it is, with the profile of when it was recorded.
    pub principal: Principal,
    /// What ran.
    pub plugin: PluginDigest,
    /// The automation's settings.
    pub settings: String,
    /// What happened.
    pub event: Event,
    /// What came of it.
    pub part: Rehearsed,
}

/// A part again, answered by its own journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replayed {
    /// What it comes to now.
    pub now: Rehearsed,
    /// What is not as it was: any of `outcome`, `findings`, `effects`, `fuel`. Another component seldom uses the same fuel.
    pub differs: Vec<String>,
}

impl Recording {
    /// Whom the part told as run_as. Where it rendered and told nobody, its own principal stands for whom it would have told: no
    /// guest learns who they are.
    fn told(&self) -> BTreeSet<PrincipalId> {
        let recipient = |effect: &Effect| match effect {
            Effect::Tell { recipient, .. } => Some(recipient.clone()),
            _ => None,
        };
        let mut told: BTreeSet<PrincipalId> = self.part.effects.iter().filter_map(recipient).collect();
        let acts = self.part.kind == PartKind::Act;
        if told.is_empty() && acts && self.part.journal.iter().any(|entry| entry.phase == Phase::Notification) {
            told.insert(self.principal.id.clone());
        }
        told
    }

    /// The part again, by `component`, which need not be the one that ran.
    pub async fn replay(&self, parts: &dyn Parts, component: Component, limits: Limits) -> Replayed {
        let job = Job {
            plugin: component,
            // What the automation might ask for is in the journal's answers.
            powers: Arc::new(Powers::default()),
            settings: Arc::from(self.settings.as_str()),
            event: self.event.clone(),
            run: self.run.clone(),
            platform: Platform::nowhere(),
            limits,
            standing: Arc::new(Always),
            answers: Answers::Journal(Arc::from(self.part.journal.as_slice())),
            tells: Arc::new(self.told()),
        };
        let now = rehearse(parts, &job, &self.principal, self.part.kind).await;
        let same = [
            ("outcome", now.outcome == self.part.outcome),
            ("findings", now.findings == self.part.findings),
            ("effects", now.effects == self.part.effects),
            ("fuel", now.usage.fuel == self.part.usage.fuel),
        ];
        let differs = same.iter().filter(|(_, same)| !same).map(|(what, _)| (*what).to_owned()).collect();
        Replayed { now, differs }
    }
}

impl Service {
    /// `viewer`'s own evaluated parts of a run, as far as they are shown to them, to be replayed here or elsewhere.
    /// [`ServiceError::NoRun`] where there is nothing that they may see.
    pub async fn recordings(&self, viewer: &PrincipalId, run: &RunId) -> Result<Vec<Recording>> {
        let (context, parts) = self.runner().own_parts(viewer, run).await?;
        let principal = self.host().platform.directory.principal(viewer).await?;
        let principal = principal.ok_or_else(|| ServiceError::NoPrincipal(viewer.clone()))?;
        let recording = |part: PartView| {
            let PartView { kind, outcome, findings, effects, journal, usage, .. } = part;
            let effects = effects.into_iter().map(|staged| staged.effect).collect();
            let part = Rehearsed { kind, outcome: outcome?, findings, effects, messages: vec![], journal, usage };
            Some(Recording {
                run: run.clone(),
                principal: principal.clone(),
                plugin: context.version.plugin().clone(),
                settings: context.version.settings().to_owned(),
                event: context.occurrence.event(self.store().secret()),
                part,
            })
        };
        Ok(parts.into_iter().filter(|part| part.hidden.is_none()).filter_map(recording).collect())
    }

    /// `viewer`'s own parts of a run again: by the component that ran, or by another one of its site.
    pub async fn replay(
        &self,
        viewer: &PrincipalId,
        run: &RunId,
        other: Option<&PluginDigest>,
    ) -> Result<Vec<Replayed>> {
        let mut replayed = vec![];
        let recordings = self.recordings(viewer, run).await?;
        let site = self.runner().context(run).await?.life.automation.site;
        for recording in recordings {
            let component = self.runner().component(&site, other.unwrap_or(&recording.plugin)).await?;
            replayed.push(recording.replay(self.host().parts.as_ref(), component, self.host().limits).await);
        }
        Ok(replayed)
    }
}

/// A part, of which nothing is kept or carried out.
pub(crate) async fn rehearse(parts: &dyn Parts, job: &Job, principal: &Principal, kind: PartKind) -> Rehearsed {
    let mut rehearsed = match kind {
        PartKind::Act => acted(parts.act(job, principal).await),
        PartKind::Notify => told(parts.notify(job, principal).await),
    };
    without_reasons(&mut rehearsed.journal);
    rehearsed
}

fn acted(report: ActReport) -> Rehearsed {
    let ActReport { outcome, acted, effects, record: Record { journal, usage } } = report;
    let findings = acted.into_iter().map(|acted| (acted.finding, acted.outcome)).collect();
    Rehearsed { kind: PartKind::Act, outcome, findings, effects, messages: vec![], journal, usage }
}

fn told(report: NotifyReport) -> Rehearsed {
    let NotifyReport { outcome, messages, record: Record { journal, usage } } = report;
    Rehearsed { kind: PartKind::Notify, outcome, findings: vec![], effects: vec![], messages, journal, usage }
}
