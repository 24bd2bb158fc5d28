//! The import proof: what each example guest imports and exports, exactly, and what it weighs. Expectations are written by hand:
//! a guest that asks for one power more fails here.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod shape;

use mandate_test_support::{build_all, guest, guest_names};
use shape::{exports, imports, initial_memory, stack};

/// Name, powers imported beside `types` and `authority`, phases.
const EXPECTED: [(&str, &[&str], &[&str]); 7] = [
    ("action_only", &["rows-write"], &["action"]),
    ("condition_only", &[], &["condition"]),
    ("csv_report", &["rows"], &["notification"]),
    ("interpreter", &["log", "operations", "rows", "rows-write"], &["action", "condition", "notification"]),
    ("new_opportunity", &["rows", "rows-write"], &["action", "condition", "notification"]),
    ("overreach", &["log", "operations", "rows", "rows-write"], &["action", "condition", "notification"]),
    ("settings_driven", &["rows"], &["condition", "notification"]),
];

#[test]
fn every_guest_is_expected() {
    let expected: Vec<_> = EXPECTED.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(guest_names().unwrap(), expected);
}

#[test]
fn s14_guests_import_their_powers_and_nothing_else() {
    for (name, powers, _) in EXPECTED {
        let mut expected: Vec<_> = powers.iter().chain(&["authority", "types"]).map(|power| qualified(power)).collect();
        expected.sort();
        assert_eq!(imports(&guest(name)), expected, "{name}");
    }
}

#[test]
fn guests_export_the_phases_that_they_name_and_no_others() {
    for (name, _, phases) in EXPECTED {
        let mut expected: Vec<_> = phases.iter().chain(&["plugin"]).map(|phase| qualified(phase)).collect();
        expected.sort();
        assert_eq!(exports(&guest(name)), expected, "{name}");
    }
}

fn qualified(name: &str) -> String {
    format!("mandate:automation/{name}@0.1.0")
}

#[test]
fn guests_start_lean() {
    for (name, ..) in EXPECTED {
        let component = guest(name);
        let (size, memory, stack) = (component.len(), initial_memory(&component), stack(&component));
        println!("{name}: {size} bytes, {memory} bytes of memory at the start, {stack} bytes of stack");
        assert!(size <= 128 << 10, "{name} has {size} bytes");
        assert_eq!(memory, 128 << 10, "{name}");
        assert_eq!(stack, 32 << 10, "{name}");
    }
}

#[test]
fn a_guest_without_a_condition_is_smaller_than_one_with_everything() {
    assert!(guest("action_only").len() < guest("interpreter").len() / 2);
}

#[test]
fn all_guests_are_written_to_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    build_all(&folder.path().join("guests")).unwrap();
    for (name, ..) in EXPECTED {
        let path = folder.path().join("guests").join(format!("{}.wasm", name.replace('_', "-")));
        assert_eq!(std::fs::read(path).unwrap(), guest(name), "{name}");
    }
}

#[test]
fn a_guest_that_is_not_there_is_named() {
    let error = format!("{:#}", mandate_test_support::try_guest("no_such").unwrap_err());
    assert!(error.contains("no_such.wasm") && error.contains("there is a guest for each example"), "{error}");
}
