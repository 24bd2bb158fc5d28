//! Stopping without losing anything: nothing new begins, what runs may finish until a deadline, the rest is given back.

use std::future::Future;

use super::Runner;
use crate::{error::Result, store};

/// How far stopping is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Not at all.
    Not,
    /// Nothing new begins.
    Soon,
    /// What still runs is dropped.
    Now,
}

/// What was left to do when the runner stopped. All of it is kept, and is done once the store is opened again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// Events that no automation was looked up for yet.
    pub events: u64,
    /// Runs that are yet to be planned.
    pub runs: u64,
    /// Parts that are yet to be evaluated, carried out or delivered.
    pub parts: u64,
    /// Those of the parts that were under way at the deadline and were given back: what they did not finish begins again.
    pub given_back: u64,
}

impl Left {
    /// Whether everything was done.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Runner {
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow() != Stop::Not
    }

    /// Begins nothing any more, and waits for what runs until `deadline` (microseconds since 1970); what still runs then is given
    /// back.
    pub(crate) async fn shut_down(&self, deadline: i64) -> Result<Left> {
        self.stop.send_replace(Stop::Soon);
        let _one = tokio::select! {
            biased;
            one = self.draining.lock() => one,
            () = self.host.clock.sleep_until(deadline) => {
                self.stop.send_replace(Stop::Now);
                self.draining.lock().await
            }
        };
        let given_back = self.give_back().await?;
        let (events, runs, parts) = store::turn::left(self.store.reader()).await?;
        Ok(Left { events, runs, parts, given_back })
    }

    /// Drains until nothing is pending, or until `stop`; then shuts down, with `grace` microseconds for what runs.
    pub(crate) async fn drain_until(&self, stop: impl Future<Output = ()>, grace: i64) -> Result<Left> {
        let mut drain = std::pin::pin!(self.drain());
        tokio::select! {
            biased;
            drained = &mut drain => { drained?; return Ok(Left::default()) }
            () = stop => {}
        }
        let deadline = self.host.clock.now().saturating_add(grace);
        let (drained, left) = tokio::join!(drain, self.shut_down(deadline));
        drained?;
        left
    }

    /// Gives back what this runner holds, while nothing of it is under way: parts of a drain that was dropped.
    pub(crate) async fn give_back(&self) -> Result<u64> {
        // What was being written when the drain was dropped is seen, too.
        self.store.settle().await?;
        if !store::turn::is_left(self.store.reader(), &self.worker, self.host.clock.now()).await? {
            return Ok(0);
        }
        let mut tx = self.store.begin().await?;
        let given_back = store::turn::give_back(&mut tx, &self.worker).await?;
        tx.commit().await?;
        Ok(given_back)
    }

    /// Before a pass: gives back what a drain that was dropped left, and takes back what is held for longer than its lease.
    pub(super) async fn take_back(&self) -> Result<()> {
        let (now, most) = (self.host.clock.now(), self.host.retry.attempts);
        self.store.settle().await?;
        let reader = self.store.reader();
        if store::turn::is_left(reader, &self.worker, now).await? || store::delivery::is_left(reader).await? {
            let mut tx = self.store.begin().await?;
            store::turn::give_back(&mut tx, &self.worker).await?;
            store::turn::take_back(&mut tx, now, most).await?;
            store::delivery::recover(&mut tx, most, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
