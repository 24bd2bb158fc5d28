//! Schedules: an automation is due at instants that are worked out one at a time and kept in the store.
//!
//! The instant that is due next changes in the transaction in which the run of the one before is made, or in which the automation
//! is published, turned on or off: so an instant is met once, whatever is killed when and however the clock is set (P07). What was
//! missed while nothing ran, or was jumped over, is met once, late, as the earliest instant that was missed. What lies before an
//! automation was turned on is not met.

use mandate_governance::{Life, may_run};
use mandate_model::{AutomationId, Change, Occurrence, Subject, Trigger, VersionId};
use sqlx::SqliteConnection;

use super::Runner;
use crate::{error::Result, schedule::Schedule, store};

/// Who says that a schedule is due.
pub(crate) const SOURCE: &str = "schedule";

impl Runner {
    /// Makes the runs of schedules that are due; whether there were any.
    pub(super) async fn ring(&self) -> Result<bool> {
        let due = store::schedule::due(self.store.reader(), self.host.clock.now()).await?;
        for automation in &due {
            let mut tx = self.store.begin().await?;
            match self.met(&mut tx, automation).await {
                Err(error) if error.is_broken() => store::schedule::clear(&mut tx, automation).await?,
                met => met?,
            }
            tx.commit().await?;
        }
        Ok(!due.is_empty())
    }

    /// Makes the run of an instant, and works out the next one.
    async fn met(&self, tx: &mut SqliteConnection, automation: &AutomationId) -> Result<()> {
        let now = self.host.clock.now();
        let Some((version, due)) = store::schedule::of(tx, automation).await?.filter(|(_, due)| *due <= now) else {
            return Ok(());
        };
        let life = store::automation::known(&mut *tx, automation).await?;
        let cron = match store::automation::version(&mut *tx, &version).await {
            Ok(published) => match published.trigger() {
                Trigger::Schedule { cron, .. } => cron.clone(),
                _ => return store::schedule::clear(tx, automation).await,
            },
            // A run that cannot be planned: so the damage is seen, once.
            Err(error) if error.is_broken() => String::new(),
            Err(error) => return Err(error),
        };
        let occurrence = Occurrence {
            site: life.automation.site.clone(),
            source: SOURCE.to_owned(),
            id: format!("{automation}/{version}/{due}"),
            at: due,
            change: Change::Due,
            subject: Subject::Schedule(cron),
            changed: None,
            image: None,
            cause: None,
        };
        let event = occurrence.event(self.store.secret()).id;
        if store::event::insert(tx, &event, &occurrence, now).await? {
            // It is this automation's alone.
            store::event::matched(tx, &event, None).await?;
            self.begin_run(tx, automation.clone(), version.clone(), &event).await?;
        }
        self.keep_time(tx, &life, now).await
    }

    /// When the automation is due next, as its life is now: after `at`.
    async fn keep_time(&self, tx: &mut SqliteConnection, life: &Life, at: i64) -> Result<()> {
        let automation = &life.automation;
        match self.scheduled(tx, life).await?.and_then(|(version, schedule)| Some((version, schedule.next(at)?))) {
            Some((version, due)) => store::schedule::set(tx, &automation.id, &version, due).await,
            None => store::schedule::clear(tx, &automation.id).await,
        }
    }

    /// After the life of an automation changed: turned on, it is due from now on; turned off, never; else as before.
    pub(crate) async fn retime(&self, tx: &mut SqliteConnection, life: &Life, at: i64) -> Result<()> {
        let known = store::schedule::of(tx, &life.automation.id).await?;
        let published = life.automation.published.as_ref();
        let goes_on = known.as_ref().is_some_and(|(version, _)| Some(version) == published && runs(life));
        if goes_on { Ok(()) } else { self.keep_time(tx, life, at).await }
    }

    /// The schedule of what is published, if it may run. What cannot be read is no schedule: turning it off must still be possible.
    async fn scheduled(&self, tx: &mut SqliteConnection, life: &Life) -> Result<Option<(VersionId, Schedule)>> {
        let Some(published) = life.automation.published.as_ref().filter(|_| runs(life)) else { return Ok(None) };
        let version = match store::automation::version(&mut *tx, published).await {
            Ok(version) => version,
            Err(error) if error.is_broken() => return Ok(None),
            Err(error) => return Err(error),
        };
        let Trigger::Schedule { cron, time_zone } = version.trigger() else { return Ok(None) };
        Ok(Schedule::parse(cron, time_zone).ok().map(|schedule| (published.clone(), schedule)))
    }
}

/// Whether what is published may run now.
fn runs(life: &Life) -> bool {
    let published = life.automation.published.as_ref();
    published.is_some_and(|published| may_run(&life.automation, published, life.consent.as_ref()).is_ok())
}
