//! The tower: each crate knows only those below it, and none brings in what its storey must not have (design: "runtime
//! and governance do not know each other"). Read from `cargo metadata`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Which crates of the repository a crate may know.
enum Knows {
    /// These and no others.
    Only(&'static [&'static str]),
    /// Any: it is there to bring them together.
    Any,
}

/// A crate's place: its arrows, and the foreign crates that would be a mistake there.
struct Place {
    name: &'static str,
    knows: Knows,
    never: &'static [&'static str],
}

const fn place(name: &'static str, knows: Knows, never: &'static [&'static str]) -> Place {
    Place { name, knows, never }
}

const NO_PLATFORM: &[&str] = &["sqlx", "cedar-policy", "axum", "tokio", "wasmtime", "async-trait", "clap", "anyhow"];

/// From the ground up. A crate that is not listed fails the test: it must be given its place here.
const TOWER: &[Place] = &[
    place("mandate-model", Knows::Only(&[]), NO_PLATFORM),
    place("mandate-policy", Knows::Only(&["mandate-model"]), &["sqlx", "axum", "tokio", "wasmtime", "clap", "anyhow"]),
    // No Cedar, no SQL, no HTTP.
    place("mandate-runtime", Knows::Only(&["mandate-model"]), &["sqlx", "cedar-policy", "axum", "clap", "anyhow"]),
    // Pure: facts and verdicts come in as values.
    place(
        "mandate-governance",
        Knows::Only(&["mandate-policy", "mandate-model"]),
        &["sqlx", "tokio", "wasmtime", "axum", "async-trait", "clap", "anyhow"],
    ),
    place(
        "mandate-service",
        Knows::Only(&["mandate-runtime", "mandate-governance", "mandate-policy", "mandate-model"]),
        &["axum", "clap", "anyhow"],
    ),
    place("mandate-spec", Knows::Only(BELOW_SPEC), &["axum", "clap", "anyhow"]),
    // SQL for sessions and tokens alone: the service knows nothing of how people sign in, and a backup of it must bring none back.
    place("mandate-server", Knows::Only(BELOW_SPEC), &["cedar-policy", "wasmtime", "clap", "anyhow"]),
    place("mandate-cli", Knows::Only(BELOW_CLI), &["axum"]),
    // The guest's side: what an author links into a guest.
    place("policy-guest", Knows::Only(&[]), NO_PLATFORM),
    place("mandate-hostile", Knows::Only(&["policy-guest"]), NO_PLATFORM),
    // Around the tower.
    place("mandate-test-support", Knows::Only(&[]), &["wasmtime", "sqlx", "cedar-policy"]),
    place("mandate-suite", Knows::Any, &[]),
    place("mandate-crash", Knows::Any, &[]),
    place("mandate-bench", Knows::Any, &[]),
    place("xtask", Knows::Only(&[]), &["serde", "serde_json", "clap", "tokio", "wasmtime", "sqlx", "wit-component"]),
];

const BELOW_SPEC: &[&str] =
    &["mandate-service", "mandate-runtime", "mandate-governance", "mandate-policy", "mandate-model"];
const BELOW_CLI: &[&str] = &[
    "mandate-server",
    "mandate-spec",
    "mandate-service",
    "mandate-runtime",
    "mandate-governance",
    "mandate-policy",
    "mandate-model",
];

/// Every arrow of `metadata` that the tower does not have.
fn offences(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().unwrap();
    let mut found: Vec<String> = packages.iter().flat_map(package_offences).collect();
    for place in TOWER {
        if !packages.iter().any(|package| package["name"] == place.name) {
            found.push(format!("{}: is in the tower, but not in the workspace", place.name));
        }
    }
    found
}

fn package_offences(package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap();
    let Some(place) = TOWER.iter().find(|place| place.name == name) else {
        return vec![format!("{name}: has no place in the tower")];
    };
    let dependencies = package["dependencies"].as_array().unwrap();
    dependencies.iter().filter_map(|dependency| Some(format!("{name} → {}", wrong(place, dependency)?))).collect()
}

/// What is wrong with one dependency, if anything.
fn wrong(place: &Place, dependency: &Value) -> Option<String> {
    let name = dependency["name"].as_str().unwrap();
    let for_tests = dependency["kind"] == "dev";
    if dependency["path"].is_string() {
        let may = match place.knows {
            Knows::Any => true,
            Knows::Only(names) => names.contains(&name),
        };
        // Tests may use the guests that `mandate-test-support` builds, a crate its own examples, and those of the server a fixture.
        let fixture = place.name == "mandate-server" && name == "mandate-spec";
        let helps = for_tests && (name == "mandate-test-support" || fixture);
        return (!may && !helps).then(|| format!("{name}: not a storey below"));
    }
    (!for_tests && place.never.contains(&name)).then(|| format!("{name}: must not be known there"))
}

#[test]
fn each_crate_knows_only_the_storeys_below_it() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let metadata = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let found = offences(&serde_json::from_slice(&metadata.stdout).unwrap());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The offences of one crate with one dependency.
fn offence_of(name: &str, dependency: &Value) -> Vec<String> {
    package_offences(&json!({ "name": name, "dependencies": [dependency] }))
}

fn ours(name: &str) -> Value {
    json!({ "name": name, "kind": null, "path": format!("/somewhere/{name}") })
}

fn foreign(name: &str) -> Value {
    json!({ "name": name, "kind": null })
}

#[test]
fn an_arrow_upwards_or_sideways_is_seen() {
    let wrong =
        |from: &str, to: &str| assert_eq!(offence_of(from, &ours(to)), [format!("{from} → {to}: not a storey below")]);
    wrong("mandate-runtime", "mandate-governance");
    wrong("mandate-governance", "mandate-runtime");
    wrong("mandate-runtime", "mandate-policy");
    wrong("mandate-model", "mandate-policy");
    wrong("mandate-service", "mandate-spec");
    wrong("policy-guest", "mandate-model");
    wrong("mandate-cli", "mandate-test-support");
    assert_eq!(offence_of("mandate-service", &ours("mandate-runtime")), Vec::<String>::new());
}

#[test]
fn a_foreign_crate_in_the_wrong_storey_is_seen() {
    let wrong = |from: &str, to: &str| {
        assert_eq!(offence_of(from, &foreign(to)), [format!("{from} → {to}: must not be known there")]);
    };
    for name in ["sqlx", "cedar-policy", "axum"] {
        wrong("mandate-runtime", name);
        wrong("mandate-model", name);
    }
    for name in ["sqlx", "tokio", "wasmtime"] {
        wrong("mandate-governance", name);
        wrong("mandate-policy", name);
    }
    wrong("mandate-service", "axum");
    assert_eq!(offence_of("mandate-service", &foreign("sqlx")), Vec::<String>::new());
}

#[test]
fn tests_may_use_guests_but_no_storey_above() {
    let in_tests = |name: &str| json!({ "name": name, "kind": "dev", "path": format!("/somewhere/{name}") });
    assert_eq!(offence_of("mandate-runtime", &in_tests("mandate-test-support")), Vec::<String>::new());
    assert_eq!(offence_of("mandate-runtime", &in_tests("mandate-service")).len(), 1);
}

#[test]
fn a_crate_without_a_place_and_a_place_without_a_crate_are_seen() {
    assert_eq!(offence_of("mandate-extra", &foreign("anyhow")), ["mandate-extra: has no place in the tower"]);
    let found = offences(&json!({ "packages": [] }));
    assert!(found.contains(&"mandate-model: is in the tower, but not in the workspace".to_owned()), "{found:?}");
    assert_eq!(found.len(), TOWER.len());
}
