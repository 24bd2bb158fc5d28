//! How often, and how soon, something that could not be done is tried again.

use sha2::{Digest as _, Sha256};

/// No wait is longer than this, before what is added to it by chance: an hour, in microseconds.
const LONGEST: i64 = 3_600_000_000;

/// A bound on attempts, with waits that double, up to an hour. To each wait is added up to a quarter of it, so that what failed
/// together is not tried again together; how much follows from what is tried and how often it was, and is the same whenever asked.
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
    /// When to try `what` (an id) again after `made` attempts; `None`: not again.
    pub(crate) fn next(&self, what: &str, made: u32, now: i64) -> Option<i64> {
        if made >= self.attempts {
            return None;
        }
        let factor = 1_i64.checked_shl(made.saturating_sub(1).min(20)).unwrap_or(1);
        let wait = self.first_wait.saturating_mul(factor).clamp(0, LONGEST);
        Some(now.saturating_add(wait + apart(what, made, wait / 4)))
    }
}

/// From 0 to `most`, by chance, but always the same for the same attempt.
fn apart(what: &str, made: u32, most: i64) -> i64 {
    let digest = Sha256::digest(format!("{made} {what}"));
    let (number, _) = digest.split_first_chunk::<4>().map_or(([0; 4], &[][..]), |(first, rest)| (*first, rest));
    i64::from(u32::from_be_bytes(number)) % (most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(retry: Retry, what: &str) -> Vec<Option<i64>> {
        (1..=6).map(|made| retry.next(what, made, 1_000).map(|due| due - 1_000)).collect()
    }

    #[test]
    fn waits_double_and_end() {
        let retry = Retry { attempts: 5, first_wait: 400 };
        for (at, wait) in waits(retry, "prt_1").into_iter().enumerate() {
            let least = 400 << at;
            assert_eq!(wait.is_some(), at < 4);
            assert!(wait.is_none_or(|wait| (least..=least + least / 4).contains(&wait)), "{at}: {wait:?}");
        }
    }

    #[test]
    fn no_wait_is_longer_than_an_hour_and_a_quarter() {
        for first_wait in [i64::MAX, LONGEST, LONGEST / 4] {
            let due = Retry { attempts: u32::MAX, first_wait }.next("prt_1", 4_000, 0).unwrap();
            assert!((LONGEST..=LONGEST / 4 * 5).contains(&due), "{due}");
        }
        assert_eq!(Retry { attempts: 2, first_wait: i64::MAX }.next("prt_1", 1, i64::MAX), Some(i64::MAX));
    }

    #[test]
    fn what_failed_together_is_tried_apart_and_the_same_is_tried_at_the_same_time_again() {
        let retry = Retry::default();
        assert_eq!(waits(retry, "prt_1"), waits(retry, "prt_1"));
        let first: std::collections::BTreeSet<_> = (0..100).map(|at| retry.next(&format!("prt_{at}"), 1, 0)).collect();
        assert!(first.len() > 90, "{}", first.len());
    }
}
