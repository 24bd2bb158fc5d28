//! Attacks on the scan and the validator themselves: refused by counting, before the expensive part.

use std::fmt::Write as _;

use mandate_runtime::upload::{Measure, Refused, ScanLimits, scan};

use crate::fixtures::{PLUGIN, component, leb, over, raw, refused, says};

/// Only a count of sections was reached: nothing later was looked at.
fn no_further_than(bytes: &[u8], sections: u64) {
    let strict = ScanLimits::default().with(Measure::Sections, sections);
    assert_eq!(scan(bytes, &strict).unwrap_err(), refused(bytes), "it was refused only after {sections} sections");
}

#[test]
fn c03_type_doubling_of_depth_30_is_refused() {
    let types = (0..30).fold("(type $t0 (list u8))".to_owned(), |mut text, depth| {
        write!(text, "(type $t{} (tuple $t{depth} $t{depth}))", depth + 1).unwrap();
        text
    });
    let bytes = component(&format!("{types} {PLUGIN}"));
    // A list of bytes has 2 parts, and each doubling 2n + 1: 3 * 2^n - 1 passes 10,000 at 12,287.
    over(&bytes, Measure::TypeSize, 12_287);
    no_further_than(&bytes, 1);
}

#[test]
fn c03_type_doubling_through_aliases_within_types_is_refused() {
    let rows = format!("(type $row (tuple {})) (type $rows (tuple {}))", "u8 ".repeat(70), "$row ".repeat(70));
    assert!(crate::fixtures::lean(&component(&format!("{rows} {PLUGIN}"))).is_ok());
    let within = "(type (instance (alias outer 1 $rows (type $o)) (type (tuple $o $o))))";
    // 1 for the instance, 70 * 71 + 1 for the alias, and twice that and 1 for the tuple.
    over(&component(&format!("{rows} {within} {PLUGIN}")), Measure::TypeSize, 14_915);
}

#[test]
fn c03_records_of_ten_thousand_fields_are_refused() {
    let record = |fields| {
        let fields = (0..fields).fold(String::new(), |mut text, index| {
            write!(text, r#"(field "f{index}" u8)"#).unwrap();
            text
        });
        component(&format!("(type (record {fields})) {PLUGIN}"))
    };
    assert!(crate::fixtures::lean(&record(256)).is_ok());
    over(&record(257), Measure::TypeMembers, 257);
    over(&record(10_000), Measure::TypeMembers, 10_000);
    no_further_than(&record(10_000), 1);
}

#[test]
fn c03_hundreds_of_thousands_of_exports_are_refused_by_their_count() {
    let count = 300_000;
    let mut section = leb(count);
    for index in 0..count {
        let name = format!("a{index}");
        section.extend([0, u8::try_from(name.len()).unwrap()]);
        section.extend(name.as_bytes());
        section.extend([5, 0, 0]);
    }
    let bytes = raw(&[(5, vec![1, 1, 0]), (11, section)]);
    over(&bytes, Measure::Exports, 300_000);
}

#[test]
fn c03_a_claim_of_a_million_exports_is_refused_by_its_count() {
    over(&raw(&[(11, leb(1_000_000))]), Measure::Exports, 1_000_000);
    over(&raw(&[(10, leb(1_000_000))]), Measure::Imports, 1_000_000);
    over(&raw(&[(6, leb(1_000_000))]), Measure::Aliases, 1_000_000);
    over(&raw(&[(8, leb(1_000_000))]), Measure::CanonicalFunctions, 1_000_000);
    over(&raw(&[(5, leb(1_000_000))]), Measure::ComponentInstances, 1_000_000);
    over(&raw(&[(3, leb(1_000_000))]), Measure::CoreTypes, 1_000_000);
}

#[test]
fn c03_names_of_100_kb_are_refused_with_a_short_message() {
    let name = "a".repeat(100_000);
    for (fields, section) in [
        (format!(r#"(import "{name}" (instance)) {PLUGIN}"#), 2),
        (format!(r#"{PLUGIN} (export "{name}" (instance $plugin))"#), 4),
        (format!(r#"(type (record (field "{name}" u8))) {PLUGIN}"#), 1),
        (format!(r#"(type (instance (export "{name}" (func)))) {PLUGIN}"#), 1),
        (format!(r#"(core module (func (export "{name}"))) {PLUGIN}"#), 6),
        (format!(r#"(core module (import "{name}" "" (func))) {PLUGIN}"#), 3),
    ] {
        let bytes = component(&fields);
        over(&bytes, Measure::NameBytes, 100_000);
        no_further_than(&bytes, section);
    }
}

#[test]
fn c03_a_thousand_nested_components_are_refused() {
    over(&component(&format!("{} {PLUGIN}", "(component)".repeat(1_000))), Measure::Components, 33);
    let deep = (0..1_000).fold(raw(&[]), |inner, _| raw(&[(4, inner)]));
    over(&deep, Measure::ComponentDepth, 2);
}

#[test]
fn c03_instances_within_nested_components_are_refused() {
    // Unfolded, ten of these would be 2^10 instances.
    let twice = "(instance (instantiate $x))".repeat(2);
    let inner = format!("(component $a) (component (alias outer 1 $a (component $x)) {twice})");
    over(&component(&format!("{inner} {PLUGIN}")), Measure::ComponentDepth, 2);
}

#[test]
fn c03_a_thousand_core_instances_are_refused() {
    let instances = "(core instance (instantiate $m))".repeat(1_000);
    let bytes = component(&format!("(core module $m) {instances} {PLUGIN}"));
    over(&bytes, Measure::CoreInstances, 5);
    let many = "(instance (instantiate $c))".repeat(100);
    over(&component(&format!("(component $c) {many} {PLUGIN}")), Measure::ComponentInstances, 101);
}

#[test]
fn c03_types_nested_in_types_are_refused_before_they_overflow_the_stack() {
    // Each opening is an instance type with one declaration: a type. A parser that calls itself for each would abort here.
    let mut section = leb(1);
    section.extend([0x42, 0x01, 0x01].repeat(1_000_000));
    over(&raw(&[(7, section)]), Measure::TypeDepth, 9);
    let mut components = leb(1);
    components.extend([0x41, 0x01, 0x01].repeat(1_000_000));
    over(&raw(&[(7, components)]), Measure::TypeDepth, 9);
}

#[test]
fn c03_declarations_and_sections_without_end_are_refused() {
    let types = "(type (list u8))".repeat(10_001);
    over(&component(&format!("{types} {PLUGIN}")), Measure::Types, 10_001);
    let sections: Vec<_> = (0..5_001).map(|_| (7, leb(0))).collect();
    over(&raw(&sections), Measure::Sections, 5_001);
    let custom: Vec<_> = (0..100_000).map(|_| (0, vec![1, b'x'])).collect();
    over(&raw(&custom), Measure::Sections, 5_001);
    let within = "(type (list u8))".repeat(10_000);
    over(&component(&format!("(type (instance {within})) {PLUGIN}")), Measure::Types, 10_001);
}

#[test]
fn c03_sections_are_refused_within_core_modules_too() {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.extend([0, 2, 1, b'x'].repeat(5_000));
    let place = over(&raw(&[(1, module)]), Measure::Sections, 5_001);
    assert_eq!(place.module, Some(0));
}

#[test]
fn c03_arguments_of_instances_are_refused() {
    let exports = (0..5_001).fold(String::new(), |mut text, index| {
        write!(text, r#"(export "{index}" (func $f))"#).unwrap();
        text
    });
    let fields = format!(
        r#"(core module $m (func (export "f"))) (core instance $i (instantiate $m)) (alias core export $i "f" (core func $f))
        (core instance {exports}) {PLUGIN}"#
    );
    over(&component(&fields), Measure::Arguments, 5_001);
}

#[test]
fn c03_work_is_bounded_by_what_is_counted() {
    // Nearly 4 MiB of the cheapest instructions: one step each, and none after the limit is passed.
    let bytes = idle(20, 200_000);
    let figures = crate::fixtures::lean(&bytes).unwrap().figures;
    assert_eq!(figures.of(Measure::Instructions), 20 * 200_001);
    let strict = ScanLimits::default().with(Measure::Instructions, 1_000);
    let refused = scan(&bytes, &strict).unwrap_err();
    let Refused::Limit { measure: Measure::Instructions, found: 1_001, place, .. } = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!((place.module, place.function), (Some(0), Some(0)));
    says(&refused, "M0112", &["1001 instructions", "1000 are allowed", "in core module 0, function 0, at byte"]);
}

/// A plugin with so many functions of so many `nop`s.
fn idle(functions: usize, instructions: usize) -> Vec<u8> {
    let mut body = vec![0];
    body.extend([0x01].repeat(instructions));
    body.push(0x0b);
    let mut code = leb(functions);
    for _ in 0..functions {
        code.extend(leb(body.len()));
        code.extend(&body);
    }
    let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03".to_vec();
    module.extend(leb(functions + 1));
    module.extend(leb(functions));
    module.extend([0].repeat(functions));
    module.push(10);
    module.extend(leb(code.len()));
    module.extend(code);
    let name = b"mandate:automation/plugin@0.1.0";
    let export = [&[1, 0, u8::try_from(name.len()).unwrap()], &name[..], &[5, 0, 0]].concat();
    raw(&[(1, module), (5, vec![1, 1, 0]), (11, export)])
}
