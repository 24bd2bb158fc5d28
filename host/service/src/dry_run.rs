//! Dry run: what an automation would do and tell as somebody, asked live, and kept or carried out by nobody. What somebody else than
//! that person is shown of it is decided in `simulate`.

use std::sync::Arc;

use mandate_governance::{Ask, Refused, Version, tells};
use mandate_model::{AutomationId, Occurrence, Phase, PrincipalId, RowRef, RunId, SiteId};
use mandate_runtime::{
    part::Record,
    platform::{Always, Unavailable},
    replay::Answers,
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, ServiceError},
    parts::Job,
    replay::{Rehearsed, rehearse},
    run_now::by_hand,
    runner::{
        Context,
        only::{Judged, preceded},
    },
    service::{Draft, Service},
    store::{
        self,
        part::PartKind,
        run::{Run, TellsAs},
    },
};

/// What a dry run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// Being run by hand now, about a row that the person sees, or about nothing.
    Now(Option<RowRef>),
    /// The event of a run that the person may see.
    Run(RunId),
}

/// What a dry run comes to for one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rehearsal<P> {
    /// For them there is no such event: they may not know of it, or what they see of its row is not what the trigger's `where` asks for.
    NoEvent,
    /// The parts, the act part first, if it has one. Where notifications are evaluated as run_as it is the only one, and its effects
    /// are whom it would tell what.
    Parts(Vec<P>),
}

/// A dry run, ready to be tried as anybody.
pub(crate) struct Stage {
    pub(crate) context: Context,
    job: Job,
    kinds: Vec<PartKind>,
}

impl Service {
    /// What an automation would do and tell as `actor`, who may edit it: their draft, or what is published. Everything is asked with
    /// the rights of `actor` alone, whomever it runs as; what it would change is shown and never carried out. As somebody else:
    /// [`Service::simulate`].
    pub async fn dry_run(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        draft: Option<&Draft>,
        occasion: Occasion,
    ) -> Result<Rehearsal<Rehearsed>> {
        let stage = self.stage(id, actor, draft, occasion).await?;
        self.rehearsal(&stage, actor).await
    }

    /// What is to be tried, for who may edit it.
    pub(crate) async fn stage(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        draft: Option<&Draft>,
        occasion: Occasion,
    ) -> Result<Stage> {
        let life = self.runner().decide(id, actor, Ask::Draft, None).await?.before;
        let site = life.automation.site.clone();
        let version = match (draft, &life.automation.published) {
            (Some(draft), _) => self.version(&site, draft).await?,
            (None, Some(published)) => self.published(published).await?,
            (None, None) => return Err(Refused::Unpublished.into()),
        };
        let occurrence = self.occasion(&site, actor, occasion).await?;
        let (kinds, tells_as) = self.kinds(&site, &version).await?;
        let event = occurrence.event(self.store().secret());
        let run = RunId::from_bytes(store::random_id()?);
        let mut run = Run::new(run, id.clone(), version.id(), event.id.clone());
        run.tells_as = tells_as;
        let job = Job {
            plugin: self.runner().component(&site, version.plugin()).await?,
            powers: Arc::new(version.powers().clone()),
            settings: Arc::from(version.settings()),
            event,
            run: run.id.clone(),
            platform: self.host().platform.clone(),
            limits: self.host().limits,
            standing: Arc::new(Always),
            answers: Answers::Platform,
            tells: Arc::default(),
        };
        Ok(Stage { context: Context { run, life, version, occurrence }, job, kinds })
    }

    /// The parts that a run of the version has, and as whom it tells.
    async fn kinds(&self, site: &SiteId, version: &Version) -> Result<(Vec<PartKind>, TellsAs)> {
        let mut tx = self.store().reader().begin().await?;
        let governing = self.runner().governing(&mut tx, site).await?;
        drop(tx);
        let acts = self.plugin(site, version.plugin().as_str()).await?.described.phases.contains(&Phase::Action);
        let (tells_as, act, notify) = match tells(version, &governing.settings) {
            Some(_) => (TellsAs::RunAs, acts || !version.recipients().is_empty(), false),
            None => (TellsAs::Recipient, acts, true),
        };
        let kinds = [(PartKind::Act, act), (PartKind::Notify, notify)];
        Ok((kinds.into_iter().filter(|(_, is)| *is).map(|(kind, _)| kind).collect(), tells_as))
    }

    /// What the parts come to as `person`, as they themself are told it.
    pub(crate) async fn rehearsal(&self, stage: &Stage, person: &PrincipalId) -> Result<Rehearsal<Rehearsed>> {
        let Stage { context, kinds, .. } = stage;
        let principal = self.host().platform.directory.principal(person).await?;
        let principal = principal.ok_or_else(|| ServiceError::NoPrincipal(person.clone()))?;
        let mut known = vec![];
        for kind in kinds {
            if self.runner().witnesses(person, *kind, context).await? {
                known.push(*kind);
            }
        }
        let read = match self.runner().judged(person, context).await {
            _ if known.is_empty() => return Ok(Rehearsal::NoEvent),
            Judged::Fails => return Ok(Rehearsal::NoEvent),
            Judged::Later(reason) => return Err(Unavailable(reason).into()),
            Judged::Holds(read) => read,
        };
        let tells = Arc::new(self.runner().told_as(context, person).await?);
        let job = Job { tells, ..stage.job.clone() };
        let mut parts = vec![];
        for kind in known {
            let mut part = rehearse(self.host().parts.as_ref(), &job, &principal, kind).await;
            let record = Record { journal: part.journal, usage: part.usage };
            part.journal = preceded(read.clone(), record).journal;
            parts.push(part);
        }
        Ok(Rehearsal::Parts(parts))
    }

    async fn occasion(&self, site: &SiteId, actor: &PrincipalId, occasion: Occasion) -> Result<Occurrence> {
        match occasion {
            Occasion::Run(run) => self.runner().event_of(actor, &run).await,
            Occasion::Now(row) => {
                let occurrence = by_hand(site, row.clone(), self.host().clock.now())?;
                if let Some(row) = row {
                    self.must_see(actor, row, &occurrence).await?;
                }
                Ok(occurrence)
            }
        }
    }
}
