//! The service: everything that can be asked of it, in one place.

use std::{collections::BTreeSet, future::Future, path::Path, sync::Arc};

use mandate_governance::{Happening, Life, Version};
use mandate_model::{
    AutomationId, EventId, PluginDigest, Powers, PrincipalId, Recipient, RunId, SiteId, Trigger, VersionId,
};
use mandate_runtime::{
    compile::{Progress, Stage},
    limits::Limits,
    platform::Platform,
};

use tokio::sync::watch;

use crate::{
    apply::Apply,
    clock::Clock,
    error::{Result, ServiceError},
    history::{Explanation, RunView, Unused},
    outward::Outward,
    parts::{Component, Parts},
    retry::Retry,
    roles::{Momentary, Roles, at_one_moment},
    runner::{Left, Runner, recipients::expanded},
    store::{self, Store, StoreOptions, inbox::Delivered, plugin::PluginInfo},
    triggers,
};

/// What the service works with: everything outside its store.
#[derive(Clone)]
pub struct Host {
    /// Where data, people and operations live.
    pub platform: Platform,
    /// What governance must know of people, roles and places.
    pub roles: Arc<dyn Roles>,
    /// Carries effects out.
    pub apply: Arc<dyn Apply>,
    /// Runs guests.
    pub parts: Arc<dyn Parts>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What each part may use.
    pub limits: Limits,
    /// Ways to people beside their inbox.
    pub outward: Outward,
    /// How often something is tried again.
    pub retry: Retry,
    /// Most parts that are evaluated at the same time. Results do not depend on it.
    pub concurrency: usize,
}

/// What is to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What runs; uploaded to the automation's site before.
    pub plugin: PluginDigest,
    /// A JSON object that satisfies the manifest's schema.
    pub settings: serde_json::Value,
    /// What it listens to.
    pub trigger: Trigger,
    /// Whom it tells.
    pub recipients: BTreeSet<Recipient>,
}

/// An event that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its id, derived from (site, source, id).
    pub event: EventId,
    /// Whether it was not known before.
    pub new: bool,
}

/// Automations, runs, effects and deliveries over one store. One process at a time works with a store, and one `Service` of it.
pub struct Service {
    runner: Runner,
}

impl Service {
    /// Opens the store at `path`, making it if need be. What was being evaluated when the last process ended is evaluated again
    /// by the next [`Service::drain`], with nothing beside it, since it may be what ended that process (E07).
    /// [`ServiceError::InUse`] while another process works with it.
    pub async fn open(path: &Path, host: Host) -> Result<Self> {
        Self::open_with(path, host, StoreOptions::default()).await
    }

    /// [`Service::open`] of a store that is bounded, or that waits longer or shorter for others.
    pub async fn open_with(path: &Path, host: Host, options: StoreOptions) -> Result<Self> {
        let host = Host { roles: Arc::new(Momentary(host.roles)), ..host };
        let now = host.clock.now();
        let store = Store::open(path, options, now).await?;
        let mut tx = store.begin().await?;
        store::turn::interrupted(&mut tx, now).await?;
        tx.commit().await?;
        Ok(Self { runner: Runner::new(store, host)? })
    }

    /// Begins no part any more, lets those that run finish until `deadline` (microseconds since 1970), and gives the rest back: what
    /// is left is kept, is no suspect, and is done once the store is opened again. Afterwards [`Service::drain`] does nothing.
    pub async fn shutdown(&self, deadline: i64) -> Result<Left> {
        self.runner.shut_down(deadline).await
    }

    /// Closes the store. What a drain that was dropped has left under way is given back first.
    pub async fn close(self) {
        // Where even this cannot be written, the next to open the store finds it.
        let _ = self.runner.give_back().await;
        self.runner.store.close().await;
    }

    /// Checks a plugin and keeps it for a site. The same bytes again are the same plugin. That another site has them makes no
    /// difference, in what is answered or in what is done for it (C05).
    pub async fn upload(&self, site: &SiteId, bytes: &[u8]) -> Result<PluginDigest> {
        self.upload_told(site, bytes, &Progress::untold()).await
    }

    /// [`Service::upload`] that tells how far it is. Dropped, it keeps nothing, and ends what was begun.
    pub async fn upload_told(&self, site: &SiteId, bytes: &[u8], progress: &Progress) -> Result<PluginDigest> {
        progress.reached(Stage::Received);
        let digest = PluginDigest::of(bytes);
        if store::plugin::find(self.store().reader(), site, digest.as_str()).await?.is_some() {
            progress.reached(Stage::Checked);
            return Ok(digest);
        }
        let component = Component { site: site.clone(), digest: digest.clone(), bytes: Arc::from(bytes) };
        let described = self.host().parts.describe_told(&component, progress).await?;
        progress.reached(Stage::Checked);
        let mut tx = self.store().begin().await?;
        store::plugin::insert(&mut tx, site, &digest, &described, bytes, self.host().clock.now()).await?;
        tx.commit().await?;
        Ok(digest)
    }

    /// A plugin of a site by its digest, or the last uploaded one whose manifest has that name.
    pub async fn plugin(&self, site: &SiteId, digest_or_name: &str) -> Result<PluginInfo> {
        let found = store::plugin::find(self.store().reader(), site, digest_or_name).await?;
        found.ok_or_else(|| ServiceError::NoPlugin(digest_or_name.to_owned()))
    }

    /// What a draft would be published as now; where the site evaluates notifications as run_as, with the people whom its
    /// recipients are (ONE-09). Refused: a plugin that is not there, settings that do not fit it, a trigger
    /// that can never be right, more people than a part tells.
    pub async fn version(&self, site: &SiteId, draft: &Draft) -> Result<Version> {
        let described = self.plugin(site, draft.plugin.as_str()).await?.described;
        let component = self.runner.component(site, &draft.plugin).await?;
        self.host().parts.check_settings(&component, &draft.settings).await.map_err(ServiceError::Settings)?;
        let powers = Powers::resolve(&described.imports, &described.manifest, &draft.settings)?;
        triggers::check(&draft.trigger, &draft.recipients)?;
        let (trigger, recipients) = (draft.trigger.clone(), draft.recipients.clone());
        let version = Version::new(draft.plugin.clone(), &draft.settings, trigger, recipients, powers)?;
        self.with_people(site, version).await
    }

    async fn with_people(&self, site: &SiteId, version: Version) -> Result<Version> {
        let mut tx = self.store().reader().begin().await?;
        let governing = self.runner().governing(&mut tx, site).await?;
        drop(tx);
        if !governing.settings.evaluate_as.is_run_as() {
            return Ok(version);
        }
        let mut people = BTreeSet::new();
        for recipient in version.recipients() {
            if let Recipient::Principal(id) = recipient {
                people.extend(expanded(self.host().platform.directory.as_ref(), id).await?);
            }
        }
        let (most, count) = (self.host().limits.tells, people.len());
        if count > most { Err(ServiceError::TooManyPeople { count, most }) } else { Ok(version.telling(people)) }
    }

    /// A version, as it was published.
    pub async fn published(&self, version: &VersionId) -> Result<Version> {
        store::automation::version(self.store().reader(), version).await
    }

    /// Every automation that can be read with its consent, in order of their ids; deleted ones too; those that cannot are
    /// [`Service::damaged_automations`]. For the operator: whom an automation may be shown to is for the caller to decide.
    pub async fn automations(&self) -> Result<Vec<Life>> {
        store::automation::all(self.store().reader()).await
    }

    /// What happened to an automation, in order: when, who asked for it (`None`: the host), what.
    pub async fn happenings(&self, id: &AutomationId) -> Result<Vec<(i64, Option<PrincipalId>, Happening)>> {
        store::automation::happenings(self.store().reader(), id).await
    }

    /// Does all that there is to do, waiting for what is put off, until nothing is pending. Schedules that are due are met; it
    /// does not wait for those that will be.
    ///
    /// An error means that the store could not be used; what was done is kept, and the next call goes on. What cannot be read is
    /// given up ([`Service::dead_letters`]), and keeps nothing else waiting.
    pub async fn drain(&self) -> Result<()> {
        self.runner.drain().await
    }

    /// [`Service::drain`] until `stop`, then [`Service::shutdown`] with `grace` microseconds for what runs. What is left of it.
    pub async fn drain_until(&self, stop: impl Future<Output = ()> + Send, grace: i64) -> Result<Left> {
        self.runner.drain_until(stop, grace).await
    }

    /// Like [`Service::drain`] without waiting: answers when there is more to do (microseconds since 1970), if there is: something
    /// that was put off, or a schedule that will be due.
    pub async fn pass(&self) -> Result<Option<i64>> {
        let next = self.runner.pass().await?;
        let scheduled = store::schedule::next(self.store().reader()).await?;
        Ok(next.into_iter().chain(scheduled).min())
    }

    /// Gives every dead letter another chance, as the operator; [`Service::drain`] then tries.
    pub async fn revive(&self) -> Result<()> {
        self.revived(None).await?;
        Ok(())
    }

    /// [`Service::revive`] for one: an event, run or part, by its id in [`Service::dead_letters`]. `false`: there is no such letter.
    pub async fn revive_one(&self, id: &str) -> Result<bool> {
        self.revived(Some(id)).await
    }

    async fn revived(&self, only: Option<&str>) -> Result<bool> {
        let mut tx = self.store().begin().await?;
        let any = store::run::revive(&mut tx, self.host().clock.now(), only).await?;
        tx.commit().await?;
        Ok(any)
    }

    /// Everything that was delivered to a person, with attachments, in the order of delivery: for the operator. A person has
    /// [`Service::messages`].
    pub async fn inbox(&self, person: &PrincipalId) -> Result<Vec<Delivered>> {
        store::inbox::inbox(self.store().reader(), person, None).await
    }

    /// The runs in which `viewer` has a part, with nothing but their own parts: the latest event first.
    pub async fn runs(&self, viewer: &PrincipalId) -> Result<Vec<RunView>> {
        self.runner.runs(viewer).await
    }

    /// The runs that `viewer` may know of, the latest first: at most `limit` and 100, made before the run `after`. Theirs are those in
    /// which they have a part, and those of automations whose history they may see, as [`Service::run`] shows each.
    pub async fn history(
        &self,
        viewer: &PrincipalId,
        automation: Option<&AutomationId>,
        after: Option<&RunId>,
        limit: u32,
    ) -> Result<Vec<RunView>> {
        at_one_moment(self.runner.history(viewer, automation, after, limit)).await
    }

    /// One run: `viewer`'s own parts, and the act part if they may see the automation's history, each as far as they could read now
    /// what it read. [`ServiceError::NoRun`] whether it does not exist or is not theirs to know of.
    pub async fn run(&self, viewer: &PrincipalId, run: &RunId) -> Result<RunView> {
        self.runner.run(viewer, run).await
    }

    /// [`Service::run`] with the notify parts of others. It needs the permission `reveal-history`; that it was done, by whom and why is
    /// kept among the [`Service::happenings`] of the automation first, where everybody who sees the automation can read it.
    pub async fn reveal(&self, viewer: &PrincipalId, run: &RunId, reason: &str) -> Result<RunView> {
        self.runner.reveal(viewer, run, reason).await
    }

    /// Whether `viewer` may [`Service::reveal`] a run.
    pub async fn may_reveal(&self, viewer: &PrincipalId, run: &RunId) -> Result<bool> {
        self.runner().may_reveal(viewer, run).await
    }

    /// Has what failed of a run for good tried again, as far as `viewer` is shown that it did; whether there was anything.
    /// [`ServiceError::MayNotRetry`]: they do not administer the site.
    pub async fn retry(&self, viewer: &PrincipalId, run: &RunId) -> Result<bool> {
        self.runner().retry(viewer, run).await
    }

    /// Whether [`Service::retry`] would find something to do for `viewer`.
    pub async fn may_retry(&self, viewer: &PrincipalId, run: &RunId) -> Result<bool> {
        self.runner().may_retry(viewer, run).await
    }

    /// Why nobody was told, or nothing happened: what an automation made of an event, as far as `viewer` may know.
    pub async fn explain(
        &self,
        viewer: &PrincipalId,
        automation: &AutomationId,
        event: &EventId,
    ) -> Result<Explanation> {
        self.runner.explain(viewer, automation, event).await
    }

    /// Declared powers of what is published that no act part of its last `runs` runs used, for who may see its history.
    pub async fn unused(&self, viewer: &PrincipalId, automation: &AutomationId, runs: u32) -> Result<Unused> {
        self.runner.unused(viewer, automation, runs).await
    }

    /// Changes whenever something was kept in the store, whatever it was: who waits for something asks for it again then. It tells
    /// that something happened, so it is for the host and for no person.
    pub fn kept(&self) -> watch::Receiver<u64> {
        self.store().kept()
    }

    /// A key for `purpose`, the same whenever this store is opened: for what is given out and must come back unchanged.
    pub fn key(&self, purpose: &str) -> [u8; 32] {
        self.store().secret().mac("key", &[purpose.as_bytes()])
    }

    pub(crate) fn runner(&self) -> &Runner {
        &self.runner
    }

    pub(crate) fn store(&self) -> &Store {
        &self.runner.store
    }

    pub(crate) fn host(&self) -> &Host {
        &self.runner.host
    }
}
