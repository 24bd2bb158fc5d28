//! E01: the host is killed at its n-th call to the outside, for every n; the store is opened again and drained.

use std::{collections::BTreeSet, time::Duration};

use mandate_service::PartState;

use crate::{bench::Bench, fakes::who};

/// Drains until it is done (`true`) or killed.
async fn drain_or_die(bench: &Bench) -> bool {
    let outcome = tokio::time::timeout(Duration::from_secs(30), async {
        tokio::select! {
            () = bench.world.killed.notified() => false,
            drained = bench.service.drain() => { drained.unwrap(); true }
        }
    });
    outcome.await.expect("neither done nor killed")
}

async fn holds(bench: &Bench, killed: &str) {
    assert_eq!(bench.carried(), ["0", "1", "2"], "{killed}");
    let keys: BTreeSet<String> = bench.world.script().asked.iter().cloned().collect();
    assert_eq!(keys.len(), 3, "{killed}: a new key for an old effect");
    for person in ["user:bob", "user:cleo"] {
        assert_eq!(bench.inbox(person).await.len(), 1, "{killed}");
    }
    for person in ["user:ana", "user:bob", "user:cleo"] {
        let parts = bench.runs(person).await.remove(0).parts;
        assert_eq!(parts.iter().map(|part| part.state).collect::<Vec<_>>(), [PartState::Done], "{killed}");
    }
    let raw = bench.raw().await;
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM part WHERE state <> 'done'").fetch_one(&raw).await.unwrap();
    assert_eq!(left, 0, "{killed}");
}

async fn killed_at(calls: &[usize]) -> bool {
    let mut bench = Bench::with_concurrency(1).await;
    bench.enabled(&["team:sales"]).await;
    bench.happens("1").await;
    let mut reached = true;
    for call in calls {
        bench.world.kill_at(Some(*call));
        reached = !drain_or_die(&bench).await;
        bench = bench.reopen().await;
    }
    bench.service.drain().await.unwrap();
    holds(&bench, &format!("killed at {calls:?}")).await;
    reached
}

#[tokio::test]
async fn e01_killed_at_any_call_to_the_outside_every_effect_and_message_happens_once() {
    let mut call = 0;
    while killed_at(&[call]).await {
        call += 1;
    }
    // Three parts, each with admission and guest; three effects; two deliveries.
    assert!(call > 20, "only {call} calls");
}

#[tokio::test]
async fn e01_killed_twice() {
    for first in (0..24).step_by(5) {
        for second in (0..12).step_by(3) {
            killed_at(&[first, second]).await;
        }
    }
}

#[tokio::test]
async fn a_consent_revoked_while_the_host_is_down_stops_what_was_staged() {
    // Killed after the first effect, before the second.
    let mut calls = 0;
    let (bench, id) = loop {
        let bench = Bench::with_concurrency(1).await;
        let (id, _) = bench.enabled(&[]).await;
        bench.happens("1").await;
        bench.world.kill_at(Some(calls));
        assert!(!drain_or_die(&bench).await);
        if !bench.carried().is_empty() {
            break (bench.reopen().await, id);
        }
        calls += 1;
    };
    bench.service.revoke(&id, &who("user:ana")).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried(), ["0"]);
}
