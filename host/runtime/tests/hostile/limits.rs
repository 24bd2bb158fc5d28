//! S01, S02, S03, S07, S09: whatever a guest uses up, its part ends with the cause that says so.

use mandate_model::{Cause, Outcome, Value};
use mandate_runtime::{engine::Isolation, limits::Limits};
use serde_json::json;

use crate::{
    harness::{Arena, cause, limits},
    world::user,
};

/// The cause of the notify part of the attacker.
async fn attacked(attack: &str, number: i64) -> Cause {
    let arena = Arena::new();
    let assignment = arena.attacker(attack, number).await;
    cause(&arena.notify(&assignment).await.outcome)
}

/// The outcome of a guest that is written as text.
async fn text(name: &str) -> Outcome {
    let arena = Arena::new();
    let plugin = arena.hostile(name).await;
    arena.notify(&arena.assignment(&plugin, &json!({}))).await.outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s01_an_endless_loop_ends_as_fuel() {
    let arena = Arena::new();
    let assignment = arena.attacker("s01_loop", 0).await;
    let report = arena.notify(&assignment).await;
    assert_eq!(cause(&report.outcome), Cause::Fuel);
    assert_eq!(report.record.usage.fuel, limits().fuel, "all of it, and no more");
    assert_eq!(cause(&text("s01_realloc_loop").await), Cause::Fuel);
}

/// Without an end to the fuel, only the deadline is left.
async fn with_endless_fuel(arena: &Arena, name: &str) -> Cause {
    let plugin = arena.hostile(name).await;
    let mut assignment = arena.assignment(&plugin, &json!({}));
    assignment.limits.fuel = u64::MAX;
    assignment.limits.deadline_ticks = 20;
    cause(&arena.notify(&assignment).await.outcome)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s01_s03_with_fuel_without_end_it_ends_at_the_deadline_and_others_go_on() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s01_loop", 0).await;
    assignment.limits.fuel = u64::MAX;
    assignment.limits.deadline_ticks = 20;
    assert_eq!(cause(&arena.notify(&assignment).await.outcome), Cause::Deadline);
    assert_eq!(with_endless_fuel(&arena, "s01_realloc_loop").await, Cause::Deadline);
    assert_eq!(with_endless_fuel(&arena, "s03_fill").await, Cause::Deadline);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s01_a_loop_in_the_start_function_is_ended_at_upload() {
    let bytes = mandate_test_support::hostile("s01_start_loop");
    let by_fuel = Arena::new().load(&bytes).await.unwrap_err();
    let endless = Limits { fuel: u64::MAX, deadline_ticks: 20, ..limits() };
    let by_deadline = Arena::with(endless, Isolation::Pooled).load(&bytes).await.unwrap_err();
    for (error, word) in [(by_fuel, "fuel"), (by_deadline, "ticks")] {
        assert_eq!(error.code(), "M0153");
        let told = error.to_string();
        assert!(told.starts_with("`plugin.describe` did not answer: ") && told.contains(word), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s02_memory_stops_at_the_limit() {
    let arena = Arena::new();
    let assignment = arena.attacker("s02_grow", 0).await;
    let report = arena.act(&assignment).await;
    let Value::Integer(pages) = report.acted[0].finding.data[0].value else { panic!("{report:?}") };
    let most = i64::try_from(limits().memory >> 16).unwrap();
    assert!((most / 2..=most).contains(&pages), "{pages} pages of at most {most}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s03_filling_memory_costs_fuel_by_the_byte() {
    assert_eq!(attacked("s03_fill", 0).await, Cause::Fuel);
    assert_eq!(cause(&text("s03_fill").await), Cause::Fuel);
    // Nothing interrupts one operation, so it must be paid before it is done: more than the fuel that is left is not begun.
    let arena = Arena::new();
    let plugin = arena.hostile("s03_fill").await;
    let mut assignment = arena.assignment(&plugin, &json!({}));
    assignment.limits.fuel = 16 << 20;
    let report = arena.sandbox.notify(&assignment, &user("ana")).await;
    assert_eq!((cause(&report.outcome), report.record.usage.fuel), (Cause::Fuel, 16 << 20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s07_recursion_ends_and_the_process_lives() {
    assert_eq!(cause(&text("s07_recursion").await), Cause::Stack);
    assert_eq!(cause(&text("s07_realloc_recursion").await), Cause::Stack);
    assert!(matches!(attacked("s07_recursion", 0).await, Cause::Stack | Cause::Trap));
    // The guest's own stack, in its memory, ends first.
    assert_eq!(attacked("s07_big_frames", 0).await, Cause::Trap);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s07_host_functions_have_room_wherever_they_are_called_from() {
    let arena = Arena::new();
    let plugin = arena.hostile("s07_recursion_with_calls").await;
    let mut assignment = arena.assignment(&plugin, &json!({}));
    assignment.limits.host_calls = u32::MAX;
    let report = arena.notify(&assignment).await;
    assert_eq!(cause(&report.outcome), Cause::Stack);
    assert!(report.record.usage.host_calls > 1_000, "from every depth: {}", report.record.usage.host_calls);
}

#[test]
fn s07_a_small_stack_of_the_host_is_no_stack_of_a_guest() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let arena = Arena::new();
    let assignments = runtime().block_on(async {
        let [plain, calling] = ["s07_recursion", "s07_recursion_with_calls"].map(|name| arena.hostile(name));
        [arena.assignment(&plain.await, &json!({})), arena.assignment(&calling.await, &json!({}))]
    });
    for mut assignment in assignments {
        assignment.limits.host_calls = u32::MAX;
        let outcome = std::thread::scope(|scope| {
            let small = std::thread::Builder::new().stack_size(SMALL_STACK);
            let run = || runtime().block_on(arena.sandbox.notify(&assignment, &user("ana"))).outcome;
            small.spawn_scoped(scope, run).unwrap().join().unwrap()
        });
        assert_eq!(cause(&outcome), Cause::Stack);
    }
}

/// Half of what a guest may use.
const SMALL_STACK: usize = 256 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s09_tables_do_not_grow_past_the_limit() {
    assert_eq!(text("s09_table_grow").await, Outcome::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s02_s09_what_is_refused_memory_or_table_ends_as_memory() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s03_fill", 0).await;
    // It wants 24 MiB at once, is refused, and panics.
    assignment.limits.memory = 16 << 20;
    assert_eq!(cause(&arena.sandbox.notify(&assignment, &user("ana")).await.outcome), Cause::Memory);
    assignment.limits = limits();
    assignment.limits.table_elements = 1;
    assert_eq!(cause(&arena.sandbox.notify(&assignment, &user("ana")).await.outcome), Cause::Memory);
}

/// Sets one limit so low that a harmless guest reaches it.
type Tighten = fn(&mut mandate_runtime::limits::Limits);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_limit_has_its_cause() {
    let arena = Arena::new();
    let plugin = arena.load(&mandate_test_support::guest("new_opportunity")).await.unwrap();
    let settings = json!({ "dataset": "deals", "threshold": "1.00" });
    let fits = arena.assignment(&plugin, &settings);
    assert!(arena.sandbox.notify(&fits, &user("ana")).await.outcome.is_done());
    let tightened: [(&str, Tighten, Cause); 7] = [
        ("host_time", |limits| limits.host_time = std::time::Duration::ZERO, Cause::Deadline),
        ("bytes_to_guest", |limits| limits.bytes_to_guest = 100, Cause::Hostcall),
        ("bytes_from_guest", |limits| limits.bytes_from_guest = 20, Cause::Hostcall),
        ("call_bytes", |limits| limits.call_bytes = 8, Cause::Hostcall),
        ("host_calls", |limits| limits.host_calls = 1, Cause::Calls),
        ("handles", |limits| limits.handles = 0, Cause::Trap),
        ("title_bytes", |limits| limits.title_bytes = 5, Cause::Output),
    ];
    for (name, tighten, expected) in tightened {
        let mut assignment = fits.clone();
        tighten(&mut assignment.limits);
        assert_eq!(cause(&arena.sandbox.notify(&assignment, &user("ana")).await.outcome), expected, "{name}");
    }
}
