//! Replay: a journal answers in the platform's place, and a guest that asks something else is told at which call.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod world;

use std::sync::Arc;

use mandate_model::{Cause, Change, Entry, Outcome, SiteId, Verdict};
use mandate_runtime::{
    engine::Isolation,
    limits::Limits,
    part::{ActReport, Assignment},
    replay::Answers,
    sandbox::Sandbox,
};
use serde_json::{Value as Json, json};
use world::{World, rights, user};

/// Two findings; each act asks for everything that can be answered, is denied a row, logs, and stages a change.
fn program() -> Json {
    json!({
        "dataset": "deals",
        "other": "deals",
        "evaluate": [
            { "find": "deals", "into": "rows" },
            { "finding": "a", "summary": "a" },
            { "finding": "b", "summary": "b" },
        ],
        "act": [
            { "get": "deals", "id": "1", "into": "row" },
            { "get": "deals", "id": "2", "into": "hidden" },
            { "ask": "locale", "into": "locale" },
            { "ask": "principal", "into": "me" },
            { "log": "about to" },
            { "update": "deals", "id": "1", "fields": [["status", "x"]], "into": "staged" },
        ],
        "render": [{ "get": "deals", "id": "1", "into": "row" }, { "title": "news" }],
    })
}

async fn assignment(sandbox: &Sandbox, world: &Arc<World>, settings: &Json) -> Assignment {
    let site = SiteId::parse("acme").unwrap();
    let plugin = Arc::new(sandbox.load(&site, &mandate_test_support::guest("interpreter")).await.unwrap());
    world.assignment(&plugin, settings, Change::Added, "1")
}

fn sandbox() -> Sandbox {
    Sandbox::new(Limits::default(), Isolation::Pooled, None).unwrap()
}

/// The act part of ana, as it ran.
async fn ran(sandbox: &Sandbox) -> (Assignment, ActReport) {
    let world = World::new();
    let assignment = assignment(sandbox, &world, &program()).await;
    let report = sandbox.act(&assignment, &user("ana")).await;
    assert_eq!((&report.outcome, report.effects.len()), (&Outcome::Done, 2));
    let denied = report.record.journal.iter().filter(|entry| matches!(entry.verdict, Verdict::Denied(_))).count();
    assert_eq!(denied, 2, "a denial for each finding is on the way");
    (assignment, report)
}

async fn replay(sandbox: &Sandbox, assignment: &Assignment, journal: Vec<Entry>) -> ActReport {
    let assignment = Assignment { answers: Answers::Journal(journal.into()), ..assignment.clone() };
    sandbox.act(&assignment, &user("ana")).await
}

fn diverged(report: &ActReport) -> &str {
    let Outcome::Failed { cause: Cause::Diverged, detail } = &report.outcome else { panic!("{:?}", report.outcome) };
    assert_eq!(report.effects, [], "nothing of it counts");
    detail
}

#[tokio::test]
async fn e06_a_replay_gives_the_same_byte_for_byte_and_asks_the_platform_nothing() {
    let sandbox = sandbox();
    let (_, before) = ran(&sandbox).await;
    // Another world: all rights are gone, and the rows with them. The journal answers as it was.
    let world = World::new();
    world.rights.lock().unwrap().insert(user("ana").id, rights(&[], &[], &[]));
    world.rows.lock().unwrap().clear();
    let assignment = assignment(&sandbox, &world, &program()).await;
    let again = replay(&sandbox, &assignment, before.record.journal.clone()).await;
    assert_eq!(again, before, "outcome, findings, effects, journal, fuel");
    assert_eq!(world.spy.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_notify_part_is_replayed_as_well() {
    let sandbox = sandbox();
    let world = World::new();
    let mut assignment = assignment(&sandbox, &world, &program()).await;
    let before = sandbox.notify(&assignment, &user("cy")).await;
    assert_eq!(before.messages.len(), 2);
    assignment.answers = Answers::Journal(before.record.journal.clone().into());
    world.spy.lock().unwrap().clear();
    assert_eq!(sandbox.notify(&assignment, &user("cy")).await, before);
    assert_eq!(world.spy.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn what_is_asked_differently_is_told_at_its_call_whichever_it_is() {
    let sandbox = sandbox();
    let (assignment, before) = ran(&sandbox).await;
    let journal = &before.record.journal;
    for at in 0..journal.len() {
        let mut altered = journal.clone();
        altered[at].arguments = json!({ "something": "else" });
        let report = replay(&sandbox, &assignment, altered).await;
        let call = at + 1;
        assert!(diverged(&report).starts_with(&format!("diverged at call {call}: it asks `")), "{report:?}");
        assert_eq!(report.record.journal, journal[..at], "what came before went as it did");
    }
    assert_eq!(journal.len(), 16);
}

#[tokio::test]
async fn a_guest_that_asks_more_or_less_than_its_journal_has_is_told() {
    let sandbox = sandbox();
    let (assignment, before) = ran(&sandbox).await;
    let mut short = before.record.journal.clone();
    let last = short.pop().unwrap();
    let report = replay(&sandbox, &assignment, short).await;
    let expected = format!(
        "diverged at call 16: it asks `rows-write.update` {}, where the journal has no more calls",
        last.arguments
    );
    assert_eq!(diverged(&report), expected);

    let mut long = before.record.journal.clone();
    long.push(last);
    let report = replay(&sandbox, &assignment, long).await;
    let expected = "diverged after call 16: it asks nothing more, where the journal has 17 calls";
    assert_eq!(diverged(&report), expected);
}

#[tokio::test]
async fn an_answer_that_was_taken_out_of_the_journal_is_not_made_up() {
    let sandbox = sandbox();
    let (assignment, before) = ran(&sandbox).await;
    let mut redacted = before.record.journal.clone();
    redacted[1].answer = json!("not shown");
    let report = replay(&sandbox, &assignment, redacted).await;
    assert_eq!(diverged(&report), "diverged at call 2: the journal does not show what was answered");
}
