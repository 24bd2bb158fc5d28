//! S13, S14, S17: nothing survives a call, and equal questions have equal answers.

use std::time::Duration;

use mandate_model::Value;
use mandate_runtime::engine::Isolation;
use mandate_test_support::made;

use crate::{
    harness::{Arena, limits},
    world::user,
};

/// What the attacker reached, for two people, twice each, in either kind of isolation.
pub(crate) async fn reached(attack: &str) -> Vec<Value> {
    let mut found = vec![];
    for isolation in [Isolation::Pooled, Isolation::Strict] {
        let arena = Arena::with(limits(), isolation);
        let assignment = arena.attacker(attack, 0).await;
        for person in ["ana", "cy", "ana", "cy"] {
            let report = arena.sandbox.act(&assignment, &user(person)).await;
            found.push(report.acted[0].finding.data[0].value.clone());
        }
    }
    found
}

#[tokio::test]
async fn s13_no_static_outlives_a_call() {
    assert_eq!(reached("s13_counter").await, vec![Value::Integer(1); 8]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s14_how_long_an_answer_takes_does_not_show() {
    let arena = Arena::new();
    let plugin = arena.load(&mandate_test_support::guest("new_opportunity")).await.unwrap();
    let assignment = arena.assignment(&plugin, &serde_json::json!({ "dataset": "deals", "threshold": "1.00" }));
    let at_once = arena.sandbox.notify(&assignment, &user("ana")).await;
    assert!(at_once.outcome.is_done() && at_once.record.usage.fuel > 0, "{at_once:?}");
    *arena.world.delay.lock().unwrap() = Duration::from_millis(50);
    let later = arena.sandbox.notify(&assignment, &user("ana")).await;
    assert_eq!(at_once, later, "messages, journal, and fuel to the last unit");
}

#[tokio::test]
async fn s17_a_nan_has_the_same_bits_everywhere() {
    assert_eq!(reached("s17_nan").await, vec![Value::Integer(0x7ff8_0000_0000_0000); 8]);
}

/// Expressions whose bits could differ between machines, and the bits that they must have.
const FLOATS: [(&str, &str); 12] = [
    ("(f64.min (f64.const nan:0x4000deadbeef) (f64.const 1))", "0x7ff8000000000000"),
    ("(f64.max (f64.const 1) (f64.const -nan:0x8000deadbeef))", "0x7ff8000000000000"),
    ("(f64.min (f64.const -0) (f64.const 0))", "0x8000000000000000"),
    ("(f64.max (f64.const -0) (f64.const 0))", "0"),
    ("(f64.sqrt (f64.const -1))", "0x7ff8000000000000"),
    ("(f64.sub (f64.const inf) (f64.const inf))", "0x7ff8000000000000"),
    ("(f64.nearest (f64.const nan:0x4000deadbeef))", "0x7ff8000000000000"),
    ("(f64.promote_f32 (f32.const -nan:0x20dead))", "0x7ff8000000000000"),
    ("(f64.promote_f32 (f32.demote_f64 (f64.const nan:0x4000deadbeef)))", "0x7ff8000000000000"),
    ("(f64.promote_f32 (f32.min (f32.const -0) (f32.const 0)))", "0x8000000000000000"),
    ("(f64.promote_f32 (f32.div (f32.const 0) (f32.const 0)))", "0x7ff8000000000000"),
    ("(f64.neg (f64.div (f64.const 0) (f64.const 0)))", "0xfff8000000000000"),
];

/// Traps unless an expression has these bits.
fn expecting((expression, bits): &(&str, &str)) -> String {
    format!("(if (i64.ne (i64.reinterpret_f64 {expression}) (i64.const {bits})) (then unreachable))")
}

#[tokio::test]
async fn s17_floats_have_the_same_bits_everywhere() {
    for isolation in [Isolation::Pooled, Isolation::Strict] {
        let arena = Arena::with(limits(), isolation);
        for float in FLOATS {
            let plugin = arena.load(&made::evaluating(&expecting(&float)).unwrap()).await.unwrap();
            let report = arena.sandbox.notify(&arena.assignment(&plugin, &serde_json::json!({})), &user("ana")).await;
            assert_eq!(report.outcome, mandate_model::Outcome::Done, "{float:?}");
        }
    }
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
