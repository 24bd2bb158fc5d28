//! Compiled code is only ever loaded if this host made it, for this site, with this engine.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use mandate_model::{Secret, SiteId};
use mandate_runtime::{
    cache::{Cache, CodeCache},
    engine::Isolation,
    limits::Limits,
    sandbox::Sandbox,
};

/// A cache in memory that counts what is kept.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    code: BTreeMap<String, Vec<u8>>,
    times: usize,
}

impl Shelf {
    fn kept(&self) -> usize {
        self.0.lock().unwrap().times
    }

    fn change(&self, change: impl Fn(&mut Vec<u8>)) {
        self.0.lock().unwrap().code.values_mut().for_each(change);
    }
}

impl CodeCache for Shelf {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().code.get(key).cloned()
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        let mut shelf = self.0.lock().unwrap();
        shelf.code.insert(key.to_owned(), bytes.to_vec());
        shelf.times += 1;
    }
}

/// Loads a guest with this cache; a new sandbox each time, as after a restart.
async fn load(shelf: &Shelf, secret: u8, site: &str, isolation: Isolation) {
    let cache = Cache { store: Box::new(shelf.clone()), secret: Secret::from_bytes([secret; 32]) };
    let sandbox = Sandbox::new(Limits::default(), isolation, Some(cache)).unwrap();
    let bytes = mandate_test_support::guest("condition_only");
    let plugin = sandbox.load(&SiteId::parse(site).unwrap(), &bytes).await.unwrap();
    assert_eq!(plugin.manifest().name, "condition-only");
}

#[tokio::test]
async fn code_is_kept_once_and_taken_from_the_cache_afterwards() {
    let shelf = Shelf::default();
    load(&shelf, 1, "acme", Isolation::Pooled).await;
    load(&shelf, 1, "acme", Isolation::Pooled).await;
    assert_eq!(shelf.kept(), 1);
}

#[tokio::test]
async fn code_that_was_changed_is_compiled_anew() {
    let shelf = Shelf::default();
    load(&shelf, 1, "acme", Isolation::Pooled).await;
    let changes: [fn(&mut Vec<u8>); 4] = [
        |bytes| *bytes.last_mut().unwrap() ^= 1,
        |bytes| bytes[0] ^= 1,
        |bytes| bytes.truncate(bytes.len() / 2),
        Vec::clear,
    ];
    for (times, change) in changes.into_iter().enumerate() {
        shelf.change(change);
        load(&shelf, 1, "acme", Isolation::Pooled).await;
        assert_eq!(shelf.kept(), times + 2);
    }
}

#[tokio::test]
async fn c05_code_is_not_shared_between_sites_hosts_or_engines() {
    let shelf = Shelf::default();
    load(&shelf, 1, "acme", Isolation::Pooled).await;
    load(&shelf, 1, "other", Isolation::Pooled).await;
    load(&shelf, 2, "acme", Isolation::Pooled).await;
    assert_eq!(shelf.kept(), 3);
}
