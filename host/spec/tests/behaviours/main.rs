//! The Markdown specs of `tests/spec`: all are read, and together they hold the behaviours that they are to hold.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod elsewhere;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mandate_spec::Text;
use mandate_spec::folder::Folder;
use mandate_spec::spec::Spec;
use mandate_spec::spec::run::{Trial, named};

/// Every file with specs, by its name below `tests/spec`; each is tried by a test of its own.
const FILES: [&str; 13] = [
    "authority.md",
    "content.md",
    "operations.md",
    "recipients.md",
    "triggers.md",
    "governance/files.md",
    "governance/foundry.md",
    "governance/history.md",
    "governance/mandate.md",
    "governance/monday.md",
    "governance/oneup.md",
    "governance/simulate.md",
    "governance/vendasta.md",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/spec")
}

fn specs(file: &str) -> Vec<Spec> {
    Spec::load(&folder().join(file)).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_file_is_tried() {
    let mut found = BTreeSet::new();
    for below in ["", "governance/"] {
        for entry in std::fs::read_dir(folder().join(below)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
                found.insert(format!("{below}{name}"));
            }
        }
    }
    assert_eq!(found, FILES.map(str::to_owned).into());
}

/// The committed guests, by the names that specs give them.
fn guests() -> BTreeMap<String, Vec<u8>> {
    let guests = ["interpreter", "new_opportunity", "settings_driven"];
    guests.map(|name| (name.replace('_', "-"), mandate_test_support::guest(name))).into()
}

/// What is wrong with each of these specs, once tried with the committed guests.
fn tried_each(specs: &[Spec]) -> Vec<String> {
    let guests = guests();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let trial = Trial::new().unwrap();
        let mut told = Vec::new();
        for spec in specs {
            let problems = trial.check(spec, &named(&guests)).await;
            told.push(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        }
        told
    })
}

/// What is wrong with these specs.
fn tried(specs: &[Spec]) -> Vec<String> {
    tried_each(specs).into_iter().filter(|told| !told.is_empty()).collect()
}

fn hold(file: &str) {
    let problems = tried(&specs(file));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_specs_of_authority_hold_and_notice_their_mutations() {
    hold("authority.md");
}

#[test]
fn the_specs_of_content_hold_and_notice_their_mutations() {
    hold("content.md");
}

#[test]
fn the_specs_of_operations_hold_and_notice_their_mutations() {
    hold("operations.md");
}

#[test]
fn the_specs_of_recipients_hold_and_notice_their_mutations() {
    hold("recipients.md");
}

#[test]
fn the_specs_of_triggers_hold_and_notice_their_mutations() {
    hold("triggers.md");
}

#[test]
fn the_specs_of_oneup_hold_and_notice_their_mutations() {
    hold("governance/oneup.md");
}

#[test]
fn the_specs_of_monday_hold_and_notice_their_mutations() {
    hold("governance/monday.md");
}

#[test]
fn the_specs_of_mandate_hold_and_notice_their_mutations() {
    hold("governance/mandate.md");
}

#[test]
fn the_specs_of_foundry_hold_and_notice_their_mutations() {
    hold("governance/foundry.md");
}

#[test]
fn the_specs_of_history_hold_and_notice_their_mutations() {
    hold("governance/history.md");
}

#[test]
fn the_specs_of_simulate_hold_and_notice_their_mutations() {
    hold("governance/simulate.md");
}

#[test]
fn the_specs_of_files_hold_and_notice_their_mutations() {
    hold("governance/files.md");
}

#[test]
fn the_specs_of_vendasta_hold_and_notice_their_mutations() {
    hold("governance/vendasta.md");
}

/// The specs of `content.md` with `part` replaced.
fn altered(part: &str, replacement: &str) -> Vec<Spec> {
    let text = std::fs::read_to_string(folder().join("content.md")).unwrap();
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

/// The spec of an id in a file of governance, with `part` replaced; where several have the id, with words of the title behind it.
fn altered_of(file: &str, id: &str, part: &str, replacement: &str) -> Spec {
    let text = std::fs::read_to_string(folder().join("governance").join(file)).unwrap();
    let (before, after) = text.split_once(&format!("\n## {id}")).unwrap();
    assert!(after.contains(part), "{part}");
    let text = format!("{before}\n## {id}{}", after.replacen(part, replacement, 1));
    let specs = Spec::parse(&Text::of_file("s", text), &Folder::empty()).unwrap_or_else(|error| panic!("{error}"));
    let heading = |spec: &Spec| format!("{} {}", spec.ids.join(" "), spec.title);
    specs.into_iter().find(|spec| spec.ids.iter().any(|one| one == id) || heading(spec).starts_with(id)).unwrap()
}

#[test]
fn a_mutation_that_breaks_the_set_up_is_told() {
    // That Cy makes one is the point of the spec; without saying so it is set-up, and what comes after it was never tried.
    let spec = altered_of("monday.md", "MON-28", ", allowed = true", "");
    let told = tried(&[spec]).join("\n");
    let step = "expected that it is done; it is refused: `user:cy` may not create an automation here";
    assert!(told.contains("`MON-28` never comes to its point although members do not: s:"), "{told}");
    assert!(told.contains(step) && told.contains("say `allowed = true` of the step"), "{told}");
    assert_eq!(told.lines().count(), 1, "the other mutation is noticed: {told}");
}

/// A file, the spec of an id in it, what is replaced there by what, and what is told then.
const ALTERED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "vendasta.md",
        "VEN-01",
        ", refused = \"may not disable\"",
        "",
        "expected that it is done; it is refused: `user:cy` may not disable",
    ),
    (
        "vendasta.md",
        "VEN-01",
        "by = \"user:bob\"",
        "by = \"user:bob\", refused = \"x\"",
        "expected a refusal with \"x\"; it is done",
    ),
    (
        "vendasta.md",
        "VEN-01",
        "\"may not enable\"",
        "\"x\"",
        "expected a refusal with \"x\"; it says \"`user:cy` may not",
    ),
    (
        "vendasta.md",
        "VEN-01",
        "may = [\"enable\", \"disable\"]",
        "may = [\"take\"]",
        "`Big deals` as `user:bob`: expected that they may take; they may not",
    ),
    (
        "vendasta.md",
        "VEN-01",
        "may_not = [\"enable\", \"disable\"]",
        "may_not = [\"view\"]",
        "`Big deals` as `user:cy`: expected that they may not view; they may",
    ),
    (
        "vendasta.md",
        "VEN-02",
        "run_as = \"user:bob\"",
        "run_as = \"user:ana\"",
        "expected `run_as` of `Leads` to be `user:ana`; it is `user:bob`",
    ),
    (
        "vendasta.md",
        "VEN-10",
        "lacks_not = [\"deals\", ",
        "lacks_not = [\"lacks\", ",
        "expected no \"lacks\" among what is lacking",
    ),
    (
        "vendasta.md",
        "VEN-10",
        "lacks = [\"`user:dan` may not read",
        "lacks = [\"x",
        "expected \"x `deals`\" among what is",
    ),
    (
        "vendasta.md",
        "VEN-19",
        "times = 1",
        "times = 2",
        "expected 2 notices of `Big deals` to `user:root` with \"it was stopped: ",
    ),
    (
        "vendasta.md",
        "VEN-18",
        "by = \"nobody\"",
        "by = \"user:bob\"",
        "expected stopped by user:bob of `Big deals`; there is created by",
    ),
    (
        "vendasta.md",
        "VEN-22",
        "sees = [\"Big deals\"]",
        "sees_not = [\"Big deals\"]",
        "expected `user:fay` not to see `Big deals`; they do",
    ),
    (
        "vendasta.md",
        "VEN-22",
        "sees_not = [\"Big deals\"]",
        "sees = [\"Big deals\"]",
        "expected `user:hal` to see `Big deals`; they do not",
    ),
    (
        "monday.md",
        "MON-28",
        "name = \"Two\"\nmade = false",
        "name = \"Two\"\nstate = \"on\"",
        "expected `Two`; it was never made",
    ),
    (
        "monday.md",
        "MON-28",
        "name = \"One\"\ncreator = \"user:cy\"",
        "name = \"One\"\nmade = false",
        "expected that `One` was never made; it was",
    ),
    ("monday.md", "MON-15", "live = \"7.00\"", "live = \"8.00\"", "expected \"8.00\" as published, \"{\\\"dataset\\\""),
    (
        "files.md",
        "FIL-41",
        "reason = \"`user:fay`",
        "reason = \"x",
        "expected the act part of `user:fay` to say \"x may not change `outbox`\"",
    ),
    (
        "files.md",
        "FIL-21",
        "shrinks = [\"change `outbox`\"",
        "shrinks = [\"change `inbox`\"",
        "the reach of `Move` as `user:wes`: expected that it gains [] and loses [\"change `inbox`\", ",
    ),
    (
        "files.md",
        "FIL-42",
        ", refused = \"may not take\"",
        "",
        "expected that it is done; it is refused: `user:fin` may not take",
    ),
    (
        "simulate.md",
        "FND-02",
        "comes_to = \"nothing\"",
        "comes_to = \"hidden\"",
        "the dry run of `Big deals` by `user:bob` as `user:cy`: expected hidden; it is nothing",
    ),
    (
        "simulate.md",
        "FND-02",
        "as = \"user:cy\"\ncomes_to",
        "as = \"user:eve\"\ncomes_to",
        "the dry run of `Big deals` by `user:bob` as `user:eve`: it was never tried",
    ),
    ("simulate.md", "FND-02", "\"42.00\", \"review\"", "\"43.00\"", "as `user:ana`: expected \"43.00\" in it; it is {"),
    (
        "history.md",
        "MON-27 What",
        "of = [\"user:bob\", \"user:dan\"]",
        "of = []",
        "what `user:wes` revealed of `Big orders`: expected parts of nobody; there are parts of `user:bob`, `user:dan`",
    ),
    (
        "history.md",
        "MON-27 What",
        "has = [\"Northwind\"]",
        "lacks = [\"Northwind\"]",
        "what `user:wes` revealed of `Big orders`: expected no \"Northwind\" in it; it is [",
    ),
    (
        "history.md",
        "MON-27 What",
        "[[revealed]]\nwho = \"user:root\"",
        "[[revealed]]\nwho = \"user:cy\"",
        "what `user:cy` revealed of `Big orders`: they never revealed any of it",
    ),
];

#[test]
fn what_becomes_of_automations_otherwise_is_told() {
    let mut specs: Vec<Spec> =
        ALTERED.iter().map(|(file, id, part, replacement, _)| altered_of(file, id, part, replacement)).collect();
    for spec in &mut specs {
        spec.mutations.clear();
    }
    for ((_, id, _, _, expected), found) in ALTERED.iter().zip(tried_each(&specs)) {
        assert!(found.contains(expected), "{id}: expected `{expected}`, found `{found}`");
    }
}
