//! Dry run: what an automation would do and tell, asked live as the person who wants to know, and kept or carried out by nobody.

use std::sync::Arc;

use mandate_governance::{Ask, Refused};
use mandate_model::{AutomationId, Occurrence, Phase, PrincipalId, RowRef, RunId, SiteId};
use mandate_runtime::{platform::Always, replay::Answers};

use crate::{
    error::{Result, ServiceError},
    parts::Job,
    replay::{Rehearsed, rehearse},
    run_now::by_hand,
    service::{Draft, Service},
    store::{self, part::PartKind},
};

/// What a dry run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// Being run by hand now, about a row that the person sees, or about nothing.
    Now(Option<RowRef>),
    /// The event of a run that the person may see.
    Run(RunId),
}

impl Service {
    /// What an automation would do and tell as `actor`, who may edit it: their draft, or what is published. Everything is asked with
    /// the rights of `actor` alone, whomever it runs as; what it would change is shown and never carried out. The act part first,
    /// if it has one.
    pub async fn dry_run(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        draft: Option<&Draft>,
        occasion: Occasion,
    ) -> Result<Vec<Rehearsed>> {
        let before = self.runner().decide(id, actor, Ask::Draft, None).await?.before.automation;
        let version = match (draft, &before.published) {
            (Some(draft), _) => self.version(&before.site, draft).await?,
            (None, Some(published)) => self.published(published).await?,
            (None, None) => return Err(Refused::Unpublished.into()),
        };
        let principal = self.host().platform.directory.principal(actor).await?;
        let principal = principal.ok_or_else(|| ServiceError::NoPrincipal(actor.clone()))?;
        let occurrence = self.occasion(&before.site, actor, occasion).await?;
        let job = Job {
            plugin: self.runner().component(&before.site, version.plugin()).await?,
            powers: Arc::new(version.powers().clone()),
            settings: Arc::from(version.settings()),
            event: occurrence.event(self.store().secret()),
            run: RunId::from_bytes(store::random_id()?),
            platform: self.host().platform.clone(),
            limits: self.host().limits,
            standing: Arc::new(Always),
            answers: Answers::Platform,
            tells: Arc::default(),
        };
        let phases = self.plugin(&before.site, version.plugin().as_str()).await?.described.phases;
        let act = phases.contains(&Phase::Action).then_some(PartKind::Act);
        let mut rehearsed = vec![];
        for kind in act.into_iter().chain([PartKind::Notify]) {
            rehearsed.push(rehearse(self.host().parts.as_ref(), &job, &principal, kind).await);
        }
        Ok(rehearsed)
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
