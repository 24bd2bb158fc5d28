//! Who compiles next: a few at a time, never two of one site, and no more waiting than fit the line.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mandate_model::SiteId;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{CompileLimits, CompilerFault};

/// Everybody who compiles or waits to.
pub(super) struct Line {
    places: Mutex<BTreeMap<SiteId, Place>>,
    all: Semaphore,
    limits: CompileLimits,
}

/// Those of one site: the one whose turn it is, and those behind it.
struct Place {
    turn: Arc<Semaphore>,
    here: usize,
}

/// A turn, or the wait for it: leaves the line when it is dropped.
struct Standing<'l> {
    line: &'l Line,
    site: SiteId,
}

/// The right to compile, until it is dropped.
pub(super) struct Turn<'l> {
    // In this order: the next of the site is let in before its site could be forgotten.
    _all: Option<SemaphorePermit<'l>>,
    _site: Option<tokio::sync::OwnedSemaphorePermit>,
    _standing: Standing<'l>,
}

impl Line {
    pub(super) fn new(limits: CompileLimits) -> Self {
        Self { places: Mutex::default(), all: Semaphore::new(limits.at_once), limits }
    }

    /// Waits for a turn. Who is first in line of their site stands in the line of all, so no site has more than one place there.
    pub(super) async fn turn(&self, site: &SiteId) -> Result<Turn<'_>, CompilerFault> {
        let (turn, standing) = self.stand(site)?;
        // Neither semaphore is ever closed.
        let of_site = turn.acquire_owned().await.ok();
        let all = self.all.acquire().await.ok();
        Ok(Turn { _all: all, _site: of_site, _standing: standing })
    }

    fn stand(&self, site: &SiteId) -> Result<(Arc<Semaphore>, Standing<'_>), CompilerFault> {
        let mut places = self.places();
        let here: usize = places.values().map(|place| place.here).sum();
        let of_site = places.get(site).map_or(0, |place| place.here);
        // Those whose turn it is wait for nothing any more.
        if here >= self.limits.waiting + self.limits.at_once || of_site > self.limits.waiting_of_site {
            return Err(CompilerFault::Busy);
        }
        let new = || Place { turn: Arc::new(Semaphore::new(1)), here: 0 };
        let place = places.entry(site.clone()).or_insert_with(new);
        place.here += 1;
        Ok((Arc::clone(&place.turn), Standing { line: self, site: site.clone() }))
    }

    fn places(&self) -> MutexGuard<'_, BTreeMap<SiteId, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Standing<'_> {
    fn drop(&mut self) {
        let mut places = self.line.places();
        if let Some(place) = places.get_mut(&self.site) {
            place.here -= 1;
            if place.here == 0 {
                places.remove(&self.site);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, pin::Pin};

    use super::*;

    fn site(name: &str) -> SiteId {
        SiteId::parse(name).unwrap()
    }

    fn line(at_once: usize, waiting: usize, waiting_of_site: usize) -> Line {
        Line::new(CompileLimits { at_once, waiting, waiting_of_site, ..CompileLimits::default() })
    }

    type Waiting<'l> = Pin<Box<dyn Future<Output = Result<Turn<'l>, CompilerFault>> + 'l>>;

    fn ask<'l>(line: &'l Line, name: &str) -> Waiting<'l> {
        let site = site(name);
        Box::pin(async move { line.turn(&site).await })
    }

    /// What has become of somebody in line by now.
    fn now<'l>(waiting: &mut Waiting<'l>) -> Option<Result<Turn<'l>, CompilerFault>> {
        futures::FutureExt::now_or_never(waiting.as_mut())
    }

    fn granted<'l>(waiting: &mut Waiting<'l>) -> Turn<'l> {
        now(waiting).expect("it is its turn").expect("it was let in")
    }

    #[test]
    fn one_of_a_site_and_two_in_all_and_the_others_in_order() {
        let line = line(2, 32, 8);
        let [mut a1, mut a2, mut b1, mut c1] = ["a", "a", "b", "c"].map(|name| ask(&line, name));
        let first = granted(&mut a1);
        assert!(now(&mut a2).is_none(), "one of its site is at it");
        let second = granted(&mut b1);
        assert!(now(&mut c1).is_none(), "two are at it");
        drop(first);
        assert!(now(&mut a2).is_none(), "c came into the line of all before");
        let third = granted(&mut c1);
        drop((second, third));
        drop(granted(&mut a2));
        assert!(line.places().is_empty(), "no site is remembered");
    }

    #[test]
    fn what_waits_is_bounded_for_all_and_for_a_site() {
        let line = line(1, 3, 2);
        let mut a = ["a", "a", "a"].map(|name| ask(&line, name));
        let turn = granted(&mut a[0]);
        assert!(now(&mut a[1]).is_none() && now(&mut a[2]).is_none(), "two of the site wait");
        assert_eq!(now(&mut ask(&line, "a")).unwrap().err(), Some(CompilerFault::Busy), "a third of the site");
        let mut b = ask(&line, "b");
        assert!(now(&mut b).is_none(), "the third in all");
        assert_eq!(now(&mut ask(&line, "c")).unwrap().err(), Some(CompilerFault::Busy), "the fourth");
        drop(b);
        assert!(now(&mut ask(&line, "c")).is_none(), "who went away made room");
        drop(turn);
        drop(granted(&mut a[1]));
    }
}
