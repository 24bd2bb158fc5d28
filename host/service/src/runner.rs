//! The runner: match → plan → evaluate each part → carry out, or deliver. Every step is one change of state in the store, made
//! after what it stands for has happened, so that whatever is killed when, the next drain goes on from there (E01). Whose turn it is
//! and who works on what stands in `store/turn.rs`; what is durable when, and what is tried again, in `docs/reliability.md`.
//!
//! Parts share nothing: one person's part is evaluated from what that person may see and from nothing else, and its failure is
//! its own (FND-15). What effects change is an event in its turn: see `chain`.

mod act;
pub(crate) mod admission;
mod chain;
mod matching;
mod notify;
pub(crate) mod only;
mod plan;
pub(crate) mod preflight;
pub(crate) mod recipients;
mod stop;
pub(crate) mod terms;
pub(crate) mod timing;

use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use mandate_governance::{Life, Version};
use mandate_model::{Failure, Occurrence, PluginDigest, RunId, SiteId};
use mandate_runtime::{part::Record, platform::Unavailable, replay::Answers};
use sqlx::SqliteConnection;
use tokio::sync::watch;

pub use self::stop::Left;
use self::{
    stop::Stop,
    terms::{Running, Terms},
};
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
    /// Whose hands parts are in that this runner began.
    pub(crate) worker: String,
    /// One drain at a time: whoever holds it knows that what this runner holds was left by one that was dropped.
    pub(crate) draining: tokio::sync::Mutex<()>,
    pub(crate) stop: watch::Sender<Stop>,
}

/// What a part depends on, read when it begins.
pub(crate) struct Context {
    pub(crate) run: Run,
    pub(crate) life: Life,
    pub(crate) version: Version,
    pub(crate) occurrence: Occurrence,
}

impl Runner {
    pub(crate) fn new(store: Store, host: Host) -> Result<Self> {
        Ok(Self {
            store: Arc::new(store),
            host,
            remembered: Remembered::default(),
            components: Recent::new(COMPONENTS),
            worker: format!("wrk_{}", BASE32_NOPAD.encode(&store::random_id()?).to_ascii_lowercase()),
            draining: tokio::sync::Mutex::default(),
            stop: watch::Sender::new(Stop::Not),
        })
    }

    /// Does all that is due, waiting for what is put off, until nothing is pending or the runner is stopped. A store that cannot be
    /// written now is tried again, as often as anything else.
    pub(crate) async fn drain(&self) -> Result<()> {
        let mut stop = self.stop.subscribe();
        let mut failed = 0;
        while !self.is_stopping() {
            let due = match self.pass().await {
                Ok(None) => break,
                Ok(Some(due)) => {
                    failed = 0;
                    due
                }
                Err(error) => {
                    failed += 1;
                    let again = self.host.retry.next("the store", failed, self.host.clock.now());
                    again.filter(|_| error.is_passing()).ok_or(error)?
                }
            };
            tokio::select! {
                () = self.host.clock.sleep_until(due) => {}
                _ = stop.wait_for(|stop| *stop != Stop::Not) => {}
            }
        }
        Ok(())
    }

    /// Does all that is due now. Answers when there is more to do, if there is.
    pub(crate) async fn pass(&self) -> Result<Option<i64>> {
        let _one = self.draining.lock().await;
        self.take_back().await?;
        let mut stop = self.stop.subscribe();
        tokio::select! {
            done = self.steps().boxed() => done?,
            // What is under way is dropped, and given back by who stops.
            _ = stop.wait_for(|stop| *stop == Stop::Now) => {}
        }
        store::turn::next_due(self.store.reader()).await
    }

    async fn steps(&self) -> Result<()> {
        while !self.is_stopping() && self.step().await? {}
        Ok(())
    }

    /// One round; whether there was anything to do.
    async fn step(&self) -> Result<bool> {
        let told = self.take_over().await?;
        let rang = self.ring().await?;
        let events = store::event::pending(self.store.reader()).await?;
        all(events.iter().map(|event| self.match_event(event).boxed()).collect(), self.host.concurrency).await?;
        // Runs are in the order of their events: none is planned before all that was accepted before it is matched.
        if !events.is_empty() {
            return Ok(true);
        }
        let now = self.host.clock.now();
        let runs = store::run::due(self.store.reader(), now).await?;
        all(runs.iter().map(|run| self.plan(run).boxed()).collect(), self.host.concurrency).await?;
        let parts = store::turn::due(self.store.reader(), now).await?;
        all(parts.iter().map(|part| self.work(part, false).boxed()).collect(), self.host.concurrency).await?;
        // What may have brought the host down runs last, with nothing beside it.
        let suspect = store::turn::suspect(self.store.reader(), now).await?;
        if let Some(suspect) = &suspect {
            self.work(suspect, true).boxed().await?;
        }
        // No more at once than can be sent at the same time: nobody's part waits for more than one slow address.
        let most = u32::try_from(self.host.concurrency.max(1)).unwrap_or(u32::MAX);
        let deliveries = store::delivery::due(self.store.reader(), now, most).await?;
        all(deliveries.iter().map(|id| self.send(id).boxed()).collect(), self.host.concurrency).await?;
        Ok(told || rang || suspect.is_some() || !(runs.is_empty() && parts.is_empty() && deliveries.is_empty()))
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

    /// Takes a part on and works on it. One of which something cannot be read is given up, and keeps no other waiting.
    async fn work(&self, id: &str, alone: bool) -> Result<()> {
        if self.is_stopping() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let fence = store::turn::begin(&mut tx, id, &self.worker, self.host.clock.now(), alone).await?;
        tx.commit().await?;
        let Some(fence) = fence else { return Ok(()) };
        let done = match self.go_on(id, fence).await {
            Err(error) if error.is_broken() => self.give_up((id, fence), &error.to_string()).await,
            done => done,
        };
        match done {
            Err(ServiceError::Stale) => Ok(()),
            done => done,
        }
    }

    /// Evaluates a part, and carries out or delivers what comes of it; or goes on with one that was evaluated.
    async fn go_on(&self, id: &str, fence: i64) -> Result<()> {
        use store::part::{
            PartKind::{Act, Notify},
            PartState::{Running, Staged},
        };
        let Some(part) = self.held(id, fence).await? else { return Ok(()) };
        if part.state == Running {
            if store::quarantine::holds(self.store.reader(), &part.site, part.plugin.as_str()).await? {
                return self.give_up(part.held(), &in_quarantine(&part.plugin)).await;
            }
            match part.kind {
                Act => self.evaluate_act(&part).await?,
                Notify => return self.evaluate_notify(&part).await,
            }
        }
        let Some(part) = self.held(id, fence).await? else { return Ok(()) };
        match (part.kind, part.state) {
            (Act, Staged) => self.carry_out(&part).await,
            (Notify, Staged) => self.deliver(&part).await,
            _ => Ok(()),
        }
    }

    /// A part that is held under `fence`; `None` once it was erased.
    async fn held(&self, id: &str, fence: i64) -> Result<Option<Part>> {
        let part = store::part::get(self.store.reader(), id).await?;
        if part.as_ref().is_some_and(|part| part.fence != fence) {
            return Err(ServiceError::Stale);
        }
        Ok(part)
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

    /// Puts a part off of which the guest came back, and asked for it. What it read is kept: why it is made again depends on that.
    async fn again(&self, part: &Part, record: &Record, reason: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::part::came_back(&mut tx, part).await?;
        store::part::write_down(&mut tx, &part.id, &record.journal).await?;
        self.put_off_in(&mut tx, part, part.attempts, reason).await?;
        tx.commit().await
    }

    /// Puts a part off, or gives it up after too many attempts: `attempts` of them were made.
    pub(crate) async fn put_off(&self, part: &Part, attempts: u32, reason: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        self.put_off_in(&mut tx, part, attempts, reason).await?;
        tx.commit().await
    }

    /// [`Self::put_off`], in the transaction of what is kept with it.
    pub(crate) async fn put_off_in(
        &self,
        tx: &mut SqliteConnection,
        part: &Part,
        attempts: u32,
        reason: &str,
    ) -> Result<()> {
        let now = self.host.clock.now();
        match self.host.retry.next(&part.id, attempts, now) {
            Some(due) => store::part::later(tx, part, due, reason).await,
            None => store::part::give_up(tx, part.held(), reason, now).await,
        }
    }

    /// Makes a part a dead letter, with what is still staged of it.
    async fn give_up(&self, held: (&str, i64), reason: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::part::give_up(&mut tx, held, reason, self.host.clock.now()).await?;
        tx.commit().await
    }
}

/// Why nothing of a plugin is evaluated.
pub(crate) fn in_quarantine(plugin: &PluginDigest) -> String {
    format!("the plugin `{plugin}` ended the host twice and is in quarantine: release it, then try again")
}

/// Runs all, at most `most` at a time. Every one runs to its end; the first error is told afterwards.
async fn all(jobs: Vec<BoxFuture<'_, Result<()>>>, most: usize) -> Result<()> {
    let results: Vec<Result<()>> = stream::iter(jobs).buffer_unordered(most.max(1)).collect().await;
    results.into_iter().collect()
}
