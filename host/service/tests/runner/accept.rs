//! Accepting and matching events.

use mandate_model::{Change, RowRef, SiteId, Subject};

use crate::bench::{Bench, occurrence};

#[tokio::test]
async fn e03_an_event_is_accepted_once_however_often_it_arrives() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    let first = bench.service.accept(&occurrence("1", Change::Added)).await.unwrap();
    assert!(first.new);
    for round in 0..10 {
        let again = bench.service.accept(&occurrence("1", Change::Added)).await.unwrap();
        assert_eq!((again.new, &again.event), (false, &first.event));
        if round % 3 == 0 {
            bench.service.drain().await.unwrap();
        }
    }
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob"]);
    assert_eq!(bench.carried(), ["0", "1", "2"]);
    assert_eq!(bench.inbox("user:bob").await.len(), 1);
}

#[tokio::test]
async fn another_source_or_site_is_another_event() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    let first = bench.service.accept(&occurrence("1", Change::Added)).await.unwrap();
    let mut other = occurrence("1", Change::Added);
    other.source = "erp".to_owned();
    let source = bench.service.accept(&other).await.unwrap();
    other.site = SiteId::parse("umbrella").unwrap();
    let site = bench.service.accept(&other).await.unwrap();
    assert!(source.new && site.new);
    assert!(source.event != first.event && site.event != first.event && site.event != source.event);
    bench.service.drain().await.unwrap();
    // Nobody of the other site listens: an automation belongs to one site (FIL-35).
    assert_eq!(bench.calls(), ["act user:ana", "act user:ana"]);
}

#[tokio::test]
async fn only_what_the_trigger_names_starts_a_run() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    let mut other = occurrence("1", Change::Added);
    other.subject = Subject::Row(RowRef { dataset: "people".to_owned(), id: "p1".to_owned() });
    bench.service.accept(&other).await.unwrap();
    bench.service.accept(&occurrence("2", Change::Due)).await.unwrap();
    bench.service.drain().await.unwrap();
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn an_accepted_event_survives_a_kill() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    bench.happens("1").await;
    let bench = bench.reopen().await;
    assert!(!bench.service.accept(&occurrence("1", Change::Added)).await.unwrap().new);
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await, ["CANARY-bob {}"]);
}

#[tokio::test]
async fn a_drain_can_be_spawned_beside_other_work() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    bench.happens("1").await;
    let crate::bench::Bench { service, world, .. } = bench;
    let service = std::sync::Arc::new(service);
    let other = std::sync::Arc::clone(&service);
    let (one, two) = tokio::join!(
        tokio::spawn(async move { service.drain().await }),
        tokio::spawn(async move { other.drain().await })
    );
    one.unwrap().unwrap();
    two.unwrap().unwrap();
    assert_eq!(world.script().carried.len(), 3);
    assert_eq!(world.script().calls.len(), 2, "two drains at a time evaluate nothing twice");
}
