//! A failure is its own part's, and is tried again only so often.

use mandate_model::{Cause, Outcome};
use mandate_service::{PartKind, PartState};

use crate::{bench::Bench, fakes::who};

fn retry() -> Outcome {
    Outcome::Retry { detail: "later".to_owned() }
}

fn trap() -> Outcome {
    Outcome::Failed { cause: Cause::Trap, detail: "unreachable".to_owned() }
}

async fn state(bench: &Bench, person: &str, kind: PartKind) -> PartState {
    let parts = bench.runs(person).await.remove(0).parts;
    parts.into_iter().find(|part| part.kind == kind).unwrap().state
}

#[tokio::test]
async fn a_trap_of_one_part_leaves_the_others_alone() {
    for victim in ["user:ana", "user:bob"] {
        let bench = Bench::new().await;
        bench.enabled(&["team:sales"]).await;
        bench.world.script().endings.insert(who(victim), vec![trap()]);
        bench.run().await;
        assert_eq!(bench.calls(), ["act user:ana", "notify user:bob", "notify user:cleo"]);
        assert_eq!(bench.inbox("user:cleo").await, ["CANARY-cleo {}"]);
        assert_eq!(bench.carried().len(), if victim == "user:ana" { 0 } else { 3 });
        let kind = if victim == "user:ana" { PartKind::Act } else { PartKind::Notify };
        assert_eq!(state(&bench, victim, kind).await, PartState::Failed);
        assert_eq!(state(&bench, "user:cleo", PartKind::Notify).await, PartState::Done);
    }
}

#[tokio::test]
async fn a_retry_discards_the_part_and_does_it_again_without_the_others() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.world.script().endings.insert(who("user:ana"), vec![retry(), retry()]);
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana", "act user:ana", "act user:ana", "notify user:bob", "notify user:cleo"]);
    assert_eq!(bench.carried(), ["0", "1", "2"]);
    let part = bench.runs("user:ana").await.remove(0).parts.remove(0);
    assert_eq!((part.journal.len(), part.state), (1, PartState::Done));
    // Waits of 1 and 2 seconds, and up to a quarter more.
    let now = bench.world.script().now;
    assert!((3_001_000..=3_751_000).contains(&now), "{now}");
}

#[tokio::test]
async fn a_part_is_given_up_after_five_attempts_and_blocks_nobody() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.world.script().endings.insert(who("user:bob"), vec![retry(); 6]);
    bench.run().await;
    let calls = bench.calls();
    assert_eq!(calls.iter().filter(|call| *call == "notify user:bob").count(), 5);
    assert_eq!(state(&bench, "user:bob", PartKind::Notify).await, PartState::Dead);
    assert_eq!(bench.inbox("user:cleo").await.len(), 1);
    assert_eq!(bench.carried().len(), 3);
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await, ["CANARY-bob {}"]);
}

#[tokio::test]
async fn nobody_is_shown_an_event_while_the_platform_cannot_say_that_they_may_know_of_it() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.world.script().down.insert(who("user:bob"));
    let event = bench.happens("1").await;
    bench.service.drain().await.unwrap();
    assert!(bench.runs("user:bob").await.is_empty());
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"]);
    // Who it was is kept, so that the question can be asked again; not even the operator is told.
    let raw = bench.raw().await;
    let dead = "SELECT state FROM part WHERE principal = 'user:bob'";
    assert_eq!(sqlx::query_scalar::<_, String>(dead).fetch_all(&raw).await.unwrap(), ["dead"]);
    let told = bench.service.runs_of(&event).await.unwrap();
    let told: Vec<_> = told[0].parts.iter().map(|(person, _)| person.to_string()).collect();
    assert_eq!(told, ["user:ana", "user:cleo"]);
    bench.world.script().down.clear();
    bench.world.script().sees.remove(&who("user:bob"));
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert!(bench.tables_with("user:bob").await.is_empty());
}

#[tokio::test]
async fn one_dead_letter_is_tried_again_and_no_other() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    for person in ["user:bob", "user:cleo"] {
        bench.world.script().endings.insert(who(person), vec![retry(); 5]);
    }
    bench.run().await;
    let letters = bench.service.dead_letters().await.unwrap();
    assert_eq!(letters.len(), 2);
    assert!(bench.service.revive_one(&letters[0].id).await.unwrap());
    bench.service.drain().await.unwrap();
    assert_eq!(bench.service.dead_letters().await.unwrap(), letters[1..]);
    assert_eq!(bench.inbox("user:bob").await.len() + bench.inbox("user:cleo").await.len(), 1);
    for unknown in [&letters[0].id, "prt_unknown"] {
        assert!(!bench.service.revive_one(unknown).await.unwrap(), "{unknown} is no dead letter");
    }
}
