//! Kinds of files and features that are refused whatever their size.

use mandate_runtime::upload::{Feature, Measure, Refused, ScanLimits};

use crate::fixtures::{PLUGIN, component, lean, position, raw, refused, says, with_function, with_module};

#[test]
fn s16_what_is_not_webassembly_is_refused() {
    for bytes in [&b""[..], b"\0as", b"PK\x03\x04", b"\x1f\x8b\x08", b"(component)", b"<html>"] {
        let refused = refused(bytes);
        assert_eq!(refused, Refused::NotWasm);
        says(&refused, "M0101", &["not WebAssembly", r"`\0asm`", "upload the `.wasm` file"]);
    }
}

#[test]
fn s16_a_core_module_is_refused_with_the_way_to_make_it_a_component() {
    let refused = refused(&wat::parse_str("(module (memory 1))").unwrap());
    assert_eq!(refused, Refused::CoreModule);
    says(&refused, "M0102", &["a core module, not a component", "make it a component", "wasm-tools component new"]);
}

#[test]
fn s16_malformed_components_are_refused_with_the_byte() {
    // A type that begins as none does; a section longer than the file.
    for (bytes, offset) in [(raw(&[(7, vec![1, 1])]), 11), (b"\0asm\x0d\0\x01\0\x07\x7f".to_vec(), 10)] {
        let refused = refused(&bytes);
        let Refused::Malformed { place, .. } = &refused else { panic!("{refused:?}") };
        assert_eq!((place.module, place.function, place.offset), (None, None, offset));
        says(&refused, "M0103", &["malformed", &format!("at byte {offset:#x}"), "build it again"]);
    }
    // A function that leaves a value.
    let invalid = refused(&with_module("(func) (func i32.const 7)"));
    let Refused::Malformed { place, .. } = &invalid else { panic!("{invalid:?}") };
    assert_eq!((place.module, place.function), (Some(0), Some(1)));
    says(&invalid, "M0103", &["in core module 0, function 1, at byte", "values remaining on stack"]);
}

/// Refused for `feature`, at this function of core module 0, if it is within one.
fn uses(bytes: &[u8], feature: Feature, function: Option<u32>) {
    let refused = refused(bytes);
    let Refused::Feature { feature: seen, place, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!((*seen, place.function), (feature, function), "{refused}");
    assert!(place.offset < bytes.len(), "{place}");
    says(&refused, "M0109", &[feature.as_str(), &place.to_string(), feature.advice()]);
}

/// Refused for `feature`, as a field of core module 0.
fn field_uses(field: &str, feature: Feature) {
    let bytes = with_module(field);
    uses(&bytes, feature, None);
    assert!(refused(&bytes).to_string().contains("in core module 0, at byte"), "{field}");
}

#[test]
fn s16_async_is_refused() {
    for field in ["(type (future u32))", "(type (stream u8))", "(type (func async))", "(core func (canon task.return))"]
    {
        uses(&component(&format!("{field} {PLUGIN}")), Feature::Async, None);
    }
}

#[test]
fn s16_error_context_is_refused() {
    uses(&component(&format!("(type error-context) {PLUGIN}")), Feature::ErrorContext, None);
}

#[test]
fn s16_extensions_of_the_component_model_are_refused() {
    for field in ["(type (list u8 4))", "(type (map string u8))"] {
        uses(&component(&format!("{field} {PLUGIN}")), Feature::ComponentExtension, None);
    }
}

#[test]
fn s16_gc_is_refused() {
    field_uses("(type (struct))", Feature::Gc);
    field_uses("(type (array i8))", Feature::Gc);
    field_uses("(global externref (ref.null extern))", Feature::Gc);
    field_uses("(rec (type (func)) (type (func)))", Feature::Gc);
}

#[test]
fn s16_exceptions_are_refused() {
    field_uses("(tag)", Feature::Exceptions);
    uses(&with_function("try_table end"), Feature::Exceptions, Some(0));
    uses(&with_function("try catch_all end"), Feature::Exceptions, Some(0));
}

#[test]
fn s16_memory64_is_refused() {
    field_uses("(memory i64 1)", Feature::Memory64);
    field_uses("(table i64 1 funcref)", Feature::Memory64);
}

#[test]
fn s16_multi_memory_is_refused() {
    field_uses("(memory 1) (memory 1)", Feature::MultiMemory);
    field_uses(r#"(import "a" "b" (memory 1)) (memory 1)"#, Feature::MultiMemory);
}

#[test]
fn s16_threads_are_refused() {
    field_uses("(memory 1 1 shared)", Feature::Threads);
    uses(&with_module("(memory 1) (func (drop (i32.atomic.load (i32.const 0))))"), Feature::Threads, Some(0));
}

#[test]
fn s16_simd_is_refused() {
    uses(&with_module("(func) (func (drop (v128.const i64x2 0 0)))"), Feature::Simd, Some(1));
    field_uses("(type (func (param v128)))", Feature::Simd);
}

#[test]
fn s16_relaxed_simd_is_refused() {
    uses(&with_function("unreachable i8x16.relaxed_swizzle drop"), Feature::RelaxedSimd, Some(0));
}

#[test]
fn s16_tail_calls_are_refused() {
    uses(&with_function("return_call 0"), Feature::TailCalls, Some(0));
}

#[test]
fn s16_custom_page_sizes_are_refused() {
    field_uses("(memory 1 (pagesize 1))", Feature::CustomPageSizes);
}

#[test]
fn s16_stack_switching_is_refused() {
    field_uses("(type $f (func)) (type (cont $f))", Feature::StackSwitching);
}

#[test]
fn s16_wide_arithmetic_is_refused() {
    uses(&with_function("unreachable i64.add128 drop drop"), Feature::WideArithmetic, Some(0));
}

#[test]
fn s16_function_references_are_refused() {
    field_uses("(type $f (func)) (type (func (param (ref $f))))", Feature::FunctionReferences);
    uses(&with_function("unreachable ref.as_non_null drop"), Feature::FunctionReferences, Some(0));
}

#[test]
fn what_rust_and_c_compile_to_is_no_refused_feature() {
    let fields = "(memory 1) (table 2 funcref) (elem declare func 0) (global i32 (i32.add (i32.const 1) (i32.const 2)))
        (func (result i32 i64) (i32.extend8_s (i32.trunc_sat_f64_s (f64.const 1))) (i64.const 2))
        (func (memory.copy (i32.const 0) (i32.const 1) (i32.const 2)) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2)))
        (func (table.set (i32.const 0) (ref.func 0)))";
    assert!(lean(&with_module(fields)).is_ok());
}

#[test]
fn s16_nested_components_with_core_modules_are_refused() {
    let bytes = component(&format!("(component (core module (func))) {PLUGIN}"));
    let refused = refused(&bytes);
    let nested = position(&bytes, b"\0asm\x01\0\0\0");
    let Refused::Composed { what: "modules", place } = &refused else { panic!("{refused:?}") };
    assert_eq!(place.offset, nested);
    let place = format!("at byte {nested:#x}");
    says(
        &refused,
        "M0110",
        &["brings composed components", "core modules", &place, "build one component from one module"],
    );
}

#[test]
fn s16_nested_components_that_borrow_core_modules_are_refused() {
    let outer = "(core module $m) (component (alias outer 1 0 (core module $x)) (core instance (instantiate $x)))";
    let refused = refused(&component(&format!("{outer} {PLUGIN}")));
    assert!(matches!(refused, Refused::Composed { what: "modules", .. }), "{refused:?}");
    let imported = r#"(component (import "m" (core module $m)) (core instance (instantiate $m)))"#;
    let instances = crate::fixtures::refused(&component(&format!("{imported} {PLUGIN}")));
    assert!(matches!(instances, Refused::Composed { what: "instances", .. }), "{instances:?}");
    says(&instances, "M0110", &["core instances"]);
}

#[test]
fn guests_that_bring_an_engine_are_not_accepted_yet() {
    let four = "(core module)".repeat(4);
    assert!(lean(&component(&format!("{four} {PLUGIN}"))).is_ok());
    let modules = refused(&component(&format!("{four} (core module) {PLUGIN}")));
    let Refused::EngineTier { measure: Measure::CoreModules, found: 5, limit: 4, .. } = &modules else {
        panic!("{modules:?}")
    };
    let advice = Measure::CoreModules.advice();
    says(
        &modules,
        "M0111",
        &["5 core modules", "4 are allowed", "(JS, Python) are not accepted yet", "at byte", advice],
    );

    let bytes = with_module(&format!(r#"(data "{}")"#, "x".repeat(4 << 20)));
    let large = refused(&bytes);
    let found = bytes.len() as u64;
    assert!(matches!(large, Refused::EngineTier { measure: Measure::Bytes, found: seen, .. } if seen == found));
    says(&large, "M0111", &["bytes", "4194304 are allowed", "not accepted yet", "optimisation for size"]);
}

#[test]
fn an_engine_shows_before_what_it_imports() {
    let modules = "(core module)".repeat(11);
    let bytes = component(&format!(r#"(import "wasi:io/streams@0.2.0" (instance)) {modules} {PLUGIN}"#));
    assert_eq!(refused(&bytes).code(), "M0111");
    let limits = ScanLimits::default().with(Measure::CoreModules, 64);
    assert_eq!(mandate_runtime::upload::scan(&bytes, &limits).unwrap_err().code(), "M0104");
}
