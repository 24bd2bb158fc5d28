//! A command on its way: decided on what holds, then kept in one transaction if that still holds. No transaction is open while the
//! platform is asked.

use std::{collections::BTreeSet, sync::Arc};

use mandate_governance::{Acquisition, Ask, Command, Happening, Lack, Life, Refused, Version, changes, needs};
use mandate_model::{AutomationId, PrincipalId, SiteId};
use sqlx::SqliteConnection;

use super::{
    Governing, Told,
    facts::{About, Inquiry},
    told::told,
};
use crate::{
    automations::Publishing,
    error::{Result, ServiceError},
    runner::Runner,
    store,
};

/// How often a command is decided anew because another came first.
pub(crate) const ATTEMPTS: usize = 64;

/// What governance decided, and on what.
pub(crate) struct Decided {
    governing: Arc<Governing>,
    pub(crate) before: Life,
    after: Life,
    actor: Option<PrincipalId>,
    pub(crate) happened: Vec<Happening>,
    told: BTreeSet<(PrincipalId, String)>,
    pub(crate) at: i64,
}

impl Runner {
    pub(crate) async fn governing(&self, tx: &mut SqliteConnection, site: &SiteId) -> Result<Arc<Governing>> {
        self.remembered.of(tx, site).await
    }

    pub(crate) fn inquiry<'a>(&'a self, governing: &'a Governing) -> Inquiry<'a> {
        Inquiry { governing, roles: self.host.roles.as_ref(), at: self.host.clock.now() }
    }

    /// What publishing a version asks for: what it touches, and the change of run_as that the actor confirms.
    pub(crate) async fn publishing(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        version: &Version,
        how: &Publishing,
    ) -> Result<Ask> {
        let mut tx = self.store.reader().begin().await?;
        let life = store::automation::known(&mut *tx, id).await?;
        let old = self.published_of(&mut tx, &life).await?;
        let governing = self.governing(&mut tx, &life.automation.site).await?;
        drop(tx);
        let published = version.id();
        let acquisition = match &how.instead_of {
            Some(expected) => {
                let standing = self.host.roles.standing(actor).await?;
                let theirs = standing.map(|standing| self.inquiry(&governing).acquires_as(actor, &standing));
                let new = theirs.unwrap_or_else(|| actor.clone());
                let version = how.shown.clone().unwrap_or_else(|| published.clone());
                Some(Acquisition { expected: expected.clone(), new, version: Some(version) })
            }
            None => None,
        };
        let touches = changes(old.as_ref(), version).touches();
        Ok(Ask::Publish { version: published, base: how.base.clone(), touches, consent: how.consent, acquisition })
    }

    /// The published version of an automation.
    pub(crate) async fn published_of(&self, tx: &mut SqliteConnection, life: &Life) -> Result<Option<Version>> {
        match &life.automation.published {
            Some(published) => store::automation::version(tx, published).await.map(Some),
            None => Ok(None),
        }
    }

    /// Lets governance decide on what a person asks; nothing is kept yet. `new`: what is to be published. No transaction is open
    /// while the platform is asked.
    pub(crate) async fn decide(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        ask: Ask,
        new: Option<&Version>,
    ) -> Result<Decided> {
        let mut tx = self.store.reader().begin().await?;
        let before = store::automation::known(&mut *tx, id).await?;
        let published = self.published_of(&mut tx, &before).await?;
        let governing = self.governing(&mut tx, &before.automation.site).await?;
        drop(tx);
        let inquiry = self.inquiry(&governing);
        let command = Command::Asked { actor: actor.clone(), ask };
        let about = About { automation: &before.automation, versions: published.iter().chain(new).collect() };
        let facts = inquiry.facts(actor, &command, Some(&before), &about).await?;
        let (after, happened) = match mandate_governance::apply(Some(&before), &command, &facts) {
            Ok(applied) => applied,
            Err(refused) => return Err(self.explained(refused, &inquiry, actor, &about).await.into()),
        };
        self.all_there(&before, &after).await?;
        self.decided(&governing, before, after, Some(actor), happened).await
    }

    /// Declared powers of what is published that are gone from the principal that it runs as.
    pub(crate) async fn lost_by(&self, life: &Life) -> Result<Vec<Lack>> {
        let mut tx = self.store.reader().begin().await?;
        let governing = self.governing(&mut tx, &life.automation.site).await?;
        let version = self.published_of(&mut tx, life).await?;
        drop(tx);
        match (&life.automation.run_as, version) {
            (Some(run_as), Some(version)) => {
                Ok(self.inquiry(&governing).lost(run_as, &needs(&version, &governing.settings)).await?)
            }
            _ => Ok(vec![]),
        }
    }

    /// The host found that declared powers are gone: what becomes of the automation, per the site's setting.
    async fn lossy(&self, id: &AutomationId, powers: &[Lack]) -> Result<Decided> {
        let mut tx = self.store.reader().begin().await?;
        let before = store::automation::known(&mut *tx, id).await?;
        let governing = self.governing(&mut tx, &before.automation.site).await?;
        drop(tx);
        let (after, happened) = mandate_governance::lose(&before, powers, &governing.settings);
        self.decided(&governing, before, after, None, happened).await
    }

    /// [`Runner::lossy`], kept. Whether the automation was stopped by it.
    pub(crate) async fn lose(&self, id: &AutomationId, powers: &[Lack]) -> Result<bool> {
        for _ in 0..ATTEMPTS {
            let lost = self.lossy(id, powers).await?;
            let mut tx = self.store.begin().await?;
            if self.keep(&mut tx, &lost).await? {
                tx.commit().await?;
                return Ok(!lost.happened.is_empty());
            }
        }
        Err(ServiceError::Contended)
    }

    async fn decided(
        &self,
        governing: &Arc<Governing>,
        before: Life,
        after: Life,
        actor: Option<&PrincipalId>,
        happened: Vec<Happening>,
    ) -> Result<Decided> {
        let inquiry = self.inquiry(governing);
        let told = told(&inquiry, self.host.platform.directory.as_ref(), &after, actor, &happened).await?;
        let (governing, actor, at) = (Arc::clone(governing), actor.cloned(), inquiry.at);
        Ok(Decided { governing, before, after, actor, happened, told, at })
    }

    /// Keeps what was decided, if it was decided on what still holds; else nothing, and it is to be decided anew.
    pub(crate) async fn keep(&self, tx: &mut SqliteConnection, decided: &Decided) -> Result<bool> {
        let Decided { governing, before, after, actor, happened, told, at } = decided;
        let automation = &after.automation;
        let same = store::automation::known(&mut *tx, &automation.id).await? == *before
            && store::site::choices(&mut *tx, &automation.site).await? == governing.choices;
        if !same {
            return Ok(false);
        }
        store::automation::keep(tx, after, actor.as_ref(), happened, *at).await?;
        if automation.deleted {
            store::automation::listen(tx, &automation.site, &automation.id, None).await?;
        }
        self.retime(tx, after, *at).await?;
        for (person, text) in told {
            let told = Told { automation: automation.id.clone(), name: automation.name.clone(), text: text.clone() };
            self.note(tx, person, &told, *at).await?;
        }
        Ok(true)
    }

    /// Refuses to give anything to somebody who is not there: a slip of the pen must not wait for whoever gets that name.
    async fn all_there(&self, before: &Life, after: &Life) -> Result<()> {
        let named = |life: &Life| {
            let automation = &life.automation;
            let ones = automation.run_as.iter().chain(&automation.offered);
            ones.chain(&automation.managers).chain(&automation.members).cloned().collect::<BTreeSet<_>>()
        };
        for principal in named(after).difference(&named(before)) {
            if self.host.platform.directory.principal(principal).await?.is_none() {
                return Err(ServiceError::NoPrincipal(principal.clone()));
            }
        }
        Ok(())
    }

    /// A refusal of what `asker` wanted that also says who could change it, as far as they may know. That the platform cannot say
    /// who leaves it a refusal.
    pub(crate) async fn explained(
        &self,
        refused: Refused,
        inquiry: &Inquiry<'_>,
        asker: &PrincipalId,
        about: &About<'_>,
    ) -> Refused {
        match refused {
            Refused::Denied { actor, act, reason, .. } => {
                let granters = inquiry.could_let(&actor, act, about).await.unwrap_or_default();
                Refused::Denied { actor, act, reason, granters }
            }
            Refused::Lacks { lacks, .. } => {
                let granters = inquiry.could_give(asker, &lacks, about.automation).await.unwrap_or_default();
                Refused::Lacks { lacks, granters }
            }
            other => other,
        }
    }

    pub(crate) async fn may_set_policy(&self, site: &SiteId, actor: &PrincipalId) -> Result<()> {
        let mut tx = self.store.reader().begin().await?;
        let governing = self.governing(&mut tx, site).await?;
        drop(tx);
        let inquiry = self.inquiry(&governing);
        inquiry.may_set_policy(site, actor).await?.map_err(ServiceError::Refused)
    }
}
