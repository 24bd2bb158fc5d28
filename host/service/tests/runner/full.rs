//! E04: the disk is full, at every step at which the store grows. What was accepted is not lost, nothing happens twice, and it is said.

use std::path::Path;

use mandate_model::Change;
use mandate_service::{ServiceError, StoreOptions};
use tempfile::TempDir;

use crate::bench::{Bench, occurrence};

const PAGE: u64 = 4096;
const EVENTS: usize = 8;

/// A closed store with an automation that is on, and its size in pages.
async fn prepared() -> (TempDir, u64) {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["team:sales"]).await;
    let folder = bench.closed().await;
    let pages = std::fs::metadata(folder.path().join("store.db")).unwrap().len() / PAGE;
    (folder, pages)
}

/// As long as an id may be, so that the store grows.
fn id(event: usize) -> String {
    format!("{event:0>1024}")
}

/// Sends every event once; which were accepted.
async fn send(bench: &Bench) -> Vec<bool> {
    let mut accepted = vec![];
    for event in 0..EVENTS {
        accepted.push(match bench.service.accept(&occurrence(&id(event), Change::Added)).await {
            Ok(_) => true,
            Err(ServiceError::Full) => false,
            Err(other) => panic!("{other}"),
        });
    }
    accepted
}

/// With so many pages; whether that was enough.
async fn within(of: &Path, pages: u64) -> bool {
    let options = StoreOptions { most_bytes: Some(pages * PAGE), ..StoreOptions::default() };
    let bench = Bench::over_copy_with(of, options).await.unwrap();
    let accepted = send(&bench).await;
    let drained = match bench.service.drain().await {
        Ok(()) => true,
        Err(ServiceError::Full) => false,
        Err(other) => panic!("{pages} pages: {other}"),
    };
    // There is space again.
    let bench = bench.reopen().await;
    for (event, accepted) in accepted.iter().enumerate() {
        let again = bench.service.accept(&occurrence(&id(event), Change::Added)).await.unwrap();
        assert_eq!(again.new, !accepted, "{pages} pages: what was accepted was stored, and what was not, was not");
    }
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried().len(), 3 * EVENTS, "{pages} pages: each effect once");
    for person in ["user:bob", "user:cleo"] {
        assert_eq!(bench.inbox(person).await.len(), EVENTS, "{pages} pages");
    }
    assert!(bench.states().await.iter().all(|state| state == "done"), "{pages} pages");
    assert_eq!(bench.flaws().await, [], "{pages} pages");
    drained && accepted.iter().all(|accepted| *accepted)
}

#[tokio::test]
async fn e04_a_full_disk_at_every_growth_loses_nothing_and_doubles_nothing() {
    let (folder, first) = prepared().await;
    let mut pages = first;
    while !within(&folder.path().join("store.db"), pages).await {
        pages += 1;
    }
    assert!(pages - first >= 8, "only {} steps", pages - first);
}

#[tokio::test]
async fn e04_once_there_is_space_again_the_same_service_goes_on() {
    let (folder, _) = prepared().await;
    let path = folder.path().join("store.db");
    {
        let raw =
            sqlx::SqlitePool::connect_with(sqlx::sqlite::SqliteConnectOptions::new().filename(&path)).await.unwrap();
        sqlx::query("CREATE TABLE ballast (bytes BLOB)").execute(&raw).await.unwrap();
        sqlx::query("INSERT INTO ballast VALUES (zeroblob(400000))").execute(&raw).await.unwrap();
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&raw).await.unwrap();
        raw.close().await;
    }
    let pages = std::fs::metadata(&path).unwrap().len() / PAGE;
    let options = StoreOptions { most_bytes: Some((pages + 6) * PAGE), ..StoreOptions::default() };
    let bench = Bench::over_copy_with(&path, options).await.unwrap();
    let accepted = send(&bench).await;
    assert!(accepted[0], "there is space for one");
    let told = bench.service.drain().await.unwrap_err();
    assert_eq!(told.to_string(), "the disk is full: free space and try again; nothing that was accepted is lost");
    for _ in 0..10 {
        assert!(matches!(bench.service.drain().await, Err(ServiceError::Full)), "however often");
    }
    assert!(bench.service.dead_letters().await.unwrap().is_empty(), "nobody is blamed for it");
    bench.sql("DELETE FROM ballast").await;
    bench.service.drain().await.unwrap();
    assert!(send(&bench).await.iter().all(|accepted| *accepted));
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried().len(), 3 * EVENTS);
    assert_eq!(bench.inbox("user:bob").await.len(), EVENTS);
    assert_eq!(bench.flaws().await, []);
}
