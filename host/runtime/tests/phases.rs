//! The main job at the boundary: one guest, each call as a person.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod world;

use std::{sync::Arc, time::Duration};

use mandate_model::{Change, Effect, Field, Outcome, Phase, SiteId, Value, Verdict};
use mandate_runtime::{
    engine::Isolation,
    limits::Limits,
    part::{Assignment, NotifyReport},
    plugin::Plugin,
    sandbox::Sandbox,
};
use serde_json::json;
use world::{World, rights, user};

fn sandbox() -> Sandbox {
    Sandbox::new(Limits::default(), Isolation::Pooled, None).unwrap()
}

async fn plugin(sandbox: &Sandbox, name: &str) -> Arc<Plugin> {
    let site = SiteId::parse("acme").unwrap();
    Arc::new(sandbox.load(&site, &mandate_test_support::guest(name)).await.unwrap())
}

/// `new_opportunity` on deal 1, of 120,000.00 in emea.
async fn big_deal(world: &Arc<World>, sandbox: &Sandbox) -> Assignment {
    let settings = json!({ "dataset": "deals", "threshold": "10000.00" });
    world.assignment(&plugin(sandbox, "new_opportunity").await, &settings, Change::Added, "1")
}

fn bodies(report: &NotifyReport) -> Vec<&str> {
    report.messages.iter().map(|(_, message)| message.body.as_str()).collect()
}

#[tokio::test]
async fn a_plugin_is_described_with_what_it_imports_and_exports() {
    let plugin = plugin(&sandbox(), "new_opportunity").await;
    assert_eq!(plugin.manifest().name, "new-opportunity");
    assert_eq!(plugin.phases().into_iter().collect::<Vec<_>>(), Phase::ALL);
    let imports: Vec<_> = plugin.imports().iter().map(|import| import.as_str()).collect();
    assert_eq!(imports, ["types", "authority", "rows", "rows-write"]);
}

#[tokio::test]
async fn fnd_06_the_act_part_stages_what_run_as_may_do() {
    let (world, sandbox) = (World::new(), sandbox());
    let report = sandbox.act(&big_deal(&world, &sandbox).await, &user("ana")).await;
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(report.acted.len(), 1);
    let [Effect::Update { dataset, id, fields, if_revision }] = report.effects.as_slice() else {
        panic!("one update: {report:?}")
    };
    assert_eq!((dataset.as_str(), id.as_str()), ("deals", "1"));
    assert_eq!(*fields, [Field { name: "status".to_owned(), value: Value::Text("review".to_owned()) }]);
    assert!(if_revision.is_some());
    assert_eq!(world.rows.lock().unwrap()["1"]["status"], Value::Null, "staged, not carried out");
    assert_eq!(world.asked_as("ana"), world.spy.lock().unwrap().len(), "nobody else is asked as");
}

#[tokio::test]
async fn fnd_07_09_each_recipient_is_told_with_their_own_rights() {
    let (world, sandbox) = (World::new(), sandbox());
    let assignment = big_deal(&world, &sandbox).await;
    let ana = sandbox.notify(&assignment, &user("ana")).await;
    let cy = sandbox.notify(&assignment, &user("cy")).await;
    assert_eq!(bodies(&ana), ["Title: Airship\nAmount: 120000.00\nMargin: 40000.00\n"]);
    assert_eq!(bodies(&cy), ["Title: Airship\nAmount: 120000.00\n"]);
    assert!(!format!("{cy:?}").contains("40000"), "the hidden cell is nowhere in Cy's part");
}

#[tokio::test]
async fn ven_16_a_right_taken_away_is_missed_at_the_very_next_host_call() {
    let sandbox = sandbox();
    // The act part asks: 0 get (evaluate), 1 get (act), 2 check. Whenever the right goes, every later question is denied.
    for at in 0..3 {
        let world = World::new();
        *world.change_at.lock().unwrap() = Some((at, user("ana").id, rights(&[], &[], &[])));
        let report = sandbox.act(&big_deal(&world, &sandbox).await, &user("ana")).await;
        assert_eq!(report.effects, [], "right gone at question {at}");
        let asked = |verdict: fn(&Verdict) -> bool| {
            let rows = report.record.journal.iter().filter(|entry| entry.interface.starts_with("rows"));
            rows.map(|entry| verdict(&entry.verdict)).collect::<Vec<_>>()
        };
        let allowed = asked(|verdict| matches!(verdict, Verdict::Allowed));
        assert_eq!(allowed.iter().filter(|allowed| **allowed).count(), at);
        assert_eq!(allowed.last(), Some(&false));
    }
}

#[tokio::test]
async fn a_part_that_was_not_answered_is_done_again_whatever_the_guest_makes_of_it() {
    let (world, sandbox) = (World::new(), sandbox());
    let assignment = big_deal(&world, &sandbox).await;
    *world.down.lock().unwrap() = true;
    let report = sandbox.notify(&assignment, &user("ana")).await;
    assert_eq!(report.outcome, Outcome::Retry { detail: "the platform is down".to_owned() });
    assert_eq!(report.messages, []);
}

#[tokio::test]
async fn a_host_call_has_a_time_limit_of_its_own() {
    let (world, sandbox) = (World::new(), sandbox());
    let mut assignment = big_deal(&world, &sandbox).await;
    assignment.limits.host_call_time = Duration::from_millis(20);
    *world.delay.lock().unwrap() = Duration::from_mins(1);
    let report = sandbox.notify(&assignment, &user("ana")).await;
    assert_eq!(report.outcome, Outcome::Retry { detail: "no answer within 20 ms".to_owned() });
}

#[tokio::test]
async fn what_is_outside_the_powers_is_denied_before_the_platform_is_asked() {
    let (world, sandbox) = (World::new(), sandbox());
    let mut assignment = big_deal(&world, &sandbox).await;
    assignment.powers = Arc::default();
    let report = sandbox.act(&assignment, &user("ana")).await;
    assert_eq!(world.spy.lock().unwrap().len(), 0);
    let denied = report.record.journal.iter().find(|entry| entry.interface == "rows").unwrap();
    let reason = "`deals` is not among the datasets that the automation may read";
    assert_eq!(denied.verdict, Verdict::Denied(reason.to_owned()));
}

#[tokio::test]
async fn an_answer_over_the_limit_is_told_as_limit() {
    let (world, sandbox) = (World::new(), sandbox());
    let mut assignment = big_deal(&world, &sandbox).await;
    assignment.limits.answer_bytes = 60;
    let report = sandbox.notify(&assignment, &user("ana")).await;
    let verdicts: Vec<_> = report.record.journal.iter().map(|entry| entry.verdict.clone()).collect();
    let limit = Verdict::Limit("an answer has at most 60 bytes: ask for less".to_owned());
    assert!(verdicts.contains(&limit), "{verdicts:?}");
}

#[tokio::test]
async fn strict_isolation_gives_the_same_results() {
    let world = World::new();
    let pooled = sandbox();
    let strict = Sandbox::new(Limits::default(), Isolation::Strict, None).unwrap();
    let with_pool = pooled.notify(&big_deal(&world, &pooled).await, &user("cy")).await;
    let without = strict.notify(&big_deal(&world, &strict).await, &user("cy")).await;
    assert_eq!(with_pool, without);
}
