//! The hostile guests are well formed, but for what they attack with.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod shape;

use mandate_test_support::{hostile, hostile_text_names, made};
use shape::{exports, imports};
use wasmparser::{Operator, Parser, Payload, Validator, WasmFeatures};

const PLUGIN: &str = "mandate:automation/plugin@0.1.0";

/// Whether it is valid for an engine with these features.
fn valid(bytes: &[u8], features: WasmFeatures) -> bool {
    Validator::new_with_features(features).validate_all(bytes).is_ok()
}

/// What the sandbox leaves on.
fn lean() -> WasmFeatures {
    WasmFeatures::WASM2.difference(WasmFeatures::SIMD) | WasmFeatures::COMPONENT_MODEL
}

fn names_of(case: &str) -> Vec<String> {
    hostile_text_names().unwrap().into_iter().filter(|name| name.starts_with(case)).collect()
}

#[test]
fn every_text_says_its_case_and_what_must_happen() {
    for name in hostile_text_names().unwrap() {
        let path = format!("{}/../hostile/wat/{name}.wat", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let head: String = text.lines().take_while(|line| line.starts_with(";;")).collect();
        let case = head.get(3..6).unwrap().to_lowercase();
        assert!(name.starts_with(&case), "{name} begins with `{case}`");
        assert!(
            ["refused", "ended as a trap", "ended", "loops", "answer"]
                .iter()
                .any(|end| head.to_lowercase().contains(end)),
            "{name}"
        );
    }
}

#[test]
fn texts_that_run_are_plugins_that_ask_for_no_more_than_the_contract() {
    let running =
        hostile_text_names().unwrap().into_iter().filter(|name| !name.starts_with("s14") && !name.starts_with("s16"));
    for name in running {
        let component = hostile(&name);
        assert!(valid(&component, lean()), "{name}");
        assert!(exports(&component).contains(&PLUGIN.to_owned()), "{name}");
        assert!(imports(&component).iter().all(|import| import.starts_with("mandate:automation/")), "{name}");
    }
}

#[test]
fn s14_wasi_is_imported() {
    for name in names_of("s14") {
        assert!(imports(&hostile(&name)).iter().all(|import| import.starts_with("wasi:")), "{name}");
    }
    assert_eq!(names_of("s14").len(), 2);
}

#[test]
fn s16_texts_are_valid_only_with_what_the_sandbox_leaves_off() {
    // Their fault is not a feature: a nested component with a module, and a module alone, are fine for an engine.
    let structural = ["s16_nested_component", "s16_core_module"];
    for name in names_of("s16") {
        let bytes = hostile(&name);
        assert!(valid(&bytes, WasmFeatures::all()), "{name}");
        assert_eq!(valid(&bytes, lean()), structural.contains(&name.as_str()), "{name}");
    }
    assert_eq!(names_of("s16").len(), 14);
}

#[test]
fn the_attacker_imports_what_it_attacks_with() {
    let expected = ["authority", "files-write", "files", "log", "operations", "rows-write", "rows", "types"]
        .map(|name| format!("mandate:automation/{name}@0.1.0"));
    assert_eq!(imports(&hostile("attacker")), expected);
}

#[test]
fn s15_every_trap_is_a_plugin() {
    for (name, _) in made::TRAPS {
        let component = made::trap(name).unwrap();
        assert!(valid(&component, lean()), "{name}");
        assert!(exports(&component).contains(&PLUGIN.to_owned()), "{name}");
    }
    assert!(made::trap("no-such").is_err());
}

/// Depth of loops, locals, and bytes of the function that has most of each.
fn largest(component: &[u8]) -> (usize, u32, usize) {
    let (mut loops, mut locals, mut bytes) = (0, 0, 0);
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::CodeSectionEntry(body) = payload.unwrap() {
            bytes = bytes.max(body.range().len());
            let count = |reader: wasmparser::LocalsReader<'_>| reader.into_iter().map(|local| local.unwrap().0).sum();
            locals = locals.max(count(body.get_locals_reader().unwrap()));
            loops = loops.max(deepest_loop(body.get_operators_reader().unwrap()));
        }
    }
    (loops, locals, bytes)
}

fn deepest_loop(operators: wasmparser::OperatorsReader<'_>) -> usize {
    let (mut open, mut deepest) = (vec![], 0);
    for operator in operators {
        match operator.unwrap() {
            Operator::Loop { .. } => open.push(true),
            Operator::Block { .. } | Operator::If { .. } => open.push(false),
            Operator::End => drop(open.pop()),
            _ => {}
        }
        deepest = deepest.max(open.iter().filter(|is_loop| **is_loop).count());
    }
    deepest
}

#[test]
fn c01_functions_have_the_measures_asked_for() {
    assert_eq!(largest(&made::nested_loops(100).unwrap()).0, 100);
    assert_eq!(largest(&made::locals(3_000).unwrap()).1, 3_000);
    assert!(largest(&made::body((256 << 10) + 1).unwrap()).2 > 256 << 10);
    for component in [made::nested_loops(100), made::locals(3_000), made::branch_table(65_000), made::functions(10_000)]
    {
        assert!(valid(&component.unwrap(), lean()));
    }
}

#[test]
fn c03_structures_have_the_measures_asked_for() {
    let count = |bytes: Vec<u8>, wanted: fn(&Payload<'_>) -> bool| {
        Parser::new(0).parse_all(&bytes).filter(|payload| wanted(payload.as_ref().unwrap())).count()
    };
    let components = |payload: &Payload<'_>| matches!(payload, Payload::ComponentSection { .. });
    assert_eq!(count(made::nested_components(1_000).unwrap(), components), 1_000);
    assert_eq!(count(made::deep_components(50).unwrap(), components), 50);
    assert_eq!(count(made::core_modules(40).unwrap(), |payload| matches!(payload, Payload::ModuleSection { .. })), 40);
    let custom = |payload: &Payload<'_>| matches!(payload, Payload::CustomSection(section) if section.name() == "x");
    assert_eq!(count(made::custom_sections(500).unwrap(), custom), 500);
    assert!(made::long_import(100_000).unwrap().len() > 100_000);
    let wide = [
        made::core_exports(10_000),
        made::core_instances(20, 1),
        made::record(500),
        made::tables(50),
        made::type_doubling(10),
    ];
    for bytes in wide {
        assert!(valid(&bytes.unwrap(), lean()));
    }
    // Validators have limits of their own; these are beyond them.
    assert!(!valid(&made::type_doubling(30).unwrap(), lean()));
    assert!(!valid(&made::core_instances(1_001, 1).unwrap(), lean()));
}
