//! Outputs that break a rule: nothing is half done, and what is told is bounded.

use mandate_model::{Cause, Outcome, Verdict};
use serde_json::json;

use crate::harness::{Arena, cause, limits};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_names_are_denied_and_huge_effects_end() {
    let arena = Arena::new();
    let report = arena.act(&arena.attacker("hostile_names", 0).await).await;
    let told: Vec<_> =
        crate::harness::logs(&report.record.journal).iter().map(|entry| entry.arguments["text"].clone()).collect();
    assert_eq!(told, vec!["denied"; 7]);
    assert_eq!(report.effects, []);
    let huge = i64::try_from(limits().call_bytes).unwrap();
    let report = arena.act(&arena.attacker("huge_effect", huge).await).await;
    assert_eq!(cause(&report.acted[0].outcome), Cause::Hostcall);
    assert_eq!(report.effects, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w02_markup_stays_text() {
    let arena = Arena::new();
    let assignment = arena.attacker("w02_markup", 0).await;
    let report = arena.notify(&assignment).await;
    assert_eq!(
        report.messages[0].1.title, "<script>alert(1)</script>",
        "kept as it is, for whoever shows it to escape"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn effects_past_the_limit_end_the_act() {
    let arena = Arena::new();
    let most = i64::try_from(limits().effects).unwrap();
    let fits = arena.act(&arena.attacker("too_many_effects", most).await).await;
    assert_eq!(fits.effects.len(), limits().effects);
    let report = arena.act(&arena.attacker("too_many_effects", most + 1).await).await;
    assert_eq!(cause(&report.acted[0].outcome), Cause::Effects);
    assert_eq!(report.effects, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outputs_that_break_a_rule_end_as_output() {
    let arena = Arena::new();
    let large = i64::try_from(limits().message_bytes).unwrap() + 1;
    for (attack, number) in [
        ("too_many_findings", i64::try_from(limits().findings).unwrap() + 1),
        ("duplicate_findings", 0),
        ("huge_finding", large),
        ("nan_finding", 0),
        ("oversized_message", large),
        ("oversized_attachment", large),
        ("many_attachments", i64::try_from(limits().attachments).unwrap() + 1),
        ("file_attachment", 0),
        ("w08_attachment_name", 0),
    ] {
        let assignment = arena.attacker(attack, number).await;
        let report = arena.notify(&assignment).await;
        assert_eq!(cause(&report.outcome), Cause::Output, "{attack}");
        assert_eq!(report.messages, [], "{attack}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_problem_is_cut() {
    let arena = Arena::new();
    let assignment = arena.attacker("huge_problem", 100_000).await;
    assert_eq!(cause(&arena.notify(&assignment).await.outcome), Cause::Failed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swallowed_unavailable_still_means_another_try() {
    let arena = Arena::new();
    let assignment = arena.attacker("swallow", 0).await;
    *arena.world.down.lock().unwrap() = true;
    let report = arena.sandbox.notify(&assignment, &crate::world::user("ana")).await;
    assert!(matches!(report.outcome, Outcome::Retry { .. }), "{report:?}");
    // A guest that goes on asking is ended at once: the platform is not asked again.
    let before = arena.world.asked_as("ana");
    let assignment = arena.attacker("s10_find_flood", 0).await;
    let report = arena.sandbox.notify(&assignment, &crate::world::user("ana")).await;
    assert!(matches!(report.outcome, Outcome::Retry { .. }), "{report:?}");
    assert_eq!(arena.world.asked_as("ana") - before, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn effects_are_counted_over_all_findings_of_a_part() {
    let arena = Arena::new();
    let plugin = arena.load(&mandate_test_support::guest("interpreter")).await.unwrap();
    let stage = json!({ "update": "deals", "id": "1", "fields": [["status", "x"]], "into": "staged" });
    let settings = json!({
        "dataset": "deals",
        "other": "deals",
        "evaluate": [{ "finding": "a", "summary": "a" }, { "finding": "b", "summary": "b" }],
        "act": [{ "repeat": 60, "as": "i", "do": [stage] }],
    });
    let report = arena.act(&arena.assignment(&plugin, &settings)).await;
    assert_eq!(report.acted[0].outcome, Outcome::Done, "60 of {}", limits().effects);
    assert_eq!(cause(&report.acted[1].outcome), Cause::Effects, "120 are too many");
    assert_eq!(report.effects.len(), 60, "the first finding's are kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_and_operations_are_denied_where_there_are_none() {
    let arena = Arena::new();
    let report = arena.act(&arena.attacker("files", 0).await).await;
    assert_eq!(report.acted[0].outcome, Outcome::Done, "every change is denied: {report:?}");
    assert_eq!(report.acted[0].finding.data[0].value, mandate_model::Value::Integer(3), "every question is denied");
    assert_eq!(report.effects, []);
    let reasons: std::collections::BTreeSet<_> = report
        .record
        .journal
        .iter()
        .filter(|entry| entry.interface.starts_with("files"))
        .map(|e| e.verdict.clone())
        .collect();
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), [Verdict::Denied("this platform has no folders".to_owned())]);
}
