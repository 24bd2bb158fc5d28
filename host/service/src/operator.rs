//! What the operator of the host sees: everybody's parts, for whoever may read the store's file anyway. Never shown to a person
//! of the platform: for them there is [`Service::runs`].

use mandate_governance::Life;
use mandate_model::{AutomationId, EventId, PluginDigest, PrincipalId, RunId, SiteId, VersionId};
use serde::Serialize;

use crate::{
    error::{Result, ServiceError},
    history::{PartView, RunView},
    service::Service,
    store::{
        self, damaged::Damaged, delivery::DeliveryRecord, effect::Settlement, plugin::PluginInfo,
        quarantine::Quarantined, run::DeadLetter,
    },
};

/// A run with everybody's parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EveryPart {
    /// The run.
    pub run: RunId,
    /// The automation.
    pub automation: AutomationId,
    /// What the automation is called now.
    pub name: String,
    /// Whom it runs as now.
    pub run_as: Option<PrincipalId>,
    /// What ran.
    pub version: VersionId,
    /// The parts of everybody who may know of the event, in order of their ids.
    pub parts: Vec<(PrincipalId, PartView)>,
}

impl Service {
    /// The runs that an event caused, with everybody's parts.
    pub async fn runs_of(&self, event: &EventId) -> Result<Vec<EveryPart>> {
        let reader = self.store().reader();
        let mut runs = vec![];
        for id in store::run::of_event(reader, event).await? {
            let run = store::run::get(reader, &id).await?;
            let automation = store::automation::known(reader, &run.automation).await?.automation;
            let mut parts = vec![];
            for person in store::part::people(reader, &id).await? {
                let view = self.run_with_reasons(&person, &id).await?;
                parts.extend(view.parts.into_iter().map(|part| (person.clone(), part)));
            }
            let (name, run_as) = (automation.name, automation.run_as);
            runs.push(EveryPart { run: id, automation: run.automation, name, run_as, version: run.version, parts });
        }
        Ok(runs)
    }

    /// What was given up, and why: events, runs, parts and deliveries that were tried too often or cannot be read, and operations and
    /// mail of which nobody knows whether they were carried out or sent.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>> {
        store::run::dead(self.store().reader()).await
    }

    /// Settles an operation of which nobody knows whether it was carried out, by its key: what the operator found out. What was given up
    /// with it goes on, as far as everything still holds; [`Service::drain`] then does it.
    pub async fn settle(&self, key: &str, settlement: Settlement) -> Result<()> {
        let mut tx = self.store().begin().await?;
        if !store::effect::settle(&mut tx, key, settlement, self.host().clock.now()).await? {
            return Err(ServiceError::NotUnknown(key.to_owned()));
        }
        tx.commit().await?;
        Ok(())
    }

    /// What goes out beside inboxes, with what each last attempt came to.
    pub async fn deliveries(&self) -> Result<Vec<DeliveryRecord>> {
        store::delivery::all(self.store().reader()).await
    }

    /// One run with `viewer`'s own parts, and why they were denied what.
    pub async fn run_with_reasons(&self, viewer: &PrincipalId, run: &RunId) -> Result<RunView> {
        self.runner().run_with_reasons(viewer, run).await
    }

    /// Plugins that ended the host twice with nothing beside them (E07): nothing of them is evaluated. The latest first.
    pub async fn quarantined(&self) -> Result<Vec<Quarantined>> {
        store::quarantine::all(self.store().reader()).await
    }

    /// Lets a plugin run again; what was given up meanwhile is tried again by [`Service::revive`]. `false` if it was in no quarantine.
    pub async fn release(&self, site: &SiteId, plugin: &PluginDigest) -> Result<bool> {
        let mut tx = self.store().begin().await?;
        let released = store::quarantine::release(&mut tx, site, plugin).await?;
        tx.commit().await?;
        Ok(released)
    }

    /// One automation with its consent.
    pub async fn automation(&self, id: &AutomationId) -> Result<Life> {
        store::automation::known(self.store().reader(), id).await
    }

    /// Every plugin of a site that can be read, the last uploaded first; the others are [`Service::damaged_plugins`].
    pub async fn plugins(&self, site: &SiteId) -> Result<Vec<PluginInfo>> {
        Ok(store::plugin::sifted(self.store().reader(), site).await?.whole)
    }

    /// The plugins of a site of which what is stored cannot be read, by digest.
    pub async fn damaged_plugins(&self, site: &SiteId) -> Result<Vec<Damaged>> {
        Ok(store::plugin::sifted(self.store().reader(), site).await?.damaged)
    }

    /// The automations that cannot be read, by id. They do not run, and nobody else is shown that there are any.
    pub async fn damaged_automations(&self) -> Result<Vec<Damaged>> {
        Ok(store::automation::sifted(self.store().reader()).await?.damaged)
    }
}
