//! Every entry of a journal says what it was about: also what was denied, staged or logged. None is without a label.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod world;

use std::{collections::BTreeSet, sync::Arc};

use mandate_model::{Change, Entry, Labels, Resource, SiteId, Verdict, journal::labels_before};
use mandate_runtime::{engine::Isolation, limits::Limits, sandbox::Sandbox};
use serde_json::{Value as Json, json};
use world::{World, user};

/// The journal of an act part as Ana.
async fn journal(guest: &[u8], settings: Json) -> Vec<Entry> {
    let (world, sandbox) = (World::new(), Sandbox::new(Limits::default(), Isolation::Pooled, None).unwrap());
    let plugin = Arc::new(sandbox.load(&SiteId::parse("acme").unwrap(), guest).await.unwrap());
    let report = sandbox.act(&world.assignment(&plugin, &settings, Change::Added, "1"), &user("ana")).await;
    assert!(report.outcome.is_done() && report.acted[0].outcome.is_done(), "{report:?}");
    report.record.journal
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn rows(ids: &[&str], columns: &[&str]) -> Resource {
    Resource::Rows { dataset: "deals".to_owned(), ids: set(ids), columns: set(columns) }
}

fn dataset(name: &str, columns: &[&str]) -> Resource {
    Resource::Dataset { dataset: name.to_owned(), columns: set(columns) }
}

fn path(path: &str) -> Resource {
    Resource::Path(path.to_owned())
}

/// Asserts what every entry but those of the settings is about, in order, with how it was judged.
fn about(journal: &[Entry], expected: &[(&str, bool, &[Resource])]) {
    let ana = user("ana").id;
    let entries: Vec<_> = journal.iter().filter(|entry| entry.interface != "authority").collect();
    assert_eq!(entries.len(), expected.len(), "{entries:?}");
    for (entry, (method, allowed, resources)) in entries.into_iter().zip(expected) {
        assert_eq!((entry.method.as_str(), entry.verdict == Verdict::Allowed), (*method, *allowed), "{entry:?}");
        let labels = resources.iter().map(|resource| Labels::of(&ana, resource.clone()));
        assert_eq!(entry.labels, labels.reduce(|all, labels| all.and(&labels)).unwrap(), "{method}");
    }
    assert!(labels_before(&ana, journal, journal.len()).are_of(&ana));
}

#[tokio::test]
async fn rows_that_were_read_denied_or_are_to_be_changed() {
    let evaluate = json!([
        { "get": "deals", "id": "1", "into": "a" },
        { "get": "deals", "id": "2", "into": "b" },
        { "find": "deals", "columns": ["title"], "into": "c" },
        { "find": "others", "columns": ["secret"], "filters": [["other", "equal", 1]], "into": "d" },
        { "log": "a line" },
        { "finding": "f", "summary": "f" },
    ]);
    let act = json!([
        { "update": "deals", "id": "1", "fields": [["status", "x"]], "into": "a" },
        { "update": "deals", "id": "2", "fields": [["status", "x"], ["title", "x"]], "into": "b" },
        { "create": "deals", "fields": [["title", "x"]], "into": "c" },
        { "remove": "deals", "id": "9", "into": "d" },
        { "invoke": "ping", "arguments": [], "into": "e" },
    ]);
    let settings = json!({ "dataset": "deals", "other": "deals", "evaluate": evaluate, "act": act });
    let journal = journal(&mandate_test_support::guest("interpreter"), settings).await;
    about(
        &journal,
        &[
            ("get", true, &[rows(&["1"], &["title", "region", "amount", "margin", "status"])]),
            ("get", false, &[rows(&["2"], &[])]),
            ("find", true, &[rows(&["1"], &["title"])]),
            ("find", false, &[dataset("others", &["secret", "other"])]),
            ("write", true, &[Resource::Event]),
            ("update", true, &[rows(&["1"], &["status"])]),
            ("update", false, &[rows(&["2"], &["status", "title"])]),
            ("create", false, &[dataset("deals", &["title"])]),
            ("remove", false, &[rows(&["9"], &[])]),
            ("invoke", false, &[Resource::Operation("ping".to_owned())]),
        ],
    );
}

#[tokio::test]
async fn folders_that_were_denied() {
    let settings = json!({ "attack": "files", "dataset": "deals", "number": 0 });
    let journal = journal(&mandate_test_support::hostile("attacker"), settings).await;
    about(
        &journal,
        &[
            ("list-folder", false, &[path("/")]),
            ("stat", false, &[path("/secret.txt")]),
            ("read", false, &[path("/secret.txt")]),
            ("write", false, &[path("/a")]),
            ("copy-to", false, &[path("/a"), path("/b")]),
            ("move-to", false, &[path("/a"), path("/b")]),
            ("remove", false, &[path("/a")]),
            ("make-folder", false, &[path("/c")]),
            ("invoke", false, &[Resource::Operation("launch".to_owned())]),
        ],
    );
}
