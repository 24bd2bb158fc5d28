//! N03 and N10 by hand, with a real guest: whatever it does once it saw a hidden row (it traps, loops, asks and writes as much as it
//! may, comes back) shows in nothing of a person who does not see that row, and takes nothing from them: neither in their own part, nor
//! in what they are shown of the act part.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{
    compare::differences,
    host::{self, Outcome},
    sight::sight,
    world::{Change, Dataset, Happening, PEOPLE, Person, RUN_AS, Right, Row, RowRule, Rules, Trigger, Who, World},
};

/// Who does not see the hidden row.
const BOB: usize = 1;
/// A recipient who sees it.
const CLEO: usize = 2;

/// A deal is added that everybody sees; whether there is a second one, whom it runs as and cleo see alone.
fn world(second: bool) -> World {
    let person = |_| Person { title: "P".to_owned(), region: 0, cleared: false, active: true };
    let deal = |id: &str, region| Row {
        dataset: Dataset::Deals,
        id: id.to_owned(),
        title: "alpha".to_owned(),
        region,
        amount: Some(100),
        owner: None,
        margin: None,
    };
    let rows = [deal("d0", 0), deal("d1", 1)];
    let read = |person| (Who::Person(person), Right::Read, Dataset::Deals);
    World {
        people: (0..PEOPLE).map(person).collect(),
        teams: vec![BTreeSet::new(); 3],
        grants: (0..PEOPLE).map(read).collect(),
        rules: Rules { rows: vec![RowRule::SameRegion], hidden: vec![], everything: [RUN_AS, CLEO].into() },
        rows: rows.into_iter().take(if second { 2 } else { 1 }).collect(),
        recipients: (1..PEOPLE).map(Who::Person).collect(),
        trigger: Trigger { changes: [Change::Added].into(), columns: BTreeSet::new() },
        happenings: vec![Happening {
            id: "e0".to_owned(),
            at: 1_000,
            change: Change::Added,
            row: "d0".to_owned(),
            changed: None,
            image: None,
        }],
        turn: 0,
    }
}

/// What a guest may do with what it saw.
fn ways() -> Vec<(&'static str, Value)> {
    let get = json!({ "get": "deals", "id": "d0", "into": "g" });
    vec![
        ("trap", json!([{ "trap": true }])),
        ("all fuel", json!([{ "burn": 50_000 }])),
        ("some fuel", json!([{ "burn": 100 }])),
        ("all host calls", json!([{ "repeat": 200, "as": "i", "do": [get] }])),
        ("some host calls", json!([{ "repeat": 9, "as": "i", "do": [get] }])),
        (
            "all of the log",
            json!([{ "repeat": 30, "as": "i", "do": [{ "log": { "concat": ["line ", { "var": "i" }] } }] }]),
        ),
        ("comes back", json!([{ "return": "retry", "text": "later" }])),
        ("fails", json!([{ "return": "failed", "text": "no" }])),
        ("finds more", json!([{ "finding": "more" }])),
    ]
}

/// Looks at the event's row, then for the hidden one, and does `way` if it is there.
fn settings(way: &Value) -> Value {
    let first = json!({ "get": { "event": "dataset" }, "id": { "event": "row" }, "into": "g" });
    let second = json!({ "get": "deals", "id": "d1", "into": "h" });
    let ends = json!({ "if": [{ "var": "h" }, "=", "ok"], "then": way });
    let says = json!([{ "title": "t" }, { "say": { "concat": [{ "var": "g.revision" }, { "finding": "summary" }] } }]);
    json!({
        "dataset": "deals", "other": "ledger",
        "evaluate": [first, second, ends, { "finding": "k", "summary": { "var": "g.cell.title" } }],
        "act": [], "render": says,
    })
}

/// What comes of both worlds for bob, in which he sees the same, with another concurrency in each.
fn both(runtime: &Runtime, settings: &Value, audits: bool) -> [Outcome; 2] {
    let [with, without] = [true, false].map(world);
    assert_eq!(sight(&with, BOB), sight(&without, BOB));
    assert_ne!(sight(&with, CLEO), sight(&without, CLEO));
    let (with, without) = runtime.block_on(async {
        tokio::join!(host::run(&with, BOB, settings, 4, audits), host::run(&without, BOB, settings, 1, audits))
    });
    [with, without]
}

fn prepared() -> Runtime {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(host::prepare(&world(true)));
    runtime
}

#[test]
fn n03_what_anothers_part_uses_or_ends_by_shows_in_nothing_of_ones_own_and_takes_nothing_from_it() {
    let runtime = prepared();
    for (way, program) in ways() {
        let [with, without] = both(&runtime, &settings(&program), false);
        let found = differences(&with.gets, &without.gets);
        assert!(found.is_empty(), "{way} shows through:\n  {}", found.join("\n  "));
        let part = &with.gets["runs"][0]["parts"][0];
        assert_eq!(
            (&part["state"], with.gets["inbox"].as_array().map(Vec::len)),
            (&json!("done"), Some(1)),
            "{way}: {part}"
        );
    }
}

/// The test of the test: what the hidden row made of cleo's part is there, and differs.
#[test]
fn n03_who_sees_the_hidden_row_gets_something_else() {
    let runtime = prepared();
    for (way, program) in ways() {
        let settings = settings(&program);
        let [with, without] =
            [true, false].map(|second| runtime.block_on(host::run(&world(second), CLEO, &settings, 1, false)));
        assert_ne!(with.gets["runs"][0]["parts"], without.gets["runs"][0]["parts"], "{way}");
    }
}

#[test]
fn n03_each_part_has_the_whole_of_its_own_budget() {
    let runtime = prepared();
    // More than half of the fuel and of the host calls that a part may use: two parts could not share one budget.
    let get = json!({ "get": "deals", "id": "d0", "into": "g" });
    let much = json!([{ "burn": 1_000 }, { "repeat": 40, "as": "i", "do": [get] }, { "finding": "k" }]);
    let settings =
        json!({ "dataset": "deals", "other": "ledger", "evaluate": much, "act": [], "render": [{ "title": "t" }] });
    for person in 0..PEOPLE {
        let came = runtime.block_on(host::run(&world(true), person, &settings, 4, false));
        let part = &came.gets["runs"][0]["parts"][0];
        assert_eq!((&part["state"], &part["outcome"]["outcome"]), (&json!("done"), &json!("done")), "{person}: {part}");
        let [fuel, calls] = ["fuel", "host_calls"].map(|what| part["usage"][what].as_u64().unwrap());
        let limits = host::limits();
        assert!(fuel > limits.fuel / 2 && calls > u64::from(limits.host_calls) / 2, "{person}: {fuel} {calls}");
    }
}

#[test]
fn n10_what_the_act_part_makes_of_a_hidden_row_looks_the_same_to_a_viewer_who_sees_its_beginning() {
    let runtime = prepared();
    for (way, program) in ways() {
        let [with, without] = both(&runtime, &settings(&program), true);
        let found = differences(&with.gets, &without.gets);
        assert!(found.is_empty(), "{way} shows through:\n  {}", found.join("\n  "));
        let act = &with.gets["history"][0]["others"][0];
        let asked: Vec<&str> =
            act["journal"].as_array().unwrap().iter().filter_map(|entry| entry["method"].as_str()).collect();
        assert_eq!(asked, ["settings", "get"], "{way}: bob is shown what he could read: {act}");
        assert!(act["rest"]["hidden"].is_string(), "{way}: {act}");
    }
}
