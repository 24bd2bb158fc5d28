//! Forgetting a person: nothing of what ran as them or was told them is left, in any file; the others have what they had.

use mandate_governance::settings::AsWhom;
use mandate_model::Effect;
use mandate_service::Forgotten;

use crate::{bench::Bench, fakes::who};

#[tokio::test]
async fn what_ran_as_a_person_and_what_they_were_told_is_erased_and_the_chain_still_verifies() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob", "user:cleo"]).await;
    bench.run().await;
    let kept = bench.verified(None).await.head.unwrap();
    assert!(bench.tables_with("CANARY-bob").await.contains(&"message".to_owned()));
    let forgotten = bench.service.upkeep().forget(&who("user:bob")).await.unwrap();
    assert_eq!(forgotten, Forgotten { parts: 1, audit: 1, ..Forgotten::default() });
    assert_eq!(bench.tables_with("CANARY-bob").await, Vec::<String>::new());
    assert_eq!(bench.tables_with("user:bob").await, ["version"], "that it tells him is what ana let");
    for end in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{end}", bench.path().display())).unwrap();
        assert!(!bytes.windows(10).any(|window| window == b"CANARY-bob"), "store.db{end}");
    }
    assert!(bench.inbox("user:bob").await.is_empty());
    assert!(bench.runs("user:bob").await.is_empty());
    assert_eq!(bench.inbox("user:cleo").await.len(), 1);
    assert_eq!(bench.runs("user:ana").await.len(), 1);
    let verified = bench.verified(Some(&kept)).await;
    assert_eq!((verified.entries, verified.flaws), (kept.number + 1, vec![]));
}

#[tokio::test]
async fn what_has_not_ended_stays_and_is_told_and_goes_the_next_time() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    bench.world.script().down.insert(who("user:bob"));
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    let upkeep = bench.service.upkeep();
    assert_eq!(upkeep.forget(&who("user:bob")).await.unwrap(), Forgotten { unfinished: 1, ..Forgotten::default() });
    bench.world.script().down.clear();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await.len(), 1);
    assert_eq!(upkeep.forget(&who("user:bob")).await.unwrap().parts, 1);
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn effects_and_notices_of_who_it_ran_as_go_and_what_they_agreed_to_stays_on_record() {
    let bench = Bench::with_concurrency(1).await;
    let (id, _) = bench.enabled(&[]).await;
    bench.run().await;
    bench.lose(&id).await;
    let forgotten = bench.service.upkeep().forget(&who("user:ana")).await.unwrap();
    assert_eq!((forgotten.parts, forgotten.notices, forgotten.audit), (1, 1, 4));
    let happened = bench.service.happenings(&id).await.unwrap();
    assert!(happened.iter().any(|(_, by, _)| *by == Some(who("user:ana"))));
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn what_they_were_told_as_run_as_goes_and_whom_it_told_stays_with_who_told_it() {
    let bench = Bench::with_concurrency(1).await;
    bench.evaluate_as(AsWhom::RunAs).await;
    bench.enabled(&["user:bob", "user:cleo"]).await;
    bench.run().await;
    assert!(!bench.inbox("user:bob").await.is_empty(), "he was told");
    let forgotten = bench.service.upkeep().forget(&who("user:bob")).await.unwrap();
    assert_eq!(forgotten, Forgotten { messages: 1, ..Forgotten::default() });
    assert!(bench.inbox("user:bob").await.is_empty());
    assert_eq!(bench.inbox("user:cleo").await.len(), 1);
    let run = bench.runs("user:ana").await.remove(0);
    let told: Vec<_> = run.parts[0].effects.iter().filter_map(|staged| told(&staged.effect)).collect();
    assert_eq!(told, [("user:bob".to_owned(), "forgotten"), ("user:cleo".to_owned(), "news")]);
    assert_eq!(bench.flaws().await, []);
}

/// Whom an effect told, and under which title.
fn told(effect: &Effect) -> Option<(String, &str)> {
    let Effect::Tell { recipient, message, .. } = effect else { return None };
    Some((recipient.to_string(), &message.title))
}
