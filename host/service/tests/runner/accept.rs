//! Accepting and matching events.

use mandate_model::{Change, CustomRef, Field, Occurrence, RowRef, SiteId, Subject, Trigger, Value};
use mandate_service::ServiceError;

use crate::{
    bench::{Bench, occurrence},
    fakes::who,
};

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

#[tokio::test]
async fn e03_delivered_ten_times_out_of_order_and_with_other_words_it_is_the_same_event() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    let all: Vec<Occurrence> = ["1", "2", "3"].map(|id| occurrence(id, Change::Added)).into();
    for round in 0..10 {
        let mut again = all.clone();
        if round % 2 == 1 {
            again.reverse();
            again[0].subject = Subject::Row(RowRef { dataset: "deals".to_owned(), id: format!("other{round}") });
        }
        let answers = bench.service.accept_each(again.into_iter().map(Ok).collect()).await.unwrap();
        assert!(answers.iter().all(|answer| answer.as_ref().unwrap().0.new == (round == 0)), "round {round}");
        bench.service.drain().await.unwrap();
    }
    assert_eq!(bench.inbox("user:bob").await.len(), 3);
    let runs = bench.runs("user:bob").await;
    assert!(runs.iter().all(|run| run.event.get().unwrap().subject == all[0].subject), "{runs:?}");
}

fn paid(id: &str, event_type: &str, about: Option<&str>) -> Occurrence {
    let about = about.map(|id| RowRef { dataset: "deals".to_owned(), id: id.to_owned() });
    let subject = Subject::Custom(CustomRef { event_type: event_type.to_owned(), about, file: None });
    Occurrence { subject, ..occurrence(id, Change::Other) }
}

fn listens(event_type: &str) -> Trigger {
    Trigger::Event { event_type: event_type.to_owned(), own_effects: false }
}

#[tokio::test]
async fn fnd_13_an_event_of_the_platforms_own_is_told_to_who_sees_its_row_and_about_nothing_to_no_recipient() {
    let bench = Bench::new().await;
    bench.listening(listens("com.acme.paid"), &["team:sales"]).await;
    bench.listening(listens("com.acme.other"), &["user:cleo"]).await;
    bench.world.script().sees.remove(&who("user:bob"));
    bench.service.accept(&paid("1", "com.acme.paid", Some("d1"))).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"]);
    assert!(bench.runs("user:bob").await.is_empty());
    bench.service.accept(&paid("2", "com.acme.paid", None)).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana", "act user:ana", "notify user:cleo"]);
}

#[tokio::test]
async fn a_type_that_nobody_listens_to_is_refused_and_the_others_are_stored() {
    let bench = Bench::new().await;
    let (id, _) = bench.listening(listens("com.acme.paid"), &[]).await;
    let batch = [paid("1", "com.acme.paid", None), paid("2", "com.acme.pait", None), paid("3", "mandate.paid", None)];
    let answers = bench.service.accept_each(batch.into_iter().map(Ok).collect()).await.unwrap();
    assert!(answers[0].as_ref().unwrap().0.new);
    let told: Vec<String> = answers[1..].iter().map(|answer| answer.as_ref().unwrap_err().to_string()).collect();
    assert_eq!(
        told,
        [
            "(M0203) `type`: `com.acme.pait` is not known: no automation of `acme` listens to it; publish one that does, or send \
             one of: `com.acme.paid`",
            "(M0203) `type`: `mandate.paid` is not known: `mandate.row.added`, `mandate.row.updated` and `mandate.row.removed` are",
        ]
    );
    let bench = bench.reopen().await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana"]);
    // Of another site nobody listens; of one that is off, it is known and starts nothing; of one that is gone, it is not.
    let mut other = paid("4", "com.acme.paid", None);
    other.site = SiteId::parse("umbrella").unwrap();
    let refused = bench.service.accept(&other).await.unwrap_err().to_string();
    assert!(
        refused.ends_with("no automation of `umbrella` listens to it; publish one that does, or send one of: none"),
        "{refused}"
    );
    bench.service.disable(&id, &who("user:ana")).await.unwrap();
    assert!(bench.service.accept(&paid("5", "com.acme.paid", None)).await.unwrap().new);
    bench.service.delete(&id, &who("user:ana")).await.unwrap();
    assert!(bench.service.accept(&paid("6", "com.acme.paid", None)).await.is_err());
    assert!(!bench.service.accept(&paid("5", "com.acme.paid", None)).await.unwrap().new, "what is known stays known");
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls().len(), 1);
}

#[tokio::test]
async fn what_is_too_large_or_no_event_is_refused_by_its_attribute() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    let row = |dataset: &str, id: &str| Subject::Row(RowRef { dataset: dataset.to_owned(), id: id.to_owned() });
    let good = occurrence("1", Change::Added);
    let image = vec![Field { name: "a".to_owned(), value: Value::Text("x".repeat(1 << 20)) }];
    let long = || "x".repeat(1025);
    let bad: Vec<(Occurrence, &str)> = vec![
        (Occurrence { source: String::new(), ..good.clone() }, "(M0201) `source`"),
        (Occurrence { source: long(), ..good.clone() }, "(M0202) `source`"),
        (Occurrence { id: String::new(), ..good.clone() }, "(M0201) `id`"),
        (Occurrence { id: long(), ..good.clone() }, "(M0202) `id`"),
        (Occurrence { id: "a\nb".to_owned(), ..good.clone() }, "(M0201) `id`"),
        (Occurrence { at: -1, ..good.clone() }, "(M0205) `time`"),
        (Occurrence { at: i64::MAX, ..good.clone() }, "(M0205) `time`"),
        (Occurrence { subject: row("Deals", "d1"), ..good.clone() }, "(M0204) `subject`"),
        (Occurrence { subject: row("deals", ""), ..good.clone() }, "(M0204) `subject`"),
        (Occurrence { subject: row("deals", "new:1"), ..good.clone() }, "(M0204) `subject`"),
        (Occurrence { change: Change::Due, ..good.clone() }, "(M0203) `type`"),
        (Occurrence { change: Change::Manual, ..good.clone() }, "(M0203) `type`"),
        (Occurrence { changed: Some(vec!["a".to_owned(); 1025]), ..good.clone() }, "(M0202) `data`"),
        (Occurrence { change: Change::Removed, image: Some(image), ..good.clone() }, "(M0202) `data`"),
        (paid("1", "run-now", None), "(M0203) `type`"),
        (paid("1", "a b", None), "(M0203) `type`"),
        (paid("1", "com.acme.paid", Some("")), "(M0204) `subject`"),
    ];
    for (occurrence, told) in bad {
        let refused = bench.service.accept(&occurrence).await.unwrap_err();
        assert!(
            matches!(refused, ServiceError::Event(_)) && refused.to_string().starts_with(told),
            "{told}: {refused}"
        );
    }
    bench.service.drain().await.unwrap();
    assert!(bench.calls().is_empty());
    assert!(bench.service.accept(&good).await.unwrap().new, "nothing was stored of those that were refused");
}

#[tokio::test]
async fn what_arrives_at_once_is_looked_at_in_its_order() {
    let bench = Bench::with_concurrency(1).await;
    bench.listening(Trigger::rows("deals", [Change::Added]), &[]).await;
    let ids: Vec<String> = (0..300).map(|number| format!("e{number}")).collect();
    let batch: Vec<Occurrence> = ids.iter().map(|id| occurrence(id, Change::Added)).collect();
    bench.service.accept_each(batch.into_iter().map(Ok).collect()).await.unwrap();
    let raw = bench.raw().await;
    let stored: Vec<String> = sqlx::query_scalar("SELECT json_extract(occurrence, '$.id') FROM event ORDER BY at, id")
        .fetch_all(&raw)
        .await
        .unwrap();
    assert_eq!(stored, ids);
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls().len(), 300);
}
