//! Components made from text and from bytes.

use mandate_runtime::upload::{Measure, Place, Refused, ScanLimits, Scanned, scan};

/// The least that a plugin exports, as far as the scan can tell: types and functions are checked when it is linked.
pub(crate) const PLUGIN: &str = r#"(instance $plugin) (export "mandate:automation/plugin@0.1.0" (instance $plugin))"#;

/// A component as Rust guests are: three modules that are tied together, one memory, two tables, a shim for what it exports.
pub(crate) const LIKE_RUST: &str = r#"
    (import "mandate:automation/log@0.1.0" (instance $log
        (type $declared (enum "debug" "info" "warning" "error"))
        (export "level" (type $level (eq $declared)))
        (export "write" (func (param "level" $level) (param "text" string)))))
    (core module $main
        (import "mandate:automation/log@0.1.0" "write" (func $write (param i32 i32 i32)))
        (memory (export "memory") 17)
        (table 3 3 funcref)
        (global (mut i32) (i32.const 1048576))
        (func (export "describe") (result i32) (local i32 i64)
            (loop (loop (loop (loop (br_if 3 (i32.const 0))))))
            (call $write (i32.const 1) (i32.const 0) (i32.const 0))
            (i32.const 16))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (data (i32.const 16) "\00\00\00\00\00\00\00\00"))
    (core module $shim
        (table (export "$imports") 1 1 funcref)
        (func (export "0") (param i32 i32 i32)
            (call_indirect (param i32 i32 i32) (local.get 0) (local.get 1) (local.get 2) (i32.const 0))))
    (core module $fixup
        (import "" "0" (func (param i32 i32 i32)))
        (import "" "$imports" (table 1 1 funcref))
        (elem (i32.const 0) func 0))
    (core instance $s (instantiate $shim))
    (core instance $bag (export "write" (func $s "0")))
    (core instance $i (instantiate $main (with "mandate:automation/log@0.1.0" (instance $bag))))
    (alias core export $i "memory" (core memory $memory))
    (alias core export $i "cabi_realloc" (core func $realloc))
    (core func $lowered (canon lower (func $log "write") (memory $memory) string-encoding=utf8))
    (core instance $fix (export "$imports" (table $s "$imports")) (export "0" (func $lowered)))
    (core instance (instantiate $fixup (with "" (instance $fix))))
    (func $describe (result string) (canon lift (core func $i "describe") (memory $memory) (realloc $realloc)))
    (component $shape
        (import "import-func-describe" (func $f (result string)))
        (export "describe" (func $f)))
    (instance $p (instantiate $shape (with "import-func-describe" (func $describe))))
    (export "mandate:automation/plugin@0.1.0" (instance $p))"#;

/// A component of these fields.
pub(crate) fn component(fields: &str) -> Vec<u8> {
    wat::parse_str(format!("(component {fields})")).unwrap()
}

/// A plugin with one instance of a core module of these fields.
pub(crate) fn with_module(fields: &str) -> Vec<u8> {
    component(&format!("(core module $m {fields}) (core instance (instantiate $m)) {PLUGIN}"))
}

/// A plugin with one function that has these locals and instructions.
pub(crate) fn with_function(body: &str) -> Vec<u8> {
    with_module(&format!("(func {body})"))
}

/// What the lean tier says of it.
pub(crate) fn lean(bytes: &[u8]) -> Result<Scanned, Refused> {
    scan(bytes, &ScanLimits::default())
}

/// Why it is refused.
pub(crate) fn refused(bytes: &[u8]) -> Refused {
    lean(bytes).expect_err("it should be refused")
}

/// Asserts that it is refused for too much of `measure`; the place.
pub(crate) fn over(bytes: &[u8], measure: Measure, expected: u64) -> Place {
    let refused = refused(bytes);
    let Refused::Limit { measure: seen, found, limit, place } = refused else { panic!("{refused:?}") };
    assert_eq!((seen, found, limit), (measure, expected, ScanLimits::default().of(measure)));
    assert!(place.offset < bytes.len(), "{place}");
    says(
        &refused,
        "M0112",
        &[&expected.to_string(), measure.as_str(), &limit.to_string(), &place.to_string(), measure.advice()],
    );
    place
}

/// Asserts the code of a refusal, and that its message holds all of `parts` and is short and harmless.
pub(crate) fn says(refused: &Refused, code: &str, parts: &[&str]) {
    let message = refused.to_string();
    assert_eq!(refused.code(), code, "{message}");
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
    assert!(message.len() <= 1_200, "{} bytes: {message}", message.len());
    assert!(message.chars().all(|character| !character.is_control()), "{message:?}");
}

/// Where `needle` begins.
pub(crate) fn position(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|window| window == needle).unwrap()
}

/// A component of these sections, each with its number.
pub(crate) fn raw(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    for (number, content) in sections {
        bytes.push(*number);
        bytes.extend(leb(content.len()));
        bytes.extend(content);
    }
    bytes
}

/// A number as WebAssembly writes it.
pub(crate) fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
