//! S01–S11: whatever a guest uses up, its part ends with the cause that says so.

use mandate_model::{Cause, Outcome, Value, Verdict};
use serde_json::json;

use crate::{
    harness::{Arena, cause, limits, logs},
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s01_with_fuel_without_end_it_ends_at_the_deadline_and_others_go_on() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s01_loop", 0).await;
    assignment.limits.fuel = u64::MAX;
    assignment.limits.deadline_ticks = 20;
    assert_eq!(cause(&arena.notify(&assignment).await.outcome), Cause::Deadline);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s01_a_loop_in_the_start_function_is_ended_at_upload() {
    let arena = Arena::new();
    let error = arena.load(&mandate_test_support::hostile("s01_start_loop")).await.unwrap_err();
    assert_eq!(error.code(), "M0153");
    assert!(error.to_string().contains("fuel"), "{error}");
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
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_s05_results_that_amplify_end_as_hostcall() {
    assert_eq!(cause(&text("s04_aliased_texts").await), Cause::Hostcall);
    assert_eq!(cause(&text("s05_elements").await), Cause::Hostcall);
    assert!(matches!(cause(&text("s05_length").await), Cause::Hostcall | Cause::Trap));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s06_huge_arguments_end_as_hostcall() {
    assert_eq!(attacked("s06_huge_log", 0).await, Cause::Hostcall);
    assert_eq!(attacked("s06_many_huge_logs", 1_000).await, Cause::Hostcall);
    assert!(matches!(cause(&text("s06_length").await), Cause::Hostcall | Cause::Trap));
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
async fn s09_tables_do_not_grow_past_the_limit() {
    assert_eq!(text("s09_table_grow").await, Outcome::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_host_calls_are_counted() {
    let arena = Arena::new();
    for (attack, number) in [("s10_find_flood", 0), ("s10_get_flood", 100_000)] {
        let before = arena.world.asked_as("ana");
        let assignment = arena.attacker(attack, number).await;
        let report = arena.notify(&assignment).await;
        assert_eq!(cause(&report.outcome), Cause::Calls);
        let asked = arena.world.asked_as("ana") - before;
        assert!(asked <= limits().host_calls as usize, "{asked} questions reached the platform");
    }
    assert_eq!(cause(&text("s10_settings_loop").await), Cause::Calls, "a call that asks no platform counts too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s11_log_lines_past_the_limit_are_dropped_with_a_marker() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s11_log_flood", 400).await;
    assignment.limits.log_lines = 10;
    let report = arena.notify(&assignment).await;
    assert_eq!(report.outcome, Outcome::Done, "a log is cut, not a reason to fail");
    let kept = logs(&report.record.journal);
    assert_eq!(kept.len(), 11);
    assert!(kept[..10].iter().all(|entry| entry.verdict == Verdict::Allowed));
    assert_eq!(kept[10].verdict, Verdict::Limit("log: at most 10 lines of a part are kept".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s11_long_lines_are_cut() {
    let arena = Arena::new();
    let assignment = arena.attacker("s11_log_controls", 0).await;
    let report = arena.notify(&assignment).await;
    let kept = logs(&report.record.journal);
    assert_eq!(kept.len(), 2, "one record for each line");
    let text = kept[1].arguments["text"].as_str().unwrap();
    assert!(text.len() <= limits().log_line_bytes && kept[1].arguments["cut"] == true);
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
