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
    // Waits of 1 and 2 seconds.
    assert_eq!(bench.world.script().now, 1_000 + 3_000_000);
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
async fn e07_what_ends_the_host_again_and_again_is_given_up() {
    let mut bench = Bench::with_concurrency(1).await;
    let (id, version) = bench.published_with(&["user:bob"], "condition notification").await;
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    bench.happens("1").await;
    for _ in 0..5 {
        // Killed while bob's guest runs, as by a bug of the engine: after the person and what they may know were asked for.
        bench.world.kill_at(Some(2));
        tokio::select! {
            () = bench.world.killed.notified() => {}
            drained = bench.service.drain() => panic!("not killed: {drained:?}"),
        }
        bench = bench.reopen().await;
    }
    bench.service.drain().await.unwrap();
    assert!(bench.calls().is_empty(), "it is not run a sixth time");
    assert_eq!(state(&bench, "user:bob", PartKind::Notify).await, PartState::Dead);
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["notify user:bob"], "other runs go on");
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await.len(), 2);
}
