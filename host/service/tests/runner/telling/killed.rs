//! E01, of messages that are effects: killed or stopped at any call to the outside, each is in its inbox once, or never.

use std::{path::Path, time::Duration};

use mandate_governance::settings::AsWhom;
use mandate_model::{AutomationId, VersionId};
use mandate_service::PartState;

use super::{ANA, act_part};
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

async fn sending() -> (Bench, (AutomationId, VersionId)) {
    let bench = Bench::with_concurrency(1).await;
    bench.evaluate_as(AsWhom::RunAs).await;
    let automation = bench.enabled(&["team:sales"]).await;
    bench.happens("1").await;
    (bench, automation)
}

async fn killed_at(calls: &[usize]) -> bool {
    let (mut bench, _) = sending().await;
    let mut reached = true;
    for call in calls {
        bench.world.kill_at(Some(*call));
        reached = !drain_or_die(&bench).await;
        bench = bench.reopen().await;
    }
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried(), ["0", "1", "2"], "killed at {calls:?}");
    for person in ["user:bob", "user:cleo"] {
        assert_eq!(bench.inbox(person).await, [ANA], "killed at {calls:?}");
    }
    assert_eq!(act_part(&bench).await.state, PartState::Done, "killed at {calls:?}");
    reached
}

#[tokio::test]
async fn e01_killed_at_any_call_to_the_outside_everybody_is_told_once() {
    let mut call = 0;
    while killed_at(&[call]).await {
        call += 1;
    }
    // The team, admission and guest; three changes; two messages, each with who runs it, who is told and the team.
    assert!(call > 15, "only {call} calls");
}

#[tokio::test]
async fn e01_killed_twice_everybody_is_told_once() {
    for first in (0..20).step_by(4) {
        for second in (0..12).step_by(3) {
            killed_at(&[first, second]).await;
        }
    }
}

/// Whether there is such a call; revoked while the host waits in it, nobody is told anything afterwards.
async fn revoked_in(call: usize, store: &Path, automation: &AutomationId) -> bool {
    let bench = Bench::over_copy(store, 1).await;
    bench.world.hold_at(call);
    let mut drain = std::pin::pin!(bench.service.drain());
    tokio::select! {
        drained = &mut drain => { drained.unwrap(); return false }
        () = bench.world.reached.notified() => {}
    }
    let before = (bench.inbox("user:bob").await, bench.inbox("user:cleo").await);
    bench.service.revoke(automation, &who("user:ana")).await.unwrap();
    bench.world.go_on();
    drain.await.unwrap();
    assert_eq!((bench.inbox("user:bob").await, bench.inbox("user:cleo").await), before, "revoked in call {call}");
    true
}

#[tokio::test]
async fn p02_revoked_in_any_call_nobody_is_told_anything_afterwards() {
    let (bench, (automation, _)) = sending().await;
    let folder = bench.closed().await;
    let mut call = 0;
    while revoked_in(call, &folder.path().join("store.db"), &automation).await {
        call += 1;
    }
    assert!(call > 15, "only {call} calls");
}
