//! S15: whatever a guest dies of, it is told as a trap, in words that are ours and few, and nobody is told anything else.

use mandate_model::{Cause, Outcome};
use mandate_test_support::made;
use serde_json::json;

use crate::{
    harness::{Arena, cause, limits, logs},
    world::user,
};

/// The sentence that a part which trapped is told with.
fn sentence(outcome: &Outcome) -> &str {
    let Outcome::Failed { cause: Cause::Trap, detail } = outcome else { panic!("it should have trapped: {outcome:?}") };
    detail
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s15_every_trap_is_told_in_our_words() {
    let arena = Arena::new();
    for (name, _) in made::TRAPS {
        let plugin = arena.load(&made::trap(name).unwrap()).await.unwrap();
        let report = arena.notify(&arena.assignment(&plugin, &json!({}))).await;
        let told = sentence(&report.outcome);
        let words = told.strip_prefix("the plugin trapped: wasm trap: ").unwrap_or_else(|| panic!("{name}: {told}"));
        assert!(words.len() <= 100 && words.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{told}");
        assert_eq!(report.messages, [], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s15_a_panic_of_a_mebibyte_is_kept_by_nobody() {
    let arena = Arena::new();
    for attack in ["s15_panic", "s15_panic_aloud", "s15_wild_read", "s15_render_panic"] {
        let assignment = arena.attacker(attack, 0).await;
        let report = arena.notify(&assignment).await;
        assert!(sentence(&report.outcome).len() <= 4_096 && !sentence(&report.outcome).contains("CANARY"), "{attack}");
        assert_eq!(report.messages, [], "{attack}");
        let journal = serde_json::to_string(&report.record.journal).unwrap();
        assert!(journal.len() <= 4_096, "{attack}: {} bytes of journal", journal.len());
    }
    // What a guest says aloud is in its log, cut, and in nothing else.
    let report = arena.notify(&arena.attacker("s15_panic_aloud", 0).await).await;
    let [line] = logs(&report.record.journal)[..] else { panic!("{report:?}") };
    let text = line.arguments["text"].as_str().unwrap();
    assert!(text.contains("CANARY-panic") && text.len() <= limits().log_line_bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s15_the_act_parts_panic_is_in_no_recipients_part() {
    let arena = Arena::new();
    let assignment = arena.attacker("s15_panic_aloud", 0).await;
    let act = arena.sandbox.act(&assignment, &user("ana")).await;
    assert!(format!("{act:?}").contains("CANARY-panic"), "it is in the journal of whom it ran as");
    let innocent = arena.attacker("none", 0).await;
    let notify = arena.sandbox.notify(&innocent, &user("cy")).await;
    assert!(notify.outcome.is_done() && !format!("{notify:?}").contains("CANARY"), "{notify:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s15_names_that_the_guest_chose_for_its_functions_are_not_told() {
    let arena = Arena::new();
    let name = format!("CANARY\u{1b}[2J\n<script>{}", "x".repeat(90_000));
    let plugin = arena.load(&made::named_trap(&name).unwrap()).await.unwrap();
    let report = arena.notify(&arena.assignment(&plugin, &json!({}))).await;
    assert_eq!(sentence(&report.outcome), "the plugin trapped: wasm trap: wasm `unreachable` instruction executed");
    assert!(!format!("{report:?}").contains("CANARY"));
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
