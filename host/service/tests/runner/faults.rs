//! E04: the store is locked by another program.

use std::time::Duration;

use mandate_model::Change;
use mandate_service::{ServiceError, StoreOptions};

use crate::bench::{Bench, occurrence};

/// A store whose automation is on, that waits 30 ms for others.
async fn hasty() -> Bench {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    let folder = bench.closed().await;
    let options = StoreOptions { patience: Duration::from_millis(30), ..StoreOptions::default() };
    Bench::over_copy_with(&folder.path().join("store.db"), options).await.unwrap()
}

#[tokio::test]
async fn e04_a_store_that_another_program_holds_is_told_and_nothing_is_accepted_that_is_not_stored() {
    let bench = hasty().await;
    bench.happens("1").await;
    let raw = bench.raw().await;
    let held = raw.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let refused = bench.service.accept(&occurrence("2", Change::Added)).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Locked), "{refused:?}");
    let told = refused.to_string();
    assert!(
        told.starts_with("the store is locked by another program")
            && told.ends_with("nothing that was accepted is lost")
    );
    let before = bench.world.script().now;
    assert!(matches!(bench.service.drain().await, Err(ServiceError::Locked)));
    let waited = bench.world.script().now - before;
    // To each wait up to a quarter of it is added.
    let least = (1 + 2 + 4 + 8) * 1_000_000;
    assert!((least..=least / 4 * 5).contains(&waited), "five times, with ever longer waits: {waited}");
    assert_eq!(bench.calls(), Vec::<String>::new());
    held.rollback().await.unwrap();
    assert!(bench.service.accept(&occurrence("2", Change::Added)).await.unwrap().new, "it had not been accepted");
    bench.service.drain().await.unwrap();
    assert_eq!((bench.carried().len(), bench.inbox("user:bob").await.len()), (6, 2));
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn e04_a_lock_that_comes_while_guests_run_is_nobodys_fault_and_work_goes_on_after_it() {
    let bench = hasty().await;
    bench.happens("1").await;
    for _ in 0..6 {
        // Held in the guest; it is back before the store can be written again.
        bench.world.hold_at(2);
        let raw = bench.raw().await;
        let locked = async {
            bench.world.reached.notified().await;
            let held = raw.begin_with("BEGIN IMMEDIATE").await.unwrap();
            bench.world.go_on();
            held
        };
        let (passed, held) = tokio::join!(bench.service.pass(), locked);
        assert!(matches!(passed, Err(ServiceError::Locked)), "{passed:?}");
        held.rollback().await.unwrap();
        raw.close().await;
    }
    bench.service.drain().await.unwrap();
    assert!(bench.service.dead_letters().await.unwrap().is_empty(), "six times, and nothing was given up");
    assert_eq!((bench.carried().len(), bench.inbox("user:bob").await.len()), (3, 1));
}
