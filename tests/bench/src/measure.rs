//! Taking turns, and what to say of it: the median ratio, with the quartiles beside it.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

type Work<'a> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<()>> + 'a>> + 'a>;

/// One of the things that are compared.
pub struct Arm<'a> {
    /// What it is called in the table.
    pub name: &'static str,
    work: Work<'a>,
}

impl<'a> Arm<'a> {
    /// `work` is done again and again.
    pub fn new<F: Future<Output = Result<()>> + 'a>(name: &'static str, work: impl Fn() -> F + 'a) -> Self {
        Self { name, work: Box::new(move || Box::pin(work())) }
    }
}

/// How long it takes.
#[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let begin = Instant::now();
    let value = work.await;
    (begin.elapsed(), value)
}

/// The arms take turns: in each batch, each does its work `calls` times. The time of one call for each arm and batch; a first
/// batch that warms up is not counted. Every batch begins with another arm, so that none always follows the same one.
pub async fn take_turns(arms: &[Arm<'_>], batches: usize, calls: u32) -> Result<Vec<Samples>> {
    let mut samples = vec![Samples::default(); arms.len()];
    for batch in 0..=batches {
        for turn in 0..arms.len() {
            let place = (batch + turn) % arms.len();
            let (Some(arm), Some(samples)) = (arms.get(place), samples.get_mut(place)) else { continue };
            let (time, done) = timed(several(arm, calls)).await;
            done.with_context(|| arm.name)?;
            if batch > 0 {
                samples.0.push(time / calls);
            }
        }
    }
    Ok(samples)
}

async fn several(arm: &Arm<'_>, calls: u32) -> Result<()> {
    for _ in 0..calls {
        (arm.work)().await?;
    }
    Ok(())
}

/// Times of the same thing, in the order in which they were taken.
#[derive(Debug, Clone, Default)]
pub struct Samples(pub Vec<Duration>);

impl Samples {
    /// The middle one.
    pub fn median(&self) -> Duration {
        let mut times = self.0.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    /// How many times as long as `base`, batch by batch: both samples come from the same [`take_turns`].
    pub fn to(&self, base: &Self) -> Spread {
        Spread::of(self.0.iter().zip(&base.0).map(|(this, base)| this.div_duration_f64(*base)).collect())
    }
}

/// A ratio and how sure it is: half of the batches are between `low` and `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The lower quartile.
    pub low: f64,
    /// The median.
    pub middle: f64,
    /// The upper quartile.
    pub high: f64,
}

impl Spread {
    /// Of ratios in any order; not a number, if there are none.
    pub fn of(mut ratios: Vec<f64>) -> Self {
        ratios.sort_by(f64::total_cmp);
        let last = ratios.len().saturating_sub(1);
        let at = |quarters: usize| ratios.get(last * quarters / 4).copied().unwrap_or(f64::NAN);
        Self { low: at(1), middle: at(2), high: at(3) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2}–{:.2})", self.middle, self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(times: &[u64]) -> Samples {
        Samples(times.iter().copied().map(Duration::from_micros).collect())
    }

    #[test]
    fn ratios_are_taken_batch_by_batch() {
        // Noise that meets both in a batch leaves the ratio as it is.
        let (base, twice) = (micros(&[10, 100, 20]), micros(&[20, 200, 40]));
        assert_eq!(twice.to(&base), Spread { low: 2.0, middle: 2.0, high: 2.0 });
        assert_eq!(twice.median(), Duration::from_micros(40));
    }

    #[test]
    fn a_spread_has_quartiles() {
        let spread = Spread::of(vec![5.0, 1.0, 2.0, 4.0, 3.0]);
        assert_eq!(spread, Spread { low: 2.0, middle: 3.0, high: 4.0 });
        assert_eq!(spread.to_string(), "3.00 (2.00–4.00)");
    }

    #[tokio::test]
    async fn each_arm_does_its_work_in_every_batch() {
        let done = std::cell::RefCell::new(vec![]);
        let arm = |name: &'static str| {
            let done = &done;
            Arm::new(name, move || async move {
                done.borrow_mut().push(name);
                Ok(())
            })
        };
        let samples = take_turns(&[arm("a"), arm("b")], 2, 2).await.unwrap();
        assert_eq!(samples.iter().map(|samples| samples.0.len()).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(*done.borrow(), ["a", "a", "b", "b", "b", "b", "a", "a", "a", "a", "b", "b"]);
    }
}
