//! P05: a part whose automation was turned off, revoked, handed over or deleted while it ran ends at its next host call.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod world;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mandate_model::{Cause, Change, Outcome, SiteId};
use mandate_runtime::{
    engine::Isolation,
    limits::Limits,
    part::Assignment,
    platform::{Standing, Unavailable},
    sandbox::Sandbox,
};
use serde_json::json;
use world::{World, user};

/// Stands until it was asked `calls` times; then notes how many questions the platform had been asked.
struct Until {
    world: Arc<World>,
    calls: usize,
    last: Result<bool, Unavailable>,
    asked: Mutex<usize>,
    before: Mutex<Option<usize>>,
}

#[async_trait]
impl Standing for Until {
    async fn stands(&self) -> Result<bool, Unavailable> {
        let mut asked = self.asked.lock().unwrap();
        *asked += 1;
        if *asked <= self.calls {
            return Ok(true);
        }
        assert!(self.before.lock().unwrap().replace(self.world.spy.lock().unwrap().len()).is_none(), "asked once more");
        self.last.clone()
    }
}

/// Two findings, each with a change, a question, a line of log and a message.
async fn assignment(sandbox: &Sandbox, world: &Arc<World>) -> Assignment {
    let site = SiteId::parse("acme").unwrap();
    let plugin = Arc::new(sandbox.load(&site, &mandate_test_support::guest("interpreter")).await.unwrap());
    let settings = json!({
        "dataset": "deals",
        "other": "deals",
        "evaluate": [{ "finding": "a", "summary": "a" }, { "finding": "b", "summary": "b" }],
        "act": [
            { "get": "deals", "id": "1", "into": "row" },
            { "log": "about to" },
            { "update": "deals", "id": "1", "fields": [["status", "x"]], "into": "staged" },
            { "ask": "locale", "into": "locale" },
        ],
        "render": [{ "get": "deals", "id": "1", "into": "row" }, { "title": "news" }],
    });
    world.assignment(&plugin, &settings, Change::Added, "1")
}

fn until(world: &Arc<World>, calls: usize, last: Result<bool, Unavailable>) -> Arc<Until> {
    let (asked, before) = (Mutex::default(), Mutex::default());
    Arc::new(Until { world: Arc::clone(world), calls, last, asked, before })
}

fn withdrawn(outcome: &Outcome) -> bool {
    let Outcome::Failed { cause: Cause::Withdrawn, detail } = outcome else { return false };
    assert_eq!(detail, "the automation does not run now");
    true
}

#[tokio::test]
async fn p05_a_part_that_stands_no_longer_asks_the_platform_nothing_more_and_leaves_nothing_staged() {
    let sandbox = Sandbox::new(Limits::default(), Isolation::Pooled, None).unwrap();
    let mut ended = [0, 0];
    for (part, ended) in ended.iter_mut().enumerate() {
        loop {
            let world = World::new();
            let mut assignment = assignment(&sandbox, &world).await;
            let standing = until(&world, *ended, Ok(false));
            assignment.standing = standing.clone();
            let (outcome, left) = if part == 0 {
                let report = sandbox.act(&assignment, &user("ana")).await;
                (report.outcome, report.effects.len())
            } else {
                let report = sandbox.notify(&assignment, &user("ana")).await;
                (report.outcome, report.messages.len())
            };
            let Some(before) = *standing.before.lock().unwrap() else {
                assert_eq!((outcome, left), (Outcome::Done, 2), "as long as it stands, both findings count");
                break;
            };
            assert!(withdrawn(&outcome), "at call {ended}: {outcome:?}");
            assert_eq!(left, 0, "at call {ended}: also what the first finding left is dropped");
            assert_eq!(world.spy.lock().unwrap().len(), before, "at call {ended}: the platform is asked nothing more");
            *ended += 1;
        }
    }
    // `evaluate` asks for its settings; each act for settings, a row, a line of log, a change and the locale; each rendering for
    // settings and a row.
    assert_eq!(ended, [1 + 2 * 5, 1 + 2 * 2]);
}

#[tokio::test]
async fn p05_a_part_of_which_nobody_can_say_whether_it_stands_is_done_again() {
    let sandbox = Sandbox::new(Limits::default(), Isolation::Pooled, None).unwrap();
    for call in 0..4 {
        let world = World::new();
        let mut assignment = assignment(&sandbox, &world).await;
        assignment.standing = until(&world, call, Err(Unavailable("the store is busy".to_owned())));
        let report = sandbox.act(&assignment, &user("ana")).await;
        let Outcome::Retry { detail } = &report.outcome else { panic!("at call {call}: {report:?}") };
        assert_eq!(detail, "the store is busy");
        assert_eq!(report.effects, []);
    }
}
