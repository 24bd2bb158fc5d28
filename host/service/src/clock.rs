//! Time comes in from outside, so that runs are repeatable.

use async_trait::async_trait;

/// What time it is, and waiting.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Microseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> i64;

    /// Returns once [`Clock::now`] is at least `at`.
    async fn sleep_until(&self, at: i64);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where the time of day comes in")]
    fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    async fn sleep_until(&self, at: i64) {
        // The clock may be set back meanwhile: ask again rather than trust one long sleep.
        while let Some(left) = u64::try_from(at.saturating_sub(self.now())).ok().filter(|left| *left > 0) {
            tokio::time::sleep(std::time::Duration::from_micros(left.min(1_000_000))).await;
        }
    }
}
