//! The machine's time, but waiting is a leap: a test waits for nothing.

use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use mandate_service::{Clock, SystemClock};

/// How far it is ahead of the machine, in microseconds.
#[derive(Default)]
pub(crate) struct Leaping(AtomicI64);

#[async_trait]
impl Clock for Leaping {
    fn now(&self) -> i64 {
        SystemClock.now() + self.0.load(Ordering::SeqCst)
    }

    async fn sleep_until(&self, at: i64) {
        let left = at - self.now();
        if left > 0 {
            self.0.fetch_add(left, Ordering::SeqCst);
        }
        tokio::task::yield_now().await;
    }
}
