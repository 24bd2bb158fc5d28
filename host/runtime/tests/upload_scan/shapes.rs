//! What costs too much to compile or to hold, each at its limit and one beyond.

use std::fmt::Write as _;

use mandate_runtime::upload::Measure;

use crate::fixtures::{LIKE_RUST, PLUGIN, component, lean, over, with_function, with_module};

/// Passes at `limit` with that figure, and is refused one beyond, in the function of that index.
fn at_the_limit(measure: Measure, limit: u64, function: Option<u32>, make: impl Fn(u64) -> Vec<u8>) {
    assert_eq!(lean(&make(limit)).map(|scanned| scanned.figures.of(measure)), Ok(limit), "{measure:?}");
    let place = over(&make(limit + 1), measure, limit + 1);
    assert_eq!(place.function, function, "{place}");
}

fn times(text: &str, count: u64) -> String {
    text.repeat(usize::try_from(count).unwrap())
}

#[test]
fn c01_figures_of_a_guest_like_those_from_rust() {
    let figures = lean(&component(LIKE_RUST)).unwrap().figures;
    for (measure, expected) in [
        (Measure::CoreModules, 3),
        (Measure::CoreInstances, 3),
        (Measure::Memories, 1),
        (Measure::MemoryBytes, 17 << 16),
        (Measure::Tables, 2),
        (Measure::TableElements, 3),
        (Measure::Functions, 3),
        (Measure::Locals, 2),
        (Measure::LoopDepth, 4),
        (Measure::LoopsTimesLocals, 8),
        (Measure::Operands, 4),
        (Measure::Signature, 5),
        (Measure::CoreImports, 3),
        (Measure::Globals, 1),
        (Measure::DataSegments, 1),
        (Measure::ElementSegments, 1),
        (Measure::Components, 1),
        (Measure::ComponentDepth, 1),
        (Measure::ComponentInstances, 1),
        (Measure::Imports, 1),
        (Measure::Exports, 1),
        (Measure::TypeDepth, 2),
        (Measure::TypeMembers, 4),
        (Measure::CanonicalFunctions, 2),
    ] {
        assert_eq!(figures.of(measure), expected, "{measure:?}");
    }
}

#[test]
fn c01_loops_nested_deeper_than_64_are_refused() {
    at_the_limit(Measure::LoopDepth, 64, Some(0), |depth| {
        with_function(&format!("{}{}", times("loop ", depth), times("end ", depth)))
    });
}

#[test]
fn c01_blocks_between_loops_do_not_hide_their_depth() {
    at_the_limit(Measure::LoopDepth, 64, Some(0), |depth| {
        with_function(&format!("{}{}", times("loop block i32.const 0 if ", depth), times("end end end ", depth)))
    });
}

#[test]
fn c01_loops_one_after_another_and_plain_blocks_are_not_nested_loops() {
    let after = with_function(&times("loop end ", 1_000));
    assert_eq!(lean(&after).unwrap().figures.of(Measure::LoopDepth), 1);
    let blocks = with_function(&format!("{}{}", times("block ", 10_000), times("end ", 10_000)));
    assert_eq!(lean(&blocks).unwrap().figures.of(Measure::LoopDepth), 0);
}

#[test]
fn c01_more_than_2000_locals_are_refused() {
    at_the_limit(Measure::Locals, 2_000, Some(1), |locals| {
        with_module(&format!("(func) (func (local {}))", times("i32 ", locals)))
    });
    let place = over(&with_function(&format!("(local {})", times("i64 i32 ", 1_500))), Measure::Locals, 2_001);
    assert_eq!((place.module, place.function), (Some(0), Some(0)));
}

#[test]
fn c01_locals_declared_in_bulk_are_counted_and_never_allocated() {
    // One function, one declaration of 4,294,967,295 locals: 7 bytes.
    let code = [1, 9, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b];
    let code = [&code[..1], &[8], &code[2..]].concat();
    let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a".to_vec();
    module.push(u8::try_from(code.len()).unwrap());
    module.extend(code);
    over(&crate::fixtures::raw(&[(1, module)]), Measure::Locals, u64::from(u32::MAX));
}

#[test]
fn c01_loops_times_locals_beyond_a_million_are_refused() {
    let make =
        |loops, locals| with_function(&format!("(local {}) {}", times("i32 ", locals), times("loop end ", loops)));
    let figures = lean(&make(1_000, 1_000)).unwrap().figures;
    assert_eq!(figures.of(Measure::LoopsTimesLocals), 1_000_000);
    assert_eq!(over(&make(1_001, 1_000), Measure::LoopsTimesLocals, 1_001_000).function, Some(0));
}

#[test]
fn c01_functions_larger_than_256_kib_are_refused() {
    // One byte for the count of locals, one for the end.
    at_the_limit(Measure::BodyBytes, 256 << 10, Some(0), |bytes| with_function(&times("nop ", bytes - 2)));
}

#[test]
fn c01_values_that_are_live_at_once_are_limited() {
    at_the_limit(Measure::Operands, 1_000, Some(0), |height| {
        with_function(&format!("{}{}", times("i32.const 0 ", height), times("drop ", height)))
    });
}

#[test]
fn c01_values_passed_by_branches_are_limited() {
    // Validating 4 MB of these took 36 s: each target takes 100 values.
    let make = |targets: u64| {
        let table = times("0 ", targets);
        let drops = times("drop ", 100);
        with_module(&format!(
            "(type $t (func (result {}))) (func block (type $t) unreachable br_table {table} 0 end {drops})",
            times("i32 ", 100)
        ))
    };
    let figures = lean(&make(99_997)).unwrap().figures;
    // 100 on entering the block, 100 on leaving it, and 100 for each target and the default one.
    assert_eq!(figures.of(Measure::Passed), 10_000_000);
    over(&make(99_998), Measure::Passed, 10_000_100);
}

#[test]
fn c01_values_passed_by_calls_are_limited() {
    let make = |calls: u64, body: &str| {
        let body = format!("unreachable {} unreachable", times(body, calls));
        let function = format!("(func (type $t) {body})");
        with_module(&format!("(table 1 funcref) (type $t (func (param {}))) {function}", times("i64 ", 100)))
    };
    for call in
        ["call 0 ", "i32.const 0 call_indirect (type $t) ", "return ", "br_if 0 ", "block (type $t) unreachable end "]
    {
        let figures = lean(&make(10, call)).unwrap().figures;
        let each = if call.starts_with("block") { 200 } else { 100 };
        // And 100 at the end of the function.
        assert_eq!(figures.of(Measure::Passed), 10 * each + 100, "{call}");
    }
    over(&make(100_000, "call 0 "), Measure::Passed, 10_000_100);
}

#[test]
fn c01_function_types_are_limited() {
    at_the_limit(Measure::Signature, 100, None, |size| {
        with_module(&format!("(type (func (param {}) (result i32)))", times("i64 ", size - 1)))
    });
}

#[test]
fn c01_counts_of_a_core_module_are_limited() {
    at_the_limit(Measure::Functions, 20_000, None, |count| with_module(&times("(func)", count)));
    at_the_limit(Measure::Globals, 2_000, None, |count| with_module(&times("(global i32 (i32.const 0))", count)));
    at_the_limit(Measure::ElementSegments, 1_000, None, |count| with_module(&times("(elem func)", count)));
    at_the_limit(Measure::DataSegments, 10_000, None, |count| with_module(&times(r#"(data "")"#, count)));
    at_the_limit(Measure::CoreExports, 2_000, None, |count| {
        let exports = (0..count).fold(String::new(), |mut text, index| {
            write!(text, r#"(export "{index}" (func 0))"#).unwrap();
            text
        });
        with_module(&format!("(func) {exports}"))
    });
}

#[test]
fn c01_imports_of_core_modules_are_limited() {
    let make = |count: u64| {
        let imports = (0..count).fold(String::new(), |mut text, index| {
            write!(text, r#"(import "m" "{index}" (func))"#).unwrap();
            text
        });
        component(&format!("(core module {imports}) {PLUGIN}"))
    };
    at_the_limit(Measure::CoreImports, 2_000, None, make);
}

#[test]
fn s02_memory_at_start_is_limited_over_all_instances() {
    let pages = |pages: u64| with_module(&format!("(memory {pages})"));
    assert_eq!(lean(&pages(1_024)).unwrap().figures.of(Measure::MemoryBytes), 64 << 20);
    let place = over(&pages(1_025), Measure::MemoryBytes, 1_025 << 16);
    assert_eq!(place.module, Some(0));
    over(&pages(65_536), Measure::MemoryBytes, 4 << 30);
}

#[test]
fn s02_a_second_instance_with_memory_is_refused() {
    let twice = "(core module $m (memory 1)) (core instance (instantiate $m)) (core instance (instantiate $m))";
    over(&component(&format!("{twice} {PLUGIN}")), Measure::Memories, 2);
    let two = "(core module $m (memory 1)) (core module $n (memory 1)) (core instance (instantiate $m)) (core instance (instantiate $n))";
    assert_eq!(over(&component(&format!("{two} {PLUGIN}")), Measure::Memories, 2).module, Some(1));
}

#[test]
fn s09_tables_are_limited() {
    at_the_limit(Measure::Tables, 2, None, |count| with_module(&times("(table 1 funcref)", count)));
    at_the_limit(Measure::TableElements, 10_000, None, |size| with_module(&format!("(table {size} funcref)")));
    over(&with_module(&times("(table 1 funcref)", 100)), Measure::Tables, 100);
}
