//! Imports and exports: what a guest may name.

use std::collections::BTreeSet;

use mandate_model::Import;
use mandate_runtime::upload::{Phase, Refused, Tier};

use crate::fixtures::{LIKE_RUST, PLUGIN, component, lean, position, refused, says};

#[test]
fn a_guest_like_those_from_rust_passes() {
    let scanned = lean(&component(LIKE_RUST)).unwrap();
    assert_eq!(scanned.imports, BTreeSet::from([Import::Log]));
    assert_eq!(scanned.phases, BTreeSet::new());
    assert_eq!(scanned.tier, Tier::Lean);
}

#[test]
fn every_interface_of_the_contract_may_be_imported() {
    let import = |(patch, import): (usize, Import)| {
        format!(r#"(import "mandate:automation/{}@0.1.{patch}" (instance))"#, import.as_str())
    };
    let imports = Import::ALL.into_iter().enumerate().map(import).collect::<Vec<_>>().join(" ");
    let scanned = lean(&component(&format!("{imports} {PLUGIN}"))).unwrap();
    assert_eq!(scanned.imports, BTreeSet::from(Import::ALL));
}

#[test]
fn phases_are_those_that_are_exported_and_others_are_tolerated() {
    let exports = r#"(export "mandate:automation/notification@0.1.3" (instance $plugin))
        (export "mandate:automation/action@0.1.0" (instance $plugin))
        (export "mandate:automation/unheard-of@0.1.0" (instance $plugin))
        (export "some:tool/init@1.0.0" (instance $plugin))"#;
    let scanned = lean(&component(&format!("{PLUGIN} {exports}"))).unwrap();
    assert_eq!(scanned.phases, BTreeSet::from([Phase::Action, Phase::Notification]));
}

#[test]
fn phases_are_called_as_in_wit() {
    for phase in Phase::ALL {
        assert_eq!(serde_json::to_string(&phase).unwrap(), format!("\"{}\"", phase.as_str()));
    }
}

#[test]
fn s14_wasi_is_refused_by_name_with_the_way_to_build_it_right() {
    for name in ["wasi:clocks/wall-clock@0.2.3", "wasi:random/random@0.2.0", "wasi:cli/environment@0.2.0"] {
        let bytes = component(&format!(r#"(import "{name}" (instance)) {PLUGIN}"#));
        let offset = position(&bytes, name.as_bytes()) - 2;
        let refused = refused(&bytes);
        assert_eq!(refused, Refused::Wasi { name: name.to_owned(), offset });
        let advice = ["wasm32-unknown-unknown, not wasm32-wasip2", "disableFeatures", "--stub-wasi", "wasi-libc"];
        says(&refused, "M0104", &advice);
        let allowed = Import::ALL.map(|import| format!("`mandate:automation/{}@0.1.x`", import.as_str()));
        says(&refused, "M0104", &allowed.each_ref().map(String::as_str));
        says(&refused, "M0104", &[name, &format!("at byte {offset:#x}")]);
    }
}

#[test]
fn s14_any_other_import_is_refused_by_name_with_the_list_of_allowed_ones() {
    for import in [
        r#""acme:clock/now@1.0.0" (instance)"#,
        r#""mandate:automation/mail@0.1.0" (instance)"#,
        r#""mandate:automations/rows@0.1.0" (instance)"#,
        r#""now" (func (result u64))"#,
        r#""code" (core module)"#,
    ] {
        let bytes = component(&format!("(import {import}) {PLUGIN}"));
        let name = import.split('"').nth(1).unwrap();
        let offset = position(&bytes, name.as_bytes()) - 2;
        let refused = refused(&bytes);
        assert_eq!(refused, Refused::UnknownImport { name: name.to_owned(), offset });
        let place = format!("at byte {offset:#x}");
        says(&refused, "M0105", &[name, &place, "remove it from the world", "`mandate:automation/rows@0.1.x`"]);
    }
}

#[test]
fn s14_one_bad_import_among_good_ones_is_found() {
    let bytes = component(&format!(r#"{LIKE_RUST} (import "wasi:io/streams@0.2.0" (instance))"#));
    says(&refused(&bytes), "M0104", &["wasi:io/streams@0.2.0"]);
}

#[test]
fn c09_another_track_of_the_contract_is_refused() {
    for (fields, name) in [
        (r#"(import "mandate:automation/rows@0.2.0" (instance))"#, "mandate:automation/rows@0.2.0"),
        (r#"(import "mandate:automation/rows" (instance))"#, "mandate:automation/rows"),
        (r#"(import "mandate:automation/rows@0.1.0-rc.1" (instance))"#, "mandate:automation/rows@0.1.0-rc.1"),
        (r#"(export "mandate:automation/condition@1.0.0" (instance $plugin))"#, "mandate:automation/condition@1.0.0"),
    ] {
        let bytes = component(&format!("{PLUGIN} {fields}"));
        let offset = position(&bytes, name.as_bytes()) - 2;
        let refused = refused(&bytes);
        assert_eq!(refused, Refused::OtherContract { name: name.to_owned(), offset });
        says(&refused, "M0106", &["another contract", name, "mandate:automation@0.1.x", "`wit/` folder"]);
    }
}

#[test]
fn c09_an_interface_must_be_an_interface() {
    // The validator would refuse it too, after the names.
    let bytes = crate::fixtures::raw(&[(10, {
        let name = b"mandate:automation/rows@0.1.0";
        let mut section = vec![1, 0, u8::try_from(name.len()).unwrap()];
        section.extend(name);
        section.extend([3, 1]);
        section
    })]);
    let refused = refused(&bytes);
    let name = "mandate:automation/rows@0.1.0".to_owned();
    assert_eq!(refused, Refused::NotAnInterface { name, kind: "type", offset: 11 });
    says(&refused, "M0107", &["as a type", "at byte 0xb", "use its `wit/` folder"]);
}

#[test]
fn c09_a_component_that_does_not_say_what_it_is_is_refused() {
    for fields in ["", r#"(instance $i) (export "mandate:automation/condition@0.1.0" (instance $i))"#] {
        let refused = refused(&component(fields));
        assert_eq!(refused, Refused::NoPlugin);
        says(&refused, "M0108", &["`mandate:automation/plugin@0.1.x`", "let the world export `plugin`"]);
    }
}

#[test]
fn c06_hostile_names_are_spelled_out_and_cut() {
    for (hostile, shown) in [
        ("wasi:../../x\0\u{202e}<script>", r"wasi:../../x\u{0}\u{202e}<script>"),
        ("wasi:\u{1b}[2J`\n", r"wasi:\u{1b}[2J\u{60}\u{a}"),
    ] {
        let mut section = vec![1, 0, u8::try_from(hostile.len()).unwrap()];
        section.extend(hostile.as_bytes());
        section.extend([5, 0]);
        let refused = refused(&crate::fixtures::raw(&[(7, vec![1, 0x42, 0]), (10, section)]));
        says(&refused, "M0104", &[shown]);
    }
    let long = format!("wasi:{}", "a".repeat(900));
    let mut section = vec![1, 0];
    section.extend(crate::fixtures::leb(long.len()));
    section.extend(long.as_bytes());
    section.extend([5, 0]);
    let refused = refused(&crate::fixtures::raw(&[(7, vec![1, 0x42, 0]), (10, section)]));
    let cut = format!("`wasi:{}...`", "a".repeat(195));
    says(&refused, "M0104", &[&cut]);
}
