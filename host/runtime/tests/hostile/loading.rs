//! What is refused after the scan, each by a component that provokes it: compiler, linker, `describe`, manifest and powers.

use mandate_runtime::{engine::Isolation, limits::Limits, plugin::LoadError};
use mandate_test_support::made;

use crate::harness::{Arena, limits};

/// Asserts the code of a refusal, and that its message holds all of `parts`, and is bounded and on one line.
fn says(error: &LoadError, code: &str, parts: &[&str]) {
    let message = error.to_string();
    assert_eq!(error.code(), code, "{message}");
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
    assert!(message.len() <= 4_096 && !message.chars().any(char::is_control), "{message:?}");
}

async fn refused(bytes: &[u8]) -> LoadError {
    Arena::new().load(bytes).await.unwrap_err()
}

#[tokio::test]
async fn m0151_more_memory_at_the_start_than_this_host_gives_is_not_compiled() {
    let arena = Arena::with(Limits { memory: 1 << 16, ..limits() }, Isolation::Pooled);
    let error = arena.load(&mandate_test_support::guest("condition_only")).await.unwrap_err();
    says(&error, "M0151", &["it cannot be compiled: ", "memory", "131072"]);
}

#[tokio::test]
async fn m0152_an_import_of_other_types_is_not_linked() {
    let bytes = component(r#"(import "mandate:automation/rows@0.1.0" (instance (export "find" (func (result u64)))))"#);
    let advice = "rebuild it with the wit files of this version";
    says(
        &refused(&bytes).await,
        "M0152",
        &["does not fit the contract mandate:automation@0.1", "rows", "find", advice],
    );
    let bytes =
        component(r#"(import "mandate:automation/rows@0.1.0" (instance (export "count" (func (result u64)))))"#);
    says(&refused(&bytes).await, "M0152", &["rows", "count", advice]);
}

#[tokio::test]
async fn m0152_an_export_without_the_contracts_functions_is_not_linked() {
    says(&refused(&component("")).await, "M0152", &["describe"]);
    // A phase that is there must be whole: the same guest, with another name wherever `evaluate` stood.
    let mut bytes = mandate_test_support::guest("condition_only");
    let at: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"evaluate")).collect();
    for at in at {
        bytes[at..at + 8].copy_from_slice(b"evaluats");
    }
    says(&refused(&bytes).await, "M0152", &["condition", "`evaluate`"]);
}

/// A component with an empty `plugin`, and this.
fn component(fields: &str) -> Vec<u8> {
    let plugin = r#"(instance $plugin) (export "mandate:automation/plugin@0.1.0" (instance $plugin))"#;
    wat::parse_str(format!("(component {fields} {plugin})")).unwrap()
}

#[tokio::test]
async fn m0153_a_describe_that_breaks_off_is_told_with_its_cause() {
    let error = refused(&made::describing("", "unreachable").unwrap()).await;
    says(&error, "M0153", &["`plugin.describe` did not answer: the plugin trapped: wasm trap: ", "unreachable"]);
}

#[tokio::test]
async fn m0154_a_manifest_that_breaks_a_rule_is_told_with_the_rule() {
    let control = "a\nb\u{1b}[2J";
    for (name, version, schema, rule) in [
        ("", "1.0.0", "", "name must be one line that is not empty"),
        (control, "1.0.0", "", "name must be one line that is not empty"),
        (&*"x".repeat(101), "1.0.0", "", "name has more than 100 bytes"),
        (&*"0f".repeat(32), "1.0.0", "", "name looks like a digest"),
        ("ok", "1.0", "", "version `1.0` is not semantic, such as `1.0.0`"),
        ("ok", control, "", "version must be one line that is not empty"),
        ("ok", "1.0.0", "{", "settings-schema is no JSON: "),
        ("ok", "1.0.0", r#"{"type": 5}"#, "settings-schema is no JSON Schema: "),
        ("ok", "1.0.0", r#"{"pattern": "(a+)+"}"#, "settings-schema uses `pattern`"),
    ] {
        let error = refused(&made::described(name, version, schema, &[]).unwrap()).await;
        says(&error, "M0154", &["its manifest is wrong: ", rule]);
    }
    assert!(Arena::new().load(&made::described("ok", "1.0.0", "", &[]).unwrap()).await.is_ok());
}

#[tokio::test]
async fn m0155_a_manifest_that_asks_for_more_than_is_imported_is_told_what_is_missing() {
    let error = refused(&made::described("ok", "1.0.0", "", &["deals"]).unwrap()).await;
    let missing = "the manifest asks for columns to write, but the component does not import `rows-write`";
    says(&error, "M0155", &["its manifest is wrong: ", missing]);
}

#[tokio::test]
async fn what_the_scan_passes_either_isolation_takes() {
    let tables = made::watcher("(table 10000 funcref) (table 10000 funcref)").unwrap();
    let pages = limits().memory >> 16;
    let memory = made::watcher(&format!("(func (drop (memory.grow (i32.const {pages}))))")).unwrap();
    for isolation in [Isolation::Pooled, Isolation::Strict] {
        let arena = Arena::with(Limits::default(), isolation);
        for bytes in [&tables, &memory] {
            arena.load(bytes).await.unwrap_or_else(|error| panic!("{isolation:?}: {error}"));
        }
    }
}
