//! S11: a log is bounded in lines and bytes, with a typed verdict for what is missing, and is never a reason to end.

use mandate_model::{Cause, Outcome, Shortened, Verdict};

use crate::{
    harness::{Arena, cause, limits, logs},
    world::user,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s11_log_lines_past_the_limit_are_dropped_with_a_marker() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s11_log_flood", 400).await;
    assignment.limits.log_lines = 10;
    let report = arena.notify(&assignment).await;
    assert_eq!(report.outcome, Outcome::Done, "a log is cut, not a reason to fail");
    assert_eq!(report.messages.len(), 1, "and the part goes on to its end");
    let kept = logs(&report.record.journal);
    assert_eq!(kept.len(), 11);
    assert!(kept[..10].iter().all(|entry| entry.verdict == Verdict::Allowed));
    assert_eq!(kept[10].verdict, Verdict::Log(Shortened::Dropped));
    assert!(kept[10].arguments.is_null(), "nothing of a dropped line is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s11_lines_at_the_limit_are_all_kept() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s11_log_flood", 10).await;
    assignment.limits.log_lines = 10;
    let report = arena.sandbox.notify(&assignment, &user("ana")).await;
    let kept = logs(&report.record.journal);
    assert_eq!(kept.len(), 10);
    assert!(kept.iter().all(|entry| entry.verdict == Verdict::Allowed), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s11_a_million_lines_end_as_calls_with_the_first_ones_kept() {
    let arena = Arena::new();
    let assignment = arena.attacker("s11_log_flood", 1_000_000).await;
    let report = arena.notify(&assignment).await;
    assert_eq!(cause(&report.outcome), Cause::Calls);
    assert_eq!(logs(&report.record.journal).len(), limits().log_lines as usize + 1);
    assert_eq!(report.record.usage.host_calls, limits().host_calls + 1, "the one too many is the last");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s11_long_lines_are_cut() {
    let arena = Arena::new();
    let assignment = arena.attacker("s11_log_controls", 0).await;
    let report = arena.notify(&assignment).await;
    assert_eq!(report.outcome, Outcome::Done);
    let kept = logs(&report.record.journal);
    assert_eq!(kept.len(), 2, "one record for each line");
    assert_eq!(kept[0].verdict, Verdict::Allowed);
    assert_eq!(kept[1].verdict, Verdict::Log(Shortened::Cut));
    let text = kept[1].arguments["text"].as_str().unwrap();
    assert_eq!(text.len(), limits().log_line_bytes, "all that fits, of a mebibyte");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s11_a_line_is_cut_between_characters_and_only_past_the_limit() {
    let arena = Arena::new();
    let mut assignment = arena.attacker("s11_log_controls", 0).await;
    let whole = arena.sandbox.notify(&assignment, &user("ana")).await;
    let line = |report: &mandate_runtime::part::NotifyReport| {
        let first = logs(&report.record.journal)[0].clone();
        (first.arguments["text"].as_str().unwrap().to_owned(), first.verdict)
    };
    let (text, verdict) = line(&whole);
    assert_eq!(verdict, Verdict::Allowed);
    for bytes in 0..=text.len() {
        assignment.limits.log_line_bytes = bytes;
        let (kept, verdict) = line(&arena.sandbox.notify(&assignment, &user("ana")).await);
        assert!(text.starts_with(&kept) && kept.len() <= bytes && bytes - kept.len() < 4, "{bytes}: {kept:?}");
        let expected = if bytes == text.len() { Verdict::Allowed } else { Verdict::Log(Shortened::Cut) };
        assert_eq!(verdict, expected, "{bytes}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s11_no_line_can_look_like_two_records_or_steer_a_terminal() {
    let arena = Arena::new();
    let report = arena.notify(&arena.attacker("s11_log_controls", 0).await).await;
    let records: String =
        report.record.journal.iter().map(|entry| serde_json::to_string(entry).unwrap() + "\n").collect();
    assert_eq!(records.lines().count(), report.record.journal.len());
    assert!(records.bytes().all(|byte| byte == b'\n' || !byte.is_ascii_control() || byte == 0x7f), "{records:?}");
    for line in records.lines() {
        let entry: mandate_model::Entry = serde_json::from_str(line).unwrap();
        assert!(report.record.journal.contains(&entry), "it is read as it was written");
    }
}
