//! The runner: match → plan → evaluate each part → carry out, or deliver. Every step is one change of state in the store, made
//! after what it stands for has happened, so that whatever is killed when, the next drain goes on from there.
//!
//! Parts share nothing: one person's part is evaluated from what that person may see and from nothing else, and its failure is
//! its own (FND-15). What effects change is an event in its turn: see `chain`.

mod act;
pub(crate) mod admission;
mod chain;
mod matching;
mod notify;
mod only;
mod plan;
mod preflight;
pub(crate) mod recipients;
pub(crate) mod terms;
mod timing;

use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use mandate_governance::{Life, Version};
use mandate_model::{Failure, Occurrence, PluginDigest, RunId, SiteId};
use mandate_runtime::{part::Record, platform::Unavailable, replay::Answers};

use self::terms::{Running, Terms};
use crate::{
    error::{Result, ServiceError},
    governing::Remembered,
    parts::{Component, Job},
    recent::Recent,
    service::Host,
    store::{self, Store, part::Part, run::Run},
};

/// How many components are kept in memory.
const COMPONENTS: usize = 64;
/// How many occurrences are taken over at once.
const BATCH: u32 = 256;

/// The store, the host, and what is being done.
pub(crate) struct Runner {
    pub(crate) store: Arc<Store>,
    pub(crate) host: Host,
    pub(crate) remembered: Remembered,
    components: Recent<Component>,
    /// One drain at a time: whoever holds it knows that nothing else is being evaluated.
    /// `true`: the last one ended because the store could not be written.
    draining: tokio::sync::Mutex<bool>,
}

/// What a part depends on, read when it begins.
pub(crate) struct Context {
    pub(crate) run: Run,
    pub(crate) life: Life,
    pub(crate) version: Version,
    pub(crate) occurrence: Occurrence,
}

impl Runner {
    pub(crate) fn new(store: Store, host: Host) -> Self {
        Self {
            store: Arc::new(store),
            host,
            remembered: Remembered::default(),
            components: Recent::new(COMPONENTS),
            draining: tokio::sync::Mutex::default(),
        }
    }

    /// Does all that is due, waiting for what is put off, until nothing is pending. A store that cannot be written now is tried
    /// again, as often as anything else.
    pub(crate) async fn drain(&self) -> Result<()> {
        let mut failed = 0;
        loop {
            let due = match self.pass().await {
                Ok(None) => return Ok(()),
                Ok(Some(due)) => {
                    failed = 0;
                    due
                }
                Err(error) => {
                    failed += 1;
                    let again = self.host.retry.next(failed, self.host.clock.now());
                    again.filter(|_| error.is_passing()).ok_or(error)?
                }
            };
            self.host.clock.sleep_until(due).await;
        }
    }

    /// Does all that is due now. Answers when there is more to do, if there is.
    pub(crate) async fn pass(&self) -> Result<Option<i64>> {
        let mut unwritten = self.draining.lock().await;
        let done = self.do_pass(*unwritten).await;
        *unwritten = done.as_ref().is_err_and(ServiceError::is_passing);
        done
    }

    /// A pass, after one that could not write the store (`unwritten`), or after one that ended as it should or with its host.
    async fn do_pass(&self, unwritten: bool) -> Result<Option<i64>> {
        let mut tx = self.store.begin().await?;
        if unwritten {
            store::part::resume(&mut tx).await?;
        }
        let (most, now) = (self.host.retry.attempts, self.host.clock.now());
        store::part::recover(&mut tx, most, now).await?;
        store::delivery::recover(&mut tx, most, now).await?;
        tx.commit().await?;
        while self.step().await? {}
        store::run::next_due(self.store.reader()).await
    }

    /// One round; whether there was anything to do.
    async fn step(&self) -> Result<bool> {
        let told = self.take_over().await?;
        let rang = self.ring().await?;
        let events = store::event::pending(self.store.reader()).await?;
        for event in &events {
            self.match_event(event).await?;
        }
        let now = self.host.clock.now();
        let runs = store::run::due(self.store.reader(), now).await?;
        all(runs.iter().map(|run| self.plan(run).boxed()).collect(), self.host.concurrency).await?;
        let parts = store::part::due(self.store.reader(), now).await?;
        all(parts.iter().map(|part| self.work(part).boxed()).collect(), self.host.concurrency).await?;
        // No more at once than can be sent at the same time: nobody's part waits for more than one slow address.
        let most = u32::try_from(self.host.concurrency.max(1)).unwrap_or(u32::MAX);
        let deliveries = store::delivery::due(self.store.reader(), now, most).await?;
        all(deliveries.iter().map(|id| self.send(id).boxed()).collect(), self.host.concurrency).await?;
        Ok(told || rang || !(events.is_empty() && runs.is_empty() && parts.is_empty() && deliveries.is_empty()))
    }

    /// Stores what the platform says that happened, and then tells it so; whether there was anything. Killed in between, it is
    /// told again, and known.
    async fn take_over(&self) -> Result<bool> {
        let platform = |failure: Failure| Unavailable(failure.to_string());
        let happened = self.host.apply.happened(BATCH).await.map_err(platform)?;
        if happened.is_empty() {
            return Ok(false);
        }
        let mut tx = self.store.begin().await?;
        for (later, occurrence) in (0..).zip(&happened) {
            let event = occurrence.event(self.store.secret()).id;
            store::event::insert(&mut tx, &event, occurrence, self.host.clock.now() + later).await?;
        }
        tx.commit().await?;
        let ids: Vec<String> = happened.into_iter().map(|occurrence| occurrence.id).collect();
        self.host.apply.taken_over(&ids).await.map_err(platform)?;
        Ok(true)
    }

    /// Works on a part. One of which something cannot be read is given up, and keeps no other waiting.
    async fn work(&self, id: &str) -> Result<()> {
        match self.go_on(id).await {
            Err(error) if error.is_broken() => self.give_up(id, &error.to_string()).await,
            done => done,
        }
    }

    /// Evaluates a part, or goes on with one that was evaluated.
    async fn go_on(&self, id: &str) -> Result<()> {
        use store::part::{
            PartKind::{Act, Notify},
            PartState::{Pending, Staged},
        };
        let Some(part) = store::part::get(self.store.reader(), id).await? else { return Ok(()) };
        match (part.kind, part.state) {
            (Act, Pending) => self.evaluate_act(&part).await,
            (Notify, Pending) => self.evaluate_notify(&part).await,
            (Act, Staged) => self.carry_out(&part).await,
            (Notify, Staged) => self.deliver(&part).await,
            _ => Ok(()),
        }
    }

    pub(crate) async fn context(&self, run: &RunId) -> Result<Context> {
        let reader = self.store.reader();
        let run = store::run::get(reader, run).await?;
        Ok(Context {
            life: store::automation::known(reader, &run.automation).await?,
            version: store::automation::version(reader, &run.version).await?,
            occurrence: store::event::occurrence(reader, &run.event).await?,
            run,
        })
    }

    /// Everything that a guest can be given for this part.
    pub(crate) async fn job(&self, part: &Part, context: &Context) -> Result<Job> {
        let running = Running { terms: Terms::of(part, &context.run), reader: self.store.reader().clone() };
        Ok(Job {
            plugin: self.component(&context.life.automation.site, context.version.plugin()).await?,
            powers: Arc::new(context.version.powers().clone()),
            settings: Arc::from(context.version.settings()),
            event: context.occurrence.event(self.store.secret()),
            run: context.run.id.clone(),
            platform: self.host.platform.clone(),
            limits: self.host.limits,
            standing: Arc::new(running),
            answers: Answers::Platform,
            tells: Arc::default(),
        })
    }

    /// The component that is instantiated.
    pub(crate) async fn component(&self, site: &SiteId, digest: &PluginDigest) -> Result<Component> {
        self.components.get((site.clone(), digest.clone()), self.stored(site, digest)).await
    }

    /// A component's bytes, compared with the digest that was consented to (R1, C07).
    async fn stored(&self, site: &SiteId, digest: &PluginDigest) -> Result<Component> {
        let bytes = store::plugin::bytes(self.store.reader(), site, digest).await?;
        let bytes = bytes.ok_or_else(|| ServiceError::NoPlugin(digest.to_string()))?;
        if PluginDigest::of(&bytes) != *digest {
            return Err(ServiceError::altered(digest));
        }
        Ok(Component { site: site.clone(), digest: digest.clone(), bytes: Arc::from(bytes) })
    }

    /// An id that is the same whenever the same thing is made again.
    pub(crate) fn derived(&self, prefix: &str, purpose: &str, parts: &[&str]) -> String {
        let bytes = self.store.secret().id(purpose, parts);
        format!("{prefix}{}", BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
    }

    /// Puts an attempt off of which nothing counts, and keeps what it read: why it is made again depends on that.
    async fn again(&self, part: &Part, record: &Record, reason: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::part::write_down(&mut tx, &part.id, &record.journal).await?;
        tx.commit().await?;
        self.put_off(part, part.attempts + 1, reason).await
    }

    /// Puts a part off, or gives it up after too many attempts: `attempts` of them were made.
    pub(crate) async fn put_off(&self, part: &Part, attempts: u32, reason: &str) -> Result<()> {
        let Some(due) = self.host.retry.next(attempts, self.host.clock.now()) else {
            return self.give_up(&part.id, reason).await;
        };
        let mut tx = self.store.begin().await?;
        store::part::later(&mut tx, &part.id, due, reason).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes a part a dead letter, with what is still staged of it.
    async fn give_up(&self, part: &str, reason: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::effect::give_up(&mut tx, part, store::effect::EffectState::Dead, reason).await?;
        store::part::end(&mut tx, part, store::part::PartState::Dead, Some(reason), self.host.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Runs all, at most `most` at a time. Every one runs to its end; the first error is told afterwards.
async fn all(jobs: Vec<BoxFuture<'_, Result<()>>>, most: usize) -> Result<()> {
    let results: Vec<Result<()>> = stream::iter(jobs).buffer_unordered(most.max(1)).collect().await;
    results.into_iter().collect()
}
