//! Whether the principal that an automation runs as still holds everything that its version declares: asked before a run is planned,
//! before its act part, and once something was refused to it. A power that is gone stops the automation, or fails only the act part,
//! as the site's setting `on_denied` says (VEN-18, FIL-41).

use std::{collections::BTreeSet, sync::Arc};

use mandate_governance::{Lack, Life, needs, settings::Then, told_of_failure};
use mandate_model::{AutomationId, Entry, PrincipalId, Verdict};

use super::{Context, Runner};
use crate::{
    error::{Result, ServiceError},
    governing::{Governing, Told, told::people},
    store::{self, part::Part},
};

/// What becomes of an act part whose principal lost a declared power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gone {
    /// The automation was stopped; why.
    Stopped(String),
    /// The automation stays on, and the part failed; why.
    Failed(String),
}

impl Runner {
    /// Before a run is planned: why the automation does not run any more, if a power is gone and the site's setting says that it
    /// stops. Where it says otherwise, only the act part is concerned, and asks for itself.
    pub(super) async fn stopped(&self, context: &Context, run_as: &PrincipalId) -> Result<Option<String>> {
        if self.governs(context).await?.settings.on_denied.then != Then::Stop {
            return Ok(None);
        }
        Ok(match self.gone(context, run_as).await? {
            Some(Gone::Stopped(reason)) => Some(reason),
            Some(Gone::Failed(_)) | None => None,
        })
    }

    /// What a declared power that is gone makes of the act part of `run_as`; who is to be told is told, once for each loss. A row
    /// that was refused is no power: where all of them are held, it is nothing. [`ServiceError::Unavailable`] if nobody can say.
    pub(crate) async fn gone(&self, context: &Context, run_as: &PrincipalId) -> Result<Option<Gone>> {
        let governing = self.governs(context).await?;
        let then = governing.settings.on_denied.then;
        let automation = &context.life.automation;
        if then == Then::Deny || !automation.runs_as(run_as) {
            return Ok(None);
        }
        let lost = self.inquiry(&governing).lost(run_as, &needs(&context.version, &governing.settings)).await?;
        if lost.is_empty() {
            self.recall(&automation.id, &lost).await?;
            return Ok(None);
        }
        let reason = listed(&lost);
        if then == Then::Stop {
            self.lose(&automation.id, &lost).await?;
            return Ok(Some(Gone::Stopped(format!("the automation was stopped: {reason}"))));
        }
        self.tell_failed(&context.life, &governing, &lost, &reason).await?;
        Ok(Some(Gone::Failed(reason)))
    }

    /// The same, once a guest came back that was refused something.
    pub(super) async fn gone_by(&self, part: &Part, journal: &[Entry]) -> Result<Option<Gone>> {
        if !journal.iter().any(|entry| matches!(entry.verdict, Verdict::Denied(_))) {
            return Ok(None);
        }
        self.gone(&self.context(&part.run).await?, &part.principal).await
    }

    /// Looks whether an automation that is on lost a power, and stops it if the site's setting says so; whether it was stopped. That
    /// nobody can say is no loss, and what cannot be read says so where it is run.
    pub(crate) async fn recheck(&self, life: &Life) -> Result<bool> {
        match self.look_again(life).await {
            Err(ServiceError::Unavailable(_)) => Ok(false),
            Err(error) if error.is_broken() => Ok(false),
            looked => looked,
        }
    }

    async fn look_again(&self, life: &Life) -> Result<bool> {
        let lost = self.lost_by(life).await?;
        self.recall(&life.automation.id, &lost).await?;
        Ok(!lost.is_empty() && self.lose(&life.automation.id, &lost).await?)
    }

    /// Tells that a run failed, unless everything that is lacking was told of before and is lacking since.
    async fn tell_failed(&self, life: &Life, governing: &Governing, lost: &[Lack], reason: &str) -> Result<()> {
        let id = &life.automation.id;
        let lost: BTreeSet<Lack> = lost.iter().cloned().collect();
        if lost.is_subset(&store::loss::told(self.store.reader(), id).await?) {
            return self.recall(id, &lost.into_iter().collect::<Vec<_>>()).await;
        }
        let inquiry = self.inquiry(governing);
        let text = format!("a run failed: {reason}");
        let told = Told { automation: id.clone(), name: life.automation.name.clone(), text };
        let mut persons = BTreeSet::new();
        for audience in told_of_failure(life, &governing.settings) {
            let directory = self.host.platform.directory.as_ref();
            persons.extend(people(&inquiry, directory, life, &audience).await?);
        }
        let mut tx = self.store.begin().await?;
        if !lost.is_subset(&store::loss::told(&mut *tx, id).await?) {
            for person in &persons {
                self.note(&mut tx, person, &told, inquiry.at).await?;
            }
        }
        store::loss::keep(&mut tx, id, &lost).await?;
        tx.commit().await
    }

    /// Forgets that people were told of what is no longer lacking: if it is lost again, that is another loss.
    async fn recall(&self, automation: &AutomationId, lost: &[Lack]) -> Result<()> {
        let told = store::loss::told(self.store.reader(), automation).await?;
        if told.iter().all(|one| lost.contains(one)) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let mut told = store::loss::told(&mut *tx, automation).await?;
        told.retain(|one| lost.contains(one));
        store::loss::keep(&mut tx, automation, &told).await?;
        tx.commit().await
    }

    async fn governs(&self, context: &Context) -> Result<Arc<Governing>> {
        let mut tx = self.store.reader().begin().await?;
        self.governing(&mut tx, &context.life.automation.site).await
    }
}

fn listed(lost: &[Lack]) -> String {
    lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
