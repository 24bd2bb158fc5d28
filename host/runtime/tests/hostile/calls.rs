//! S10: a part's questions are bounded in number, in bytes and so in rows, and in the time that the host spends on them.

use std::{sync::atomic::Ordering, time::Duration};

use mandate_model::Cause;
use serde_json::json;

use crate::harness::{Arena, cause, limits};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_host_calls_are_counted() {
    let arena = Arena::new();
    for (attack, number) in [("s10_find_flood", 0), ("s10_get_flood", 100_000)] {
        let before = arena.world.asked_as("ana");
        let assignment = arena.attacker(attack, number).await;
        let report = arena.notify(&assignment).await;
        assert_eq!(cause(&report.outcome), Cause::Calls);
        assert_eq!(report.record.usage.host_calls, limits().host_calls + 1, "the one too many is the last");
        let asked = arena.world.asked_as("ana") - before;
        // The other calls ask for the settings; the last is not let through.
        assert!(asked < limits().host_calls as usize, "{asked} questions reached the platform");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_a_call_that_asks_no_platform_counts_too() {
    let arena = Arena::new();
    let plugin = arena.hostile("s10_settings_loop").await;
    let report = arena.notify(&arena.assignment(&plugin, &json!({}))).await;
    assert_eq!(cause(&report.outcome), Cause::Calls);
    assert_eq!(report.record.journal.len(), limits().host_calls as usize);
}

/// Bytes of a deal's title, and deals: a page of all is nearly as large as an answer may be.
const TITLE: usize = 500;
const DEALS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_answers_are_bounded_in_bytes_and_so_in_rows() {
    let arena = Arena::new();
    arena.world.fill(DEALS, TITLE);
    let assignment = arena.attacker("s10_find_flood", 0).await;
    let report = arena.notify(&assignment).await;
    assert_eq!(cause(&report.outcome), Cause::Hostcall);
    let (usage, limits) = (report.record.usage, limits());
    let most = limits.bytes_to_guest + limits.answer_bytes as u64;
    assert!((limits.bytes_to_guest..=most).contains(&usage.bytes_to_guest), "{usage:?}");
    let rows = u64::try_from(arena.world.served.load(Ordering::Relaxed)).unwrap();
    assert!(rows * TITLE as u64 <= most, "{rows} rows reached the host");
    assert!(rows >= 2 * DEALS as u64, "{rows} rows: the attack did not ask for what it could");
    assert_eq!(arena.world.asked_as("ana") as u64 * DEALS as u64, rows, "no question after the last answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_an_answer_that_is_too_large_is_not_given_and_still_counts() {
    let arena = Arena::new();
    arena.world.fill(DEALS, 4 * TITLE);
    let mut assignment = arena.attacker("s10_find_flood", 0).await;
    assignment.limits.host_calls = 10;
    let report = arena.notify(&assignment).await;
    assert_eq!(cause(&report.outcome), Cause::Calls);
    assert!(report.record.usage.bytes_to_guest < 1_000, "settings alone: {:?}", report.record.usage);
    assert_eq!(arena.world.asked_as("ana"), 9, "the first call asked for the settings");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s10_the_hosts_time_is_bounded_over_all_calls() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s10_find_flood", 0).await;
    assignment.limits.host_time = Duration::from_millis(200);
    // An answer takes this at least, so there is room for five.
    *arena.world.delay.lock().unwrap() = Duration::from_millis(40);
    let report = arena.notify(&assignment).await;
    assert_eq!(cause(&report.outcome), Cause::Deadline);
    let asked = arena.world.asked_as("ana");
    assert!((1..=6).contains(&asked), "{asked} questions");
}
