//! Plan: who has a part in a run. Recipients are worked out now, not when the automation was made.

use std::collections::BTreeSet;

use mandate_governance::{may_run, tells};
use mandate_model::{Phase, PrincipalId, RunId};

use super::{Context, Runner, in_quarantine};
use crate::{
    error::{Result, ServiceError, undecided},
    store::{
        self,
        part::{New, PartKind},
        run::TellsAs,
    },
};

impl Runner {
    /// Makes the parts of a run in one transaction, or puts it off when the platform cannot say who the recipients are. A run of
    /// which something cannot be read is given up.
    pub(super) async fn plan(&self, run: &RunId) -> Result<()> {
        match self.make_plan(run).await {
            Err(error) if error.is_broken() => self.end_run(run, "dead", &error.to_string()).await,
            planned => planned,
        }
    }

    async fn make_plan(&self, run: &RunId) -> Result<()> {
        if self.is_stopping() {
            return Ok(());
        }
        let context = self.context(run).await?;
        let (site, plugin) = (&context.life.automation.site, context.version.plugin());
        if store::quarantine::holds(self.store.reader(), site.as_str(), plugin.as_str()).await? {
            return self.end_run(run, "dead", &in_quarantine(plugin)).await;
        }
        let run_as = match may_run(&context.life.automation, &context.run.version, context.life.consent.as_ref()) {
            Ok(run_as) => run_as,
            Err(reason) => return self.end_run(run, "withheld", &reason.to_string()).await,
        };
        match self.stopped(&context, run_as).await {
            Ok(Some(reason)) => return self.end_run(run, "withheld", &reason).await,
            Ok(None) => {}
            Err(error @ ServiceError::Unavailable(_)) => return self.plan_later(&context, &error.to_string()).await,
            Err(error) => return Err(error),
        }
        let tells_as = self.tells_as(&context).await?;
        let recipients = match tells_as {
            TellsAs::Recipient => self.recipients(&context, run_as).await,
            // The act part tells them, and works out whom when it begins.
            TellsAs::RunAs => Ok(BTreeSet::new()),
        };
        match recipients {
            Ok(recipients) => self.store_plan(&context, run_as, tells_as, &recipients).await,
            Err(unavailable) => self.plan_later(&context, &undecided(&unavailable)).await,
        }
    }

    /// As whom the run's notifications are evaluated: as the site chooses now and chose when the version was made, else each as
    /// their recipient.
    async fn tells_as(&self, context: &Context) -> Result<TellsAs> {
        let mut tx = self.store.reader().begin().await?;
        let governing = self.governing(&mut tx, &context.life.automation.site).await?;
        let run_as = tells(&context.version, &governing.settings).is_some();
        Ok(if run_as { TellsAs::RunAs } else { TellsAs::Recipient })
    }

    async fn store_plan(
        &self,
        context: &Context,
        run_as: &PrincipalId,
        tells_as: TellsAs,
        recipients: &BTreeSet<PrincipalId>,
    ) -> Result<()> {
        let tells = tells_as == TellsAs::RunAs && !context.version.recipients().is_empty();
        let acts = (tells || self.acts(context).await?).then_some((PartKind::Act, run_as));
        let now = self.host.clock.now();
        let run = &context.run.id;
        let mut tx = self.store.begin().await?;
        let silenced = store::wish::opted_out(&mut *tx, &context.run.automation).await?;
        let told = recipients.difference(&silenced);
        let notifies = told.map(|recipient| (PartKind::Notify, recipient));
        if store::run::planned(&mut tx, run, tells_as).await? {
            for (kind, principal) in acts.into_iter().chain(notifies) {
                let id = self.derived("prt_", "part", &[run.as_str(), kind.as_str(), &principal.to_string()]);
                let (run, site, plugin) = (&context.run, &context.life.automation.site, context.version.plugin());
                let new = New { id: &id, run, kind, principal, site, plugin, due: now };
                store::part::insert(&mut tx, &new).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Whether the plugin acts at all.
    async fn acts(&self, context: &Context) -> Result<bool> {
        let digest = context.version.plugin();
        let site = &context.life.automation.site;
        let plugin = store::plugin::find(self.store.reader(), site, digest.as_str()).await?;
        // Of a plugin that is gone, the part itself says so.
        Ok(plugin.is_none_or(|plugin| plugin.described.phases.contains(&Phase::Action)))
    }

    async fn plan_later(&self, context: &Context, reason: &str) -> Result<()> {
        let run = &context.run.id;
        let Some(due) = self.host.retry.next(run.as_str(), context.run.attempts + 1, self.host.clock.now()) else {
            return self.end_run(run, "dead", reason).await;
        };
        let mut tx = self.store.begin().await?;
        store::run::later(&mut tx, run, due, reason).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end_run(&self, run: &RunId, state: &str, reason: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::run::end(&mut tx, run, state, reason, self.host.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}
