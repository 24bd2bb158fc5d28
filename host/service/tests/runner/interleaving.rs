//! What is turned off while the platform is asked something is off for whatever comes after.

use std::path::Path;

use mandate_governance::Ask;
use mandate_model::{AutomationId, Cause, Outcome, VersionId};
use mandate_service::PartState;

use crate::{bench::Bench, fakes::who};

/// Ways to keep an automation from going on.
const WAYS: [&str; 5] = ["disable", "revoke", "delete", "stop", "hand over"];

async fn stop(bench: &Bench, way: &str, (id, version): &(AutomationId, VersionId)) {
    let service = &bench.service;
    let [ana, mia, eve] = ["user:ana", "user:mia", "user:eve"].map(who);
    match way {
        "disable" => service.disable(id, &mia).await.unwrap(),
        "revoke" => service.revoke(id, &ana).await.unwrap(),
        "delete" => service.delete(id, &mia).await.unwrap(),
        "stop" => bench.lose(id).await,
        // On again, with the consent of somebody else: what began as ana must not end as them, nor go on as ana.
        _ => {
            bench.world.script().active.insert(eve.clone());
            let ask = Ask::Move { expected: Some(ana), new: eve.clone() };
            service.ask(id, &who("user:root"), ask).await.unwrap();
            service.enable(id, &eve, version).await.unwrap();
        }
    }
}

/// What the world got: effects and messages.
async fn got(bench: &Bench) -> (usize, usize) {
    (bench.carried().len(), bench.inbox("user:bob").await.len() + bench.inbox("user:cleo").await.len())
}

/// Stops the automation while the host waits in its n-th call to the outside; where that was, or `None` if there is none.
async fn stopped_in(
    call: usize,
    way: &str,
    store: &Path,
    automation: &(AutomationId, VersionId),
) -> Option<&'static str> {
    let bench = Bench::over_copy(store, 1).await;
    bench.world.hold_at(call);
    let mut drain = std::pin::pin!(bench.service.drain());
    tokio::select! {
        drained = &mut drain => { drained.unwrap(); return None }
        () = bench.world.reached.notified() => {}
    }
    let place = *bench.world.held_in.lock().unwrap();
    let ((carried, delivered), calls) = (got(&bench).await, bench.calls().len());
    stop(&bench, way, automation).await;
    bench.world.go_on();
    drain.await.unwrap();
    let after = got(&bench).await;
    let at = format!("{way} in call {call}, `{place}`");
    // The call that was on its way when it was stopped is completed; the next one is not made.
    assert_eq!(after.0, carried + usize::from(place == "apply"), "{at}: an effect");
    if way == "hand over" {
        // What the others are told does not depend on whom the automation runs as.
        return Some(place);
    }
    assert_eq!(after.1, delivered, "{at}: a delivery");
    assert_eq!(bench.calls().len(), calls + usize::from(matches!(place, "act" | "notify")), "{at}: a guest");
    Some(place)
}

#[tokio::test]
async fn p05_what_is_stopped_during_any_call_to_the_outside_neither_changes_nor_tells_anything_afterwards() {
    let bench = Bench::new().await;
    let automation = bench.enabled(&["team:sales"]).await;
    bench.happens("1").await;
    let folder = bench.closed().await;
    let store = folder.path().join("store.db");
    for way in WAYS {
        let mut places = vec![];
        while let Some(place) = stopped_in(places.len(), way, &store, &automation).await {
            places.push(place);
        }
        for place in ["principal", "witnesses", "is_in", "act", "notify", "apply", "applied"] {
            assert!(places.contains(&place), "{way}: never held in `{place}`: {places:?}");
        }
    }
}

/// Stops the automation during the n-th host call of `person`'s guest, counted from 0; `None` if it makes fewer.
async fn stopped_while_running(person: &str, call: usize, way: &str) -> Option<()> {
    let bench = Bench::with_concurrency(1).await;
    let recipients: &[&str] = if person == "user:ana" { &[] } else { &[person] };
    let phases = if person == "user:ana" { "condition action" } else { "condition notification" };
    let automation = bench.published_with(recipients, phases).await;
    bench.service.enable(&automation.0, &who("user:ana"), &automation.1).await.unwrap();
    bench.world.script().host_calls = 3;
    bench.happens("1").await;
    // Before them: who the person is, what they may know of, and the guest's own start.
    bench.world.hold_at(3 + call);
    let mut drain = std::pin::pin!(bench.service.drain());
    tokio::select! {
        drained = &mut drain => { drained.unwrap(); return None }
        () = bench.world.reached.notified() => {}
    }
    if *bench.world.held_in.lock().unwrap() != "host call" {
        return None;
    }
    stop(&bench, way, &automation).await;
    bench.world.go_on();
    drain.await.unwrap();
    let at = format!("{way} in host call {call} of {person}");
    assert_eq!(bench.world.script().answered.len(), call + 1, "{at}: that one is answered, and no other");
    assert!(bench.carried().is_empty() && bench.inbox(person).await.is_empty(), "{at}");
    let part = bench.runs(person).await.remove(0).parts.remove(0);
    assert_eq!(part.state, PartState::Withheld, "{at}");
    if call < 2 {
        let ended = matches!(part.outcome, Some(Outcome::Failed { cause: Cause::Withdrawn, .. }));
        assert!(ended, "{at}: {:?}", part.outcome);
        assert_eq!(part.reason.as_deref(), Some("it does not run"), "{at}");
    }
    Some(())
}

#[tokio::test]
async fn p05_what_is_stopped_while_a_guest_runs_ends_it_at_its_next_host_call() {
    for way in WAYS {
        for person in ["user:ana", "user:bob"] {
            // Whom it runs as is nothing to a recipient, as long as it runs.
            if way == "hand over" && person == "user:bob" {
                continue;
            }
            let mut calls = 0;
            while stopped_while_running(person, calls, way).await.is_some() {
                calls += 1;
            }
            assert_eq!(calls, 3, "{way} {person}");
        }
    }
}
