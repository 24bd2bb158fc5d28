//! ONE-09: an act part that tells people what run_as sees. It is rendered once for each finding, with the view of run_as and nothing
//! else, whoever is told.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod world;

use std::{collections::BTreeSet, sync::Arc};

use mandate_model::{Cause, Change, Effect, Outcome, Phase, SiteId};
use mandate_runtime::{
    engine::Isolation,
    limits::Limits,
    part::{ActReport, Assignment},
    sandbox::Sandbox,
};
use serde_json::{Value as Json, json};
use world::{World, user};

struct Arena {
    world: Arc<World>,
    sandbox: Sandbox,
}

impl Arena {
    fn new() -> Self {
        Self { world: World::new(), sandbox: Sandbox::new(Limits::default(), Isolation::Pooled, None).unwrap() }
    }

    /// A run of a guest about deal 1, that tells these.
    async fn assignment(&self, guest: &str, settings: &Json, tells: &[&str]) -> Assignment {
        let site = SiteId::parse("acme").unwrap();
        let plugin = Arc::new(self.sandbox.load(&site, &mandate_test_support::guest(guest)).await.unwrap());
        let mut assignment = self.world.assignment(&plugin, settings, Change::Added, "1");
        assignment.tells = Arc::new(tells.iter().map(|name| user(name).id).collect::<BTreeSet<_>>());
        assignment
    }

    async fn big_deal(&self, tells: &[&str]) -> Assignment {
        self.assignment("new_opportunity", &json!({ "dataset": "deals", "threshold": "10000.00" }), tells).await
    }

    /// The program in three phases.
    async fn program(&self, program: Json, tells: &[&str]) -> Assignment {
        let mut settings = json!({ "dataset": "deals", "other": "deals" });
        settings.as_object_mut().unwrap().extend(program.as_object().unwrap().clone());
        self.assignment("interpreter", &settings, tells).await
    }

    async fn act(&self, assignment: &Assignment) -> ActReport {
        self.sandbox.act(assignment, &user("ana")).await
    }
}

/// The effects in short: `update 1`, or whom, about which finding, with what title.
fn shown(report: &ActReport) -> Vec<String> {
    let one = |effect: &Effect| match effect {
        Effect::Update { id, .. } => format!("update {id}"),
        Effect::Tell { recipient, finding, message } => format!("{} {finding}: {}", recipient.name(), message.title),
        other => panic!("{other:?}"),
    };
    report.effects.iter().map(one).collect()
}

fn outcomes(report: &ActReport) -> Vec<Option<Cause>> {
    let one = |outcome: &Outcome| match outcome {
        Outcome::Failed { cause, .. } => Some(*cause),
        _ => None,
    };
    report.acted.iter().map(|acted| one(&acted.outcome)).collect()
}

/// Two findings; `act` changes deal 1 for each.
fn two(act: &[Json], render: &[Json]) -> Json {
    let change = json!({ "update": "deals", "id": "1", "fields": [["status", "seen"]], "into": "done" });
    let acts = [&[change], act].concat();
    let renders = [&[json!({ "title": { "finding": "summary" } })], render].concat();
    let evaluates = [json!({ "finding": "a", "summary": "A" }), json!({ "finding": "b", "summary": "B" })];
    json!({ "evaluate": evaluates, "act": acts, "render": renders })
}

fn on_a(statement: &Json) -> Json {
    json!({ "if": [{ "finding": "key" }, "=", "a"], "then": [statement] })
}

#[tokio::test]
async fn one_09_each_is_told_what_run_as_sees_after_the_change_in_order_of_their_ids() {
    let arena = Arena::new();
    let report = arena.act(&arena.big_deal(&["zoe", "cy", "bo"]).await).await;
    let title = "New opportunity: Airship";
    assert_eq!(
        shown(&report),
        ["update 1", &format!("bo 1: {title}"), &format!("cy 1: {title}"), &format!("zoe 1: {title}")]
    );
    for effect in &report.effects[1..] {
        let Effect::Tell { message, .. } = effect else { panic!("{effect:?}") };
        assert!(message.body.contains("Margin: 40000.00"), "Cy may not see margins, Bo not even the deal: {message:?}");
    }
    assert_eq!(arena.world.asked_as("ana"), arena.world.spy.lock().unwrap().len(), "nobody else is asked as");
}

#[tokio::test]
async fn what_the_guest_computes_does_not_depend_on_who_or_how_many_are_told() {
    let mut records = vec![];
    for tells in [&["cy"][..], &["bo", "cy", "ana", "zoe"]] {
        let arena = Arena::new();
        let record = arena.act(&arena.big_deal(tells).await).await.record;
        let rendered = record.journal.iter().filter(|entry| entry.phase == Phase::Notification).count();
        assert_eq!(rendered, 2, "settings and one row: rendered once");
        records.push(record);
    }
    assert_eq!(records[0], records[1]);
}

#[tokio::test]
async fn a_message_is_rendered_with_a_view_of_run_as_and_without_a_hand() {
    let arena = Arena::new();
    let render = json!({ "render": [
        { "update": "deals", "id": "1", "fields": [["status", "x"]], "into": "changed" },
        { "ask": "principal", "into": "me" },
        { "title": { "concat": [{ "var": "changed" }, " ", { "var": "me" }] } },
    ]});
    let mut program = two(&[], &[]);
    program["evaluate"] = json!([{ "finding": "a", "summary": "A" }]);
    program["render"] = render["render"].clone();
    let report = arena.act(&arena.program(program, &["bo"]).await).await;
    assert_eq!(shown(&report), ["update 1", "bo a: no-hand user:ana"]);
}

#[tokio::test]
async fn a_finding_whose_act_failed_tells_nobody_about_that_finding() {
    let arena = Arena::new();
    for failing in [json!({ "return": "failed", "text": "no" }), json!({ "trap": true })] {
        let report = arena.act(&arena.program(two(&[on_a(&failing)], &[]), &["bo", "cy"]).await).await;
        assert_eq!(shown(&report), ["update 1", "bo b: B", "cy b: B"]);
        assert_eq!((report.outcome.is_done(), outcomes(&report).len()), (true, 2));
        assert!(outcomes(&report)[0].is_some() && outcomes(&report)[1].is_none(), "{:?}", report.acted);
    }
}

#[tokio::test]
async fn a_finding_that_cannot_be_rendered_changes_nothing_either() {
    let arena = Arena::new();
    let oversized = json!({ "title": "x".repeat(Limits::default().title_bytes + 1) });
    for (failing, cause) in [
        (json!({ "return": "failed", "text": "no" }), Cause::Failed),
        (json!({ "trap": true }), Cause::Trap),
        (oversized, Cause::Output),
    ] {
        let report = arena.act(&arena.program(two(&[], &[on_a(&failing)]), &["bo"]).await).await;
        assert_eq!(shown(&report), ["update 1", "bo b: B"], "{cause:?}");
        assert_eq!(outcomes(&report), [Some(cause), None]);
    }
}

#[tokio::test]
async fn a_part_that_is_void_tells_nobody() {
    let arena = Arena::new();
    let again = json!({ "if": [{ "finding": "key" }, "=", "b"], "then": [{ "return": "retry", "text": "later" }] });
    for program in [two(std::slice::from_ref(&again), &[]), two(&[], std::slice::from_ref(&again))] {
        let report = arena.act(&arena.program(program, &["bo"]).await).await;
        assert_eq!(report.outcome, Outcome::Retry { detail: "later".to_owned() });
        assert_eq!(report.effects, []);
    }
}

#[tokio::test]
async fn what_a_guest_has_nothing_to_say_about_is_done_and_told_to_nobody() {
    let arena = Arena::new();
    let mut program = two(&[], &[]);
    program["render"] = json!([on_a(&json!({ "title": "only a" }))]);
    let report = arena.act(&arena.program(program, &["bo"]).await).await;
    assert_eq!(shown(&report), ["update 1", "bo a: only a", "update 1"]);
    assert_eq!(outcomes(&report), [None, None]);
}

#[tokio::test]
async fn plugins_without_an_action_tell_and_without_a_notification_the_host_says_the_summary() {
    let arena = Arena::new();
    let settings = json!({ "dataset": "deals", "column": "region", "value": "emea" });
    let report = arena.act(&arena.assignment("settings_driven", &settings, &["bo"]).await).await;
    assert_eq!(shown(&report), ["bo 1: region is emea"]);
    let settings = json!({ "dataset": "deals", "column": "status", "value": "seen" });
    let report = arena.act(&arena.assignment("action_only", &settings, &["bo"]).await).await;
    assert_eq!(shown(&report), ["update 1", "bo event: deals/1 added"]);
}

#[tokio::test]
async fn where_nobody_is_told_nothing_is_rendered() {
    let arena = Arena::new();
    let report = arena.act(&arena.big_deal(&[]).await).await;
    assert_eq!(shown(&report), ["update 1"]);
    assert!(report.record.journal.iter().all(|entry| entry.phase != Phase::Notification));
}

#[tokio::test]
async fn messages_past_their_limits_fail_the_finding_and_take_nothing_from_the_others() {
    let arena = Arena::new();
    // Two findings with a message of one byte each, for two people; the second one's is longer.
    let longer = json!({ "if": [{ "finding": "key" }, "=", "b"], "then": [{ "say": "longer" }] });
    let longest = json!({ "if": [{ "finding": "key" }, "=", "a"], "then": [{ "say": "longest" }] });
    let all = ["update 1", "bo a: A", "cy a: A", "update 1", "bo b: B", "cy b: B"];
    for (say, tells, tell_bytes, expected, refused) in [
        (&longer, 4, 16, &all[..], [None, None]),
        (&longer, 3, 16, &all[..3], [None, Some(Cause::Effects)]),
        (&longer, 4, 15, &all[..3], [None, Some(Cause::Effects)]),
        (&longer, 1, 16, &[], [Some(Cause::Effects); 2]),
        (&longest, 4, 15, &all[3..], [Some(Cause::Effects), None]),
    ] {
        let mut assignment = arena.program(two(&[], std::slice::from_ref(say)), &["bo", "cy"]).await;
        (assignment.limits.tells, assignment.limits.tell_bytes) = (tells, tell_bytes);
        let report = arena.act(&assignment).await;
        assert_eq!(shown(&report), expected, "{tells} messages, {tell_bytes} bytes");
        assert_eq!((report.outcome.is_done(), outcomes(&report)), (true, refused.to_vec()));
    }
    let mut assignment = arena.big_deal(&["bo", "cy"]).await;
    assignment.limits.tells = 1;
    let told = |report: &ActReport| match &report.acted[0].outcome {
        Outcome::Failed { detail, .. } => detail.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(&arena.act(&assignment).await), "a part sends at most 1 messages as whom it runs as");
    (assignment.limits.tells, assignment.limits.tell_bytes) = (2, 7);
    let bytes = "the messages that a part sends as whom it runs as have at most 7 bytes";
    assert_eq!(told(&arena.act(&assignment).await), bytes);
    // What the guest itself may change is counted apart.
    (assignment.limits.tell_bytes, assignment.limits.effects) = (1 << 20, 1);
    assert_eq!(arena.act(&assignment).await.effects.len(), 3);
}
