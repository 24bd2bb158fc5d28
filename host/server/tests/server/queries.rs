//! How many statements a page asks of its databases: never more for a longer list, but where each line is judged by the platform.
//!
//! What counts them is set for the whole process, once: each test has a process of its own under nextest, which is how tests are run
//! here. Run as threads of one process, the others would be counted too.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use mandate_model::{Field, Value};
use mandate_service::Clock as _;
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};

use crate::{client::Client, who_gets_what::id, world::World};

/// Counts statements by what the SQL library tells of each.
struct Counting(Arc<AtomicU64>);

impl Subscriber for Counting {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Statements of one answer: the least of some, for the server may do something else beside it.
async fn statements(count: &AtomicU64, client: &Client, at: &str) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..4 {
        let before = count.load(Ordering::SeqCst);
        assert_eq!(client.get(at).await.status, 200, "{at}");
        least = least.min(count.load(Ordering::SeqCst) - before);
    }
    least
}

/// A deal that every automation is told of.
async fn deal(world: &World, row: &str) {
    let cells = [("title", Value::Text("Bridge".to_owned())), ("amount", Value::Decimal("25000.00".to_owned()))];
    let fields: Vec<Field> = cells.into_iter().map(|(name, value)| Field { name: name.to_owned(), value }).collect();
    world.embedded.insert(None, "deals", row, &fields, mandate_service::SystemClock.now()).await.unwrap();
    world.service.drain().await.unwrap();
}

/// How many automations, runs and messages there are more the second time.
const MORE: u64 = 20;

/// Who looks at what, the most statements with one line, and the most for each line more. A run is shown as far as its viewer may know
/// of it now, which is asked of the platform's rows.
type Looked = (&'static str, String, u64, u64);

/// The pages of the console.
fn console(world: &World, run: &str, message: &str) -> Vec<Looked> {
    let of = |end: &str| format!("/automations/{}{end}", world.automation);
    vec![
        ("ana", "/automations".to_owned(), 110, 21),
        ("ana", of(""), 130, 2),
        ("ana", of("/setup"), 120, 0),
        ("ana", of("/consent"), 160, 2),
        ("ana", of("/people"), 90, 0),
        ("ana", of("/dry-run"), 140, 3),
        ("ana", "/runs".to_owned(), 130, 42),
        ("ana", format!("/runs/{run}"), 210, 0),
        ("ana", "/inbox".to_owned(), 30, 0),
        ("ana", "/plugins".to_owned(), 30, 0),
        ("ana", "/search?q=large".to_owned(), 40, 0),
        ("ana", "/me".to_owned(), 70, 5),
        ("cleo", "/people".to_owned(), 31, 0),
        ("cleo", "/people/user:ana".to_owned(), 170, 24),
        ("cleo", "/policy".to_owned(), 30, 0),
        ("ana", of("/versions"), 90, 0),
        ("ana", of("/owners"), 95, 0),
        ("cleo", "/sources".to_owned(), 30, 0),
        ("ana", format!("/inbox/{message}"), 130, 0),
        ("ana", format!("/plugins/{}", world.plugin), 30, 0),
    ]
}

/// The lists of the API, and one of each.
fn api(world: &World, run: &str) -> Vec<Looked> {
    let of = |end: &str| format!("/api/v1/automations/{}{end}", world.automation);
    vec![
        ("ana", "/api/v1/automations".to_owned(), 100, 21),
        ("ana", of(""), 70, 0),
        ("ana", of("/versions"), 70, 0),
        ("ana", of("/reach"), 115, 0),
        ("ana", of("/unused"), 95, 2),
        ("ana", "/api/v1/runs".to_owned(), 110, 42),
        ("ana", format!("/api/v1/runs/{run}"), 105, 0),
        ("ana", "/api/v1/inbox".to_owned(), 13, 0),
        ("ana", "/api/v1/me/automations".to_owned(), 50, 5),
        ("ana", "/api/v1/plugins".to_owned(), 13, 0),
        ("ana", "/api/v1/search?q=large".to_owned(), 25, 0),
        ("ana", "/api/v1/tokens".to_owned(), 13, 0),
        ("cleo", "/api/v1/people".to_owned(), 13, 0),
        ("cleo", "/api/v1/people/user:ana".to_owned(), 40, 1),
    ]
}

#[tokio::test]
async fn a_page_asks_no_more_than_this_and_for_each_line_of_a_list_no_more_than_that() {
    let count = Arc::new(AtomicU64::new(0));
    tracing::dispatcher::set_global_default(tracing::Dispatch::new(Counting(count.clone()))).unwrap();
    let world = World::start().await;
    let (ana, cleo) = (world.person("user:ana").await, world.person("user:cleo").await);
    world.service.enable(&world.automation, &id("ana"), &world.version).await.unwrap();
    deal(&world, "d1").await;
    let run = ana.get("/api/v1/runs").await.json()["runs"][0]["id"].as_str().unwrap().to_owned();
    let message = ana.get("/api/v1/inbox").await.json()["messages"][0]["id"].as_str().unwrap().to_owned();
    let pages = [console(&world, &run, &message), api(&world, &run)].concat();
    let who = |name: &str| if name == "cleo" { &cleo } else { &ana };
    let (mut few, mut faults) = (vec![], vec![]);
    for (name, at, most, _) in &pages {
        let asked = statements(&count, who(name), at).await;
        if asked > *most {
            faults.push(format!("{at}: {asked} statements"));
        }
        few.push(asked);
    }
    for _ in 0..MORE {
        let another = world.another(&[]).await;
        world.service.enable(&another, &id("ana"), &world.version).await.unwrap();
    }
    deal(&world, "d2").await;
    for ((name, at, _, each), few) in pages.iter().zip(few) {
        let many = statements(&count, who(name), at).await;
        // One more line: the deal that all of them, the first too, were told of.
        if many > few + each * (MORE + 1) {
            faults.push(format!("{at}: {few} statements, {many} with {MORE} more"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    world.end().await;
}
