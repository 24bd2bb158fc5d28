//! S12, S13, S17: nothing survives a call, and equal questions have equal answers.

use mandate_model::Value;

use crate::{
    harness::{Arena, limits},
    world::user,
};

/// What the attacker reached, for two people, twice each.
async fn reached(attack: &str) -> Vec<Value> {
    let arena = Arena::new();
    let assignment = arena.attacker(attack, 0).await;
    let mut found = vec![];
    for person in ["ana", "cy", "ana", "cy"] {
        let report = arena.sandbox.act(&assignment, &user(person)).await;
        found.push(report.acted[0].finding.data[0].value.clone());
    }
    found
}

#[tokio::test]
async fn s13_no_static_outlives_a_call() {
    assert_eq!(reached("s13_counter").await, vec![Value::Integer(1); 4]);
}

#[tokio::test]
async fn s12_no_handle_outlives_a_call() {
    assert_eq!(reached("s12_stale_view").await, vec![Value::Integer(0); 4]);
}

#[tokio::test]
async fn s17_a_nan_has_the_same_bits_everywhere() {
    let bits = reached("s17_nan").await;
    assert!(bits.iter().all(|value| *value == bits[0]), "{bits:?}");
    assert_eq!(bits[0], Value::Integer(0x7ff8_0000_0000_0000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s18_hostile_parts_leave_nothing_behind() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s02_grow", 0).await;
    assignment.limits.memory = 4 << 20;
    // More than there are slots: each must be given back, whatever happened in it.
    for _ in 0..200 {
        arena.sandbox.act(&assignment, &user("ana")).await;
    }
    let innocent = arena.attacker("none", 0).await;
    let report = arena.sandbox.notify(&innocent, &user("ana")).await;
    assert!(report.outcome.is_done() && report.record.usage.fuel < limits().fuel / 100, "{report:?}");
}

/// Traps if the upper half of its memory, or a page that it grows, holds anything but zeros, and leaves both full of `0xaa`.
const SCAN_AND_FILL: &str = "(local $at i32)
    (drop (memory.grow (i32.const 3)))
    (local.set $at (i32.const 32768))
    (loop $next
      (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then unreachable))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 262144))))
    (memory.fill (i32.const 32768) (i32.const 0xaa) (i32.const 229376))";

#[tokio::test]
async fn a_slot_never_shows_an_earlier_instances_byte() {
    let arena = Arena::new();
    let plugin = arena.load(&mandate_test_support::made::evaluating(SCAN_AND_FILL).unwrap()).await.unwrap();
    let assignment = arena.assignment(&plugin, &serde_json::json!({}));
    for _ in 0..100 {
        let report = arena.sandbox.notify(&assignment, &user("ana")).await;
        assert_eq!(report.outcome, mandate_model::Outcome::Done, "memory was not as new");
    }
}

#[tokio::test]
async fn the_scan_of_a_slot_finds_a_byte_that_is_there() {
    let arena = Arena::new();
    let twice =
        format!("(i32.store8 (i32.const 65000) (i32.const 1)) {}", SCAN_AND_FILL.replace("(local $at i32)", ""));
    let component = mandate_test_support::made::evaluating(&format!("(local $at i32) {twice}")).unwrap();
    let plugin = arena.load(&component).await.unwrap();
    let report = arena.sandbox.notify(&arena.assignment(&plugin, &serde_json::json!({})), &user("ana")).await;
    assert_eq!(crate::harness::cause(&report.outcome), mandate_model::Cause::Trap);
}
