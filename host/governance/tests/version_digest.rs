//! R1: a version's name covers everything that runs, and nothing else.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::{Version, VersionError};
use mandate_model::{Change, ColumnSet, PluginDigest, Powers, PrincipalId, Recipient, Trigger};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq)]
struct Parts {
    plugin: u8,
    settings: BTreeMap<String, i32>,
    dataset: String,
    change: Vec<Change>,
    columns: Vec<String>,
    recipients: BTreeSet<String>,
    reads: BTreeMap<String, Option<BTreeSet<String>>>,
    writes: BTreeMap<String, Option<BTreeSet<String>>>,
    paths: [BTreeSet<String>; 3],
    people: Option<BTreeSet<String>>,
}

/// Few, short, alike: so that collisions would be found if parts ran together.
fn word() -> impl Strategy<Value = String> {
    "[ab\",:]{0,2}".prop_map(|text| text)
}

fn columns() -> impl Strategy<Value = BTreeMap<String, Option<BTreeSet<String>>>> {
    prop::collection::btree_map(word(), prop::option::of(prop::collection::btree_set(word(), 0..2)), 0..2)
}

fn parts() -> impl Strategy<Value = Parts> {
    let words = || prop::collection::btree_set(word(), 0..2);
    (
        0..2u8,
        prop::collection::btree_map(word(), 0..2i32, 0..3),
        word(),
        prop::sample::subsequence(vec![Change::Added, Change::Updated, Change::Removed], 0..3),
        prop::collection::vec(word(), 0..2),
        prop::collection::btree_set("(user|team):[ab]", 0..3),
        (columns(), columns()),
        [words(), words(), words()],
        prop::option::of(prop::collection::btree_set("user:[ab]", 0..3)),
    )
        .prop_map(|(plugin, settings, dataset, change, columns, recipients, (reads, writes), paths, people)| {
            Parts { plugin, settings, dataset, change, columns, recipients, reads, writes, paths, people }
        })
}

fn version(parts: &Parts) -> Version {
    let set = |columns: &BTreeMap<String, Option<BTreeSet<String>>>| {
        let one = |names: &Option<BTreeSet<String>>| names.clone().map_or(ColumnSet::All, ColumnSet::Named);
        columns.iter().map(|(dataset, names)| (dataset.clone(), one(names))).collect()
    };
    let [reads_folders, writes_folders, operations] = parts.paths.clone();
    let version = Version::new(
        PluginDigest::of(&[parts.plugin]),
        &json!(parts.settings),
        Trigger::Row {
            dataset: parts.dataset.clone(),
            change: parts.change.clone(),
            columns: parts.columns.clone(),
            only: vec![],
            own_effects: false,
        },
        parts.recipients.iter().map(|text| Recipient::parse(text).unwrap()).collect(),
        Powers { reads: set(&parts.reads), writes: set(&parts.writes), reads_folders, writes_folders, operations },
    )
    .unwrap();
    let people = |names: &BTreeSet<String>| names.iter().map(|name| PrincipalId::parse(name).unwrap()).collect();
    parts.people.as_ref().map(people).map_or(version.clone(), |people| version.telling(people))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn r1_any_change_of_any_part_is_another_version(one in parts(), other in parts()) {
        prop_assert_eq!(one == other, version(&one).id() == version(&other).id());
    }

    #[test]
    fn r1_a_change_of_one_part_alone_is_another_version(one in parts(), other in parts()) {
        let mixed = [
            Parts { plugin: other.plugin, ..one.clone() },
            Parts { settings: other.settings, ..one.clone() },
            Parts { dataset: other.dataset, ..one.clone() },
            Parts { change: other.change, ..one.clone() },
            Parts { columns: other.columns, ..one.clone() },
            Parts { recipients: other.recipients, ..one.clone() },
            Parts { reads: other.reads, ..one.clone() },
            Parts { writes: other.writes, ..one.clone() },
            Parts { paths: other.paths, ..one.clone() },
            Parts { people: other.people, ..one.clone() },
        ];
        for changed in mixed {
            prop_assert_eq!(changed == one, version(&changed).id() == version(&one).id());
        }
    }

    #[test]
    fn a_stored_version_is_the_same_version(one in parts()) {
        let version = version(&one);
        let stored = serde_json::to_string(&version).unwrap();
        let back: Version = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(back.id(), version.id());
        prop_assert_eq!(back, version);
    }
}

fn with_settings(settings: &Value) -> Result<Version, VersionError> {
    let trigger = Trigger::rows("deals", [Change::Added]);
    Version::new(PluginDigest::of(b"x"), settings, trigger, BTreeSet::new(), Powers::default())
}

#[test]
fn the_order_of_keys_and_the_form_of_numbers_do_not_matter() {
    let text = |text: &str| with_settings(&serde_json::from_str(text).unwrap()).unwrap();
    let one = text(r#"{"limit": 10, "inner": {"b": 1, "a": 2}}"#);
    let other = text(r#"{ "inner": {"a": 2.0, "b": 1}, "limit": 1e1 }"#);
    assert_eq!(one.id(), other.id());
    assert_eq!(one.settings(), r#"{"inner":{"a":2,"b":1},"limit":10}"#);
    assert_ne!(one.id(), text(r#"{"limit": 11, "inner": {"b": 1, "a": 2}}"#).id());
}

#[test]
fn settings_that_cannot_be_kept_exactly_are_refused() {
    assert_eq!(with_settings(&json!([])), Err(VersionError::NoObject));
    // 2^53, the first whole number that another one is rounded to.
    for large in [9_007_199_254_740_992_i64, 9_007_199_254_740_993, -9_007_199_254_740_992] {
        let refused = Err(VersionError::Inexact(large.to_string()));
        assert_eq!(with_settings(&json!({"a": [large]})), refused);
    }
    assert!(with_settings(&json!({"a": [9_007_199_254_740_991_i64, -1, 0.5]})).is_ok());
}

#[test]
fn the_digest_has_not_changed() {
    // Worked out apart from this code. A changed encoding would end every consent ever given: change `DOMAIN` and say so if it must be.
    let id = with_settings(&json!({})).unwrap().id();
    assert_eq!(id.as_str(), "ver_bdc3bbb383eb854d880d2d56589bbb5b8b5cf9aa3028aa5f8981a1a7b6acaf8d");
    let telling = |people: &[&str]| {
        let people = people.iter().map(|person| PrincipalId::parse(person).unwrap()).collect();
        with_settings(&json!({})).unwrap().telling(people)
    };
    let nobody = telling(&[]);
    assert_eq!(nobody.id().as_str(), "ver_d0b1d60d6b9036be0d5376ea29d33db888f31251e5bf395f5da9e5e30be73675");
    let two = telling(&["user:bo", "user:ana", "team:emea", "site:acme"]);
    assert_eq!(two.people().unwrap().len(), 2, "only people are told");
    assert_eq!(two.id().as_str(), "ver_9fa05c452db77e70de21a8378609c35f339079a85bf2e7e3279a4b2ecc81981e");
}
