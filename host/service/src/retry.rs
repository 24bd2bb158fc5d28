//! How often, and how soon, something that could not be done is tried again.

use sha2::{Digest as _, Sha256};

/// A bound on attempts, with waits that double.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Most attempts; after that it is a dead letter until somebody tries again by hand.
    pub attempts: u32,
    /// The wait after the first attempt, in microseconds; each further one is twice as long.
    pub first_wait: i64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 5, first_wait: 1_000_000 }
    }
}

impl Retry {
    /// When to try again after `made` attempts; `None`: not again.
    pub(crate) fn next(&self, made: u32, now: i64) -> Option<i64> {
        if made >= self.attempts {
            return None;
        }
        let factor = 1_i64.checked_shl(made.saturating_sub(1).min(20)).unwrap_or(1);
        Some(now.saturating_add(self.first_wait.saturating_mul(factor)))
    }

    /// [`Retry::next`] with up to a quarter more of the wait, by the key of what is tried: what failed together does not come back
    /// together, and the same thing waits as long each time that it is looked at.
    pub(crate) fn next_of(&self, key: &str, made: u32, now: i64) -> Option<i64> {
        let due = self.next(made, now)?;
        let digest = Sha256::digest(format!("{key}/{made}"));
        let part = digest.first().copied().map_or(0, i64::from);
        Some(due.saturating_add(due.saturating_sub(now).saturating_div(4).saturating_div(256).saturating_mul(part)))
    }
}

#[cfg(test)]
mod tests {
    use super::Retry;

    #[test]
    fn waits_double_and_end() {
        let retry = Retry { attempts: 5, first_wait: 10 };
        let waits: Vec<_> = (1..=6).map(|made| retry.next(made, 100)).collect();
        assert_eq!(waits, [Some(110), Some(120), Some(140), Some(180), None, None]);
        assert!(Retry { attempts: u32::MAX, first_wait: i64::MAX }.next(4000, 1).is_some());
    }

    #[test]
    fn what_failed_together_does_not_come_back_together() {
        let retry = Retry { attempts: 3, first_wait: 1_024_000 };
        let due: std::collections::BTreeSet<_> =
            (0..64).filter_map(|key| retry.next_of(&key.to_string(), 2, 0)).collect();
        assert!(due.len() > 32 && due.iter().all(|due| (2_048_000..2_560_000).contains(due)), "{due:?}");
        assert_eq!(retry.next_of("a", 2, 0), retry.next_of("a", 2, 0));
        assert_eq!(retry.next_of("a", 3, 0), None);
    }
}
