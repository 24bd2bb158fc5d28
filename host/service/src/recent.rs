//! What was made of the components that were used last. Never shared between sites, like compiled code on disk.

use std::{
    collections::VecDeque,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use mandate_model::{PluginDigest, SiteId};
use tokio::sync::OnceCell;

/// A component of a site.
pub(crate) type Key = (SiteId, PluginDigest);

/// The last few, each made once however many ask for it at the same time.
pub(crate) struct Recent<V> {
    most: usize,
    /// The one that was used last is the last.
    kept: Mutex<VecDeque<(Key, Arc<OnceCell<V>>)>>,
}

impl<V: Clone> Recent<V> {
    /// Keeps at most `most`.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, kept: Mutex::default() }
    }

    /// What is kept under `key`, or what `make` gives. What failed is not kept: it is made anew for the next who asks.
    pub(crate) async fn get<E>(&self, key: Key, make: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        self.cell(key).get_or_try_init(|| make).await.cloned()
    }

    /// The place of `key`, made the last; the one that was used longest ago makes room for a new one.
    fn cell(&self, key: Key) -> Arc<OnceCell<V>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| *known == key);
        let (key, cell) = at.and_then(|at| kept.remove(at)).unwrap_or_else(|| (key, Arc::default()));
        if kept.len() >= self.most {
            kept.pop_front();
        }
        kept.push_back((key, Arc::clone(&cell)));
        cell
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn key(site: &str, number: u8) -> Key {
        (SiteId::parse(site).unwrap(), PluginDigest::of(&[number]))
    }

    /// Asks for a component; how often one was made by then.
    async fn ask(recent: &Recent<u8>, made: &AtomicU32, key: Key) -> u32 {
        let make = async {
            made.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok::<u8, ()>(0)
        };
        recent.get(key, make).await.unwrap();
        made.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn the_one_that_was_used_longest_ago_makes_room_and_no_other() {
        let (recent, made) = (Recent::new(3), AtomicU32::new(0));
        for number in 0..3 {
            ask(&recent, &made, key("acme", number)).await;
        }
        assert_eq!(ask(&recent, &made, key("acme", 0)).await, 3, "kept, and now the last");
        assert_eq!(ask(&recent, &made, key("acme", 3)).await, 4, "in the place of 1");
        for number in [0, 2, 3] {
            assert_eq!(ask(&recent, &made, key("acme", number)).await, 4, "{number} is kept");
        }
        assert_eq!(ask(&recent, &made, key("acme", 1)).await, 5);
    }

    #[tokio::test]
    async fn many_who_ask_at_once_have_it_made_once_and_no_site_has_anothers() {
        let (recent, made) = (Recent::new(3), AtomicU32::new(0));
        futures::future::join_all((0..8).map(|_| ask(&recent, &made, key("acme", 0)))).await;
        assert_eq!(made.load(Ordering::SeqCst), 1);
        assert_eq!(ask(&recent, &made, key("umbrella", 0)).await, 2);
    }

    #[tokio::test]
    async fn what_failed_is_made_anew() {
        let recent = Recent::new(3);
        assert_eq!(recent.get(key("acme", 0), async { Err::<u8, _>("busy") }).await, Err("busy"));
        assert_eq!(recent.get(key("acme", 0), async { Ok::<_, &str>(7) }).await, Ok(7));
        assert_eq!(recent.get(key("acme", 0), async { Err("not asked") }).await, Ok(7));
    }
}
