//! S08, S12: a handle is good for what it was given for, for one call, and there are only so many.

use mandate_model::{Cause, Outcome, Value};
use mandate_test_support::made;
use serde_json::json;

use crate::{
    harness::{Arena, cause, limits},
    state::reached,
    world::user,
};

/// Numbers of handles to try: the first ones, which are dense in every table, and those around each power of two.
fn numbers() -> impl Iterator<Item = i64> {
    let edges = (11..=32).flat_map(|bit| [(1_i64 << bit) - 1, 1 << bit, (1 << bit) + 1]);
    (0..2_000).chain(edges).chain([1_000_000]).filter(|number| *number <= i64::from(u32::MAX))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s12_forged_handles_end_as_trap_before_any_host_function() {
    let arena = Arena::new();
    let (mut view, mut hand) = (arena.attacker("s12_forged_view", 0).await, arena.attacker("s12_forged_hand", 0).await);
    let (mut views, mut hands) = (vec![], vec![]);
    for number in numbers() {
        let with = |attack: &str| json!({ "attack": attack, "dataset": "deals", "number": number }).to_string().into();
        (view.settings, hand.settings) = (with("s12_forged_view"), with("s12_forged_hand"));
        let before = arena.world.spy.lock().unwrap().len();
        let seen = arena.sandbox.notify(&view, &user("ana")).await;
        let done = arena.sandbox.act(&hand, &user("ana")).await;
        let asked = arena.world.spy.lock().unwrap().len() - before;
        let [view_ended, hand_ended] = [&seen.outcome, &done.acted[0].outcome].map(|outcome| *outcome != Outcome::Done);
        assert!(!view_ended || cause(&seen.outcome) == Cause::Trap, "view {number}");
        assert!(!hand_ended || cause(&done.acted[0].outcome) == Cause::Trap, "hand {number}");
        views.extend((!view_ended).then_some(number));
        hands.extend((!hand_ended).then_some(number));
        assert_eq!(asked, usize::from(!view_ended) + usize::from(!hand_ended), "what traps asks nothing: {number}");
        assert_eq!(done.effects.len(), usize::from(!hand_ended), "hand {number}");
    }
    assert_eq!((views.len(), hands.len()), (1, 1), "one index is the handle that it was given: {views:?}, {hands:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s12_a_dropped_view_is_gone() {
    let arena = Arena::new();
    let assignment = arena.attacker("s12_dropped_view", 0).await;
    assert_eq!(cause(&arena.notify(&assignment).await.outcome), Cause::Trap);
    assert_eq!(arena.world.asked_as("ana"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s12_a_hand_is_no_view() {
    let arena = Arena::new();
    let report = arena.act(&arena.attacker("s12_hand_as_view", 0).await).await;
    assert_eq!(cause(&report.acted[0].outcome), Cause::Trap);
    assert_eq!(arena.world.asked_as("ana"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s12_a_view_is_no_hand() {
    let arena = Arena::new();
    let plugin = arena.hostile("s12_view_as_hand").await;
    let by_text = arena.act(&arena.assignment(&plugin, &json!({}))).await;
    let by_attacker = arena.act(&arena.attacker("s12_view_as_hand", 0).await).await;
    for report in [by_text, by_attacker] {
        let broken = report.acted.iter().map(|acted| &acted.outcome).chain([&report.outcome]);
        assert!(
            broken.clone().any(|outcome| matches!(outcome, Outcome::Failed { cause: Cause::Trap, .. })),
            "{report:?}"
        );
        assert_eq!(report.effects, []);
    }
    let asked = arena.world.spy.lock().unwrap().iter().any(|(_, what)| what.starts_with("check"));
    assert!(!asked, "no check was reached");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s08_s12_handles_out_of_order_end_as_trap() {
    let arena = Arena::new();
    for name in ["s08_dropped_twice", "s08_kept", "s12_realloc_outside"] {
        let plugin = arena.hostile(name).await;
        let report = arena.notify(&arena.assignment(&plugin, &json!({}))).await;
        assert_eq!(cause(&report.outcome), Cause::Trap, "{name}");
    }
    let assignment = arena.attacker("s08_drop_twice", 0).await;
    assert_eq!(cause(&arena.notify(&assignment).await.outcome), Cause::Trap);
}

/// How a guest ends that keeps and churns handles of its own.
async fn hoarded(kept: u32, churned: u32) -> Outcome {
    let arena = Arena::new();
    let plugin = arena.load(&made::hoarder(kept, churned).unwrap()).await.unwrap();
    arena.notify(&arena.assignment(&plugin, &json!({}))).await.outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s08_live_handles_are_bounded_and_churn_is_not() {
    // The view is one of them.
    let most = u32::try_from(limits().handles).unwrap() - 1;
    assert_eq!(hoarded(most, 0).await, Outcome::Done);
    assert_eq!(cause(&hoarded(most + 1, 0).await), Cause::Trap);
    assert_eq!(cause(&hoarded(1_000_000, 0).await), Cause::Trap);
    assert_eq!(hoarded(most - 1, 1_000_000).await, Outcome::Done, "what is dropped is free again");
    assert_eq!(cause(&hoarded(most, 1).await), Cause::Trap, "and at the limit there is no room for one more");
}

#[tokio::test]
async fn s12_no_handle_outlives_a_call() {
    assert_eq!(reached("s12_stale_view").await, vec![Value::Integer(0); 8]);
}
