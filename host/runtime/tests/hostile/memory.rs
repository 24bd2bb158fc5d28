//! S02, S04, S05, S06: however a guest multiplies bytes, the host takes no more memory than its limits add up to.

use std::sync::Arc;

use mandate_model::{Cause, Outcome, Value};
use mandate_runtime::part::Assignment;
use mandate_test_support::made;
use serde_json::json;

use crate::{
    harness::{Arena, cause, limits, logs},
    process::Process,
    world::{Gate, user},
};

/// What the host itself may take beside what it counts.
const OWN: usize = 16 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s02_twenty_at_their_limit_take_twenty_times_the_limit_and_others_go_on() {
    const PARTS: usize = 20;
    const CAP: usize = 16 << 20;
    let arena = Arc::new(Arena::new());
    let mut assignment = arena.attacker("s02_hold", 0).await;
    assignment.limits.memory = CAP;
    assignment.limits.host_call_time = std::time::Duration::from_mins(2);
    assert!(arena.innocent(&assignment).await);
    let before = Process::forget_peak();
    let gate = Gate::new(PARTS);
    *arena.world.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let parts: Vec<_> = (0..PARTS)
        .map(|_| {
            let (arena, assignment) = (Arc::clone(&arena), assignment.clone());
            tokio::spawn(async move { arena.sandbox.act(&assignment, &user("ana")).await })
        })
        .collect();
    gate.here.wait().await;
    // All of them are in the middle of a question now, with all the memory that they could get.
    for _ in 0..PARTS {
        assert!(arena.innocent(&assignment).await, "an innocent part completes meanwhile");
    }
    let taken = Process::now().peak - before.rss;
    assert!(taken <= PARTS * CAP + OWN, "{taken} bytes for {PARTS} parts of {CAP}");
    assert!(taken >= PARTS * CAP / 2, "{taken} bytes: the attack did not take what it could");
    *arena.world.gate.lock().unwrap() = None;
    gate.go.wait().await;
    for part in parts {
        let report = part.await.unwrap();
        let Value::Integer(pages) = report.acted[0].finding.data[0].value else { panic!("{report:?}") };
        assert_eq!(report.outcome, Outcome::Done);
        assert!(usize::try_from(pages).unwrap() << 16 <= CAP, "{pages} pages");
    }
    let left = Process::now().rss.saturating_sub(before.rss);
    assert!(left <= 2 * OWN, "{left} bytes are still taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s02_memory_is_refused_at_the_byte_where_the_limit_is() {
    let arena = Arena::new();
    let grow = |pages: usize| {
        made::evaluating(&format!("(if (i32.eq (memory.grow (i32.const {pages})) (i32.const -1)) (then unreachable))"))
    };
    // It begins with one page.
    let most = (limits().memory >> 16) - 1;
    for (pages, expected) in [(most, None), (most + 1, Some(Cause::Memory)), (65_535, Some(Cause::Memory))] {
        let plugin = arena.load(&grow(pages).unwrap()).await.unwrap();
        let report = arena.notify(&arena.assignment(&plugin, &json!({}))).await;
        let found = (!report.outcome.is_done()).then(|| cause(&report.outcome));
        assert_eq!(found, expected, "{pages} pages more");
    }
}

/// How an assignment's notify part ends, and the most bytes that the process took for it.
async fn cost(arena: &Arena, assignment: &Assignment) -> (Outcome, usize) {
    // What is made once is made before.
    assert!(arena.innocent(assignment).await);
    let before = Process::forget_peak();
    let outcome = arena.sandbox.notify(assignment, &user("ana")).await.outcome;
    (outcome, Process::now().peak.saturating_sub(before.rss))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_s05_results_that_amplify_end_before_the_host_allocates() {
    // 64 GiB of texts, and 268 million elements: each from 4 MiB of memory.
    let most = (4 << 20) + limits().call_bytes + (2 << 20);
    for name in ["s04_aliased_texts", "s05_elements"] {
        let arena = Arena::new();
        let plugin = arena.hostile(name).await;
        let (outcome, taken) = cost(&arena, &arena.assignment(&plugin, &json!({}))).await;
        assert_eq!(cause(&outcome), Cause::Hostcall, "{name}");
        assert!(taken <= most, "{name}: {taken} bytes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s05_s06_lengths_beyond_the_memory_end_before_the_host_allocates() {
    for name in ["s05_length", "s06_length"] {
        let arena = Arena::new();
        let plugin = arena.hostile(name).await;
        let (outcome, taken) = cost(&arena, &arena.assignment(&plugin, &json!({}))).await;
        assert!(matches!(cause(&outcome), Cause::Trap | Cause::Hostcall), "{name}: {outcome:?}");
        assert!(taken <= limits().call_bytes + (2 << 20), "{name}: {taken} bytes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s05_what_describe_says_is_bounded_too() {
    let arena = Arena::new();
    // Of 4,096 datasets to read, each has the same 65,536 columns without a name.
    let rows = "(local $at i32)
        (if (i32.eq (memory.grow (i32.const 32)) (i32.const -1)) (then unreachable))
        (local.set $at (i32.const 65536))
        (loop $next
          (i32.store offset=8 (local.get $at) (i32.const 262144))
          (i32.store offset=12 (local.get $at) (i32.const 65536))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $at) (i32.const 131072))))
        (i32.store (i32.const 96) (i32.const 65536))
        (i32.store (i32.const 100) (i32.const 4096))";
    let error = arena.load(&made::describing("", rows).unwrap()).await.unwrap_err();
    assert_eq!(error.code(), "M0153");
    assert!(error.to_string().contains("handed over more than 1048576 bytes"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s06_huge_arguments_end_as_hostcall() {
    let arena = Arena::new();
    let (outcome, taken) = cost(&arena, &arena.attacker("s06_huge_log", 0).await).await;
    assert_eq!(cause(&outcome), Cause::Hostcall);
    // The 32 MiB are the guest's own.
    assert!(taken <= (33 << 20) + limits().call_bytes + (4 << 20), "{taken} bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s06_many_large_arguments_end_at_the_budget_of_bytes() {
    let arena = Arena::new();
    let assignment = arena.attacker("s06_many_huge_logs", 1_000_000).await;
    let report = arena.notify(&assignment).await;
    assert_eq!(cause(&report.outcome), Cause::Hostcall);
    let (calls, bytes) = (u64::from(report.record.usage.host_calls), (1 << 20) - 1);
    let most = limits().bytes_from_guest / bytes;
    assert!((most..=most + 2).contains(&calls), "{calls} calls of {bytes} bytes, and a few settings");
    let kept: usize = logs(&report.record.journal).iter().map(|line| line.arguments.to_string().len()).sum();
    assert!(kept <= limits().log_lines as usize * (limits().log_line_bytes + 64), "{kept} bytes of log");
    let (_, taken) = cost(&arena, &assignment).await;
    assert!(taken <= (4 << 20) + 3 * limits().call_bytes, "{taken} bytes");
}
