//! The Markdown specs of `tests/spec`: all are read, and together they hold the behaviours that they are to hold.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mandate_spec::Text;
use mandate_spec::folder::Folder;
use mandate_spec::spec::Spec;
use mandate_spec::spec::run::{Trial, named};

/// The behaviours that have a spec.
const HELD: [&str; 15] = [
    "FND-01", "FND-04", "FND-05", "FND-06", "FND-07", "FND-08", "FND-09", "FND-10", "FND-11", "FND-12", "FND-13",
    "FND-14", "FND-15", "FND-19", "FND-20",
];

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/spec");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == "md"));
    files.sort();
    files
}

fn specs() -> Vec<Spec> {
    let load = |path: PathBuf| Spec::load(&path).unwrap_or_else(|error| panic!("{error}"));
    files().into_iter().flat_map(load).collect()
}

#[test]
fn every_behaviour_has_a_spec_and_every_spec_a_behaviour() {
    let held: BTreeSet<_> = specs().into_iter().flat_map(|spec| spec.ids).collect();
    assert_eq!(held, HELD.map(str::to_owned).into());
}

/// What is wrong with these specs, once tried with the committed guests.
fn tried(specs: &[Spec]) -> Vec<String> {
    let guests =
        ["interpreter", "new_opportunity"].map(|name| (name.replace('_', "-"), mandate_test_support::guest(name)));
    let guests = BTreeMap::from(guests);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let problems = runtime.block_on(async {
        let trial = Trial::new().unwrap();
        let mut problems = Vec::new();
        for spec in specs {
            problems.extend(trial.check(spec, &named(&guests)).await);
        }
        problems
    });
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_specs_hold_and_notice_their_mutations() {
    let problems = tried(&specs());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The specs of `content.md` with `part` replaced.
fn altered(part: &str, replacement: &str) -> Vec<Spec> {
    let path = files().into_iter().find(|path| path.ends_with("content.md")).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(part), "{part}");
    let text = Text::of_file("content.md", text.replace(part, replacement));
    let mut specs = Spec::parse(&text, &Folder::empty()).unwrap_or_else(|error| panic!("{error}"));
    specs.truncate(1);
    specs
}

#[test]
fn a_spec_that_does_not_hold_is_told() {
    let problems = tried(&altered("You see 3, the first is 101", "You see 4, the first is 101")).join("\n");
    assert!(problems.starts_with("content.md:93:1: `user:noor` was told otherwise:"), "{problems}");
    assert!(problems.contains("expected the body \"You see 4, the first is 101\", \"You see 3,"), "{problems}");
    let blind =
        "resource is invoices)\nwhen { resource.clerk == principal || resource.shared || principal has auditor };";
    let problems = tried(&altered("resource is invoices);", blind)).join("\n");
    assert!(problems.ends_with("everyone sees every invoice: it does not test what it says"), "{problems}");
}

#[test]
fn what_cannot_be_done_is_no_failure_that_counts() {
    let update = "update = \"invoices/d\"\nfields = { number = 105 }";
    for (part, replacement, expected) in [
        ("\"interpreter\"", "\"nobody\"", "content.md:65:8: there is no plugin `nobody`"),
        (update, "update = \"invoices/d\"\nfields = { number = 104 }", "content.md:85:1: the update changes nothing"),
        (update, "update = \"invoices/z\"\nfields = { number = 104 }", "content.md:85:1: "),
        (update, "update = \"invoices/d\"\nas = \"user:noor\"\nfields = { number = 9 }", "content.md:85:1: denied"),
        (update, "revoke = \"update invoices\"\nof = \"user:noor\"", "content.md:85:1: `user:noor` has no grant"),
    ] {
        let problems = tried(&altered(part, replacement)).join("\n");
        assert!(problems.starts_with(expected), "expected `{expected}`, found `{problems}`");
    }
}
