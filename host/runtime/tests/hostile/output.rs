//! S12, S15 and outputs that break a rule: nothing is half done, and what is told is bounded and ours.

use mandate_model::{Cause, Outcome, Verdict};
use mandate_test_support::made;
use serde_json::json;

use crate::harness::{Arena, cause, limits};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s12_forged_handles_end_as_trap_before_any_host_function() {
    let arena = Arena::new();
    // The genuine view has one index; every other must trap, without a question.
    let mut genuine = 0;
    for number in (0..20).chain([77, 1_000_000, i64::from(u32::MAX)]) {
        let assignment = arena.attacker("s12_forged_view", number).await;
        let before = arena.world.spy.lock().unwrap().len();
        let report = arena.sandbox.notify(&assignment, &crate::world::user("ana")).await;
        let asked = arena.world.spy.lock().unwrap().len() - before;
        if report.outcome == Outcome::Done {
            genuine += 1;
        } else {
            assert_eq!((cause(&report.outcome), asked), (Cause::Trap, 0), "handle {number}");
        }
    }
    assert_eq!(genuine, 1, "one index is the handle that it was given");
    for number in (0..20).chain([77, 1_000_000, i64::from(u32::MAX)]) {
        let report = arena.act(&arena.attacker("s12_forged_hand", number).await).await;
        assert!(report.effects.len() <= 1, "handle {number}: {report:?}");
        if report.effects.is_empty() {
            assert_eq!(cause(&report.acted[0].outcome), Cause::Trap, "handle {number}");
        }
    }
}

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
async fn s15_every_trap_is_told_in_our_words() {
    let arena = Arena::new();
    for (name, _) in made::TRAPS {
        let plugin = arena.load(&made::trap(name).unwrap()).await.unwrap();
        let report = arena.notify(&arena.assignment(&plugin, &json!({}))).await;
        assert_eq!(cause(&report.outcome), Cause::Trap, "{name}");
    }
    for attack in ["s15_panic", "s15_panic_aloud", "s15_wild_read"] {
        let assignment = arena.attacker(attack, 0).await;
        let report = arena.notify(&assignment).await;
        assert_eq!(cause(&report.outcome), Cause::Trap, "{attack}");
        assert!(!format!("{:?}", report.outcome).contains("CANARY"), "no text of the guest in the outcome");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s15_what_was_staged_goes_with_the_trap_or_the_failure() {
    let arena = Arena::new();
    for (attack, expected) in [("s15_stage_and_trap", Cause::Trap), ("stage_and_fail", Cause::Failed)] {
        let report = arena.act(&arena.attacker(attack, 0).await).await;
        assert_eq!(cause(&report.acted[0].outcome), expected, "{attack}");
        assert_eq!(report.effects, [], "{attack}");
        let staged = report.record.journal.iter().any(|entry| entry.interface == "rows-write");
        assert!(staged, "{attack}: the effect had been staged before");
    }
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
