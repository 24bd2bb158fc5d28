//! S02, S09, S14, S16: what is refused at upload, by name, before anything is compiled.

use mandate_runtime::plugin::LoadError;
use mandate_test_support::made;

use crate::harness::Arena;

async fn refused(name: &str) -> LoadError {
    Arena::new().load(&mandate_test_support::hostile(name)).await.unwrap_err()
}

#[tokio::test]
async fn s14_s16_each_refusal_names_its_reason() {
    for (name, code, words) in [
        ("s14_wasi_clock", "M0104", "wasi:clocks/monotonic-clock@0.2.0"),
        ("s14_wasi_random", "M0104", "wasi:random/random@0.2.0"),
        ("s16_core_module", "M0102", "core module"),
        ("s16_async", "M0109", "async"),
        ("s16_future", "M0109", "async"),
        ("s16_stream", "M0109", "async"),
        ("s16_gc", "M0109", "gc"),
        ("s16_exceptions", "M0109", "exception"),
        ("s16_memory64", "M0109", "64"),
        ("s16_multi_memory", "M0109", "multi-memory"),
        ("s16_shared_memory", "M0109", "shared"),
        ("s16_simd", "M0109", "simd"),
        ("s16_relaxed_simd", "M0109", "simd"),
        ("s16_tail_call", "M0109", "tail"),
        ("s16_function_references", "M0109", "reference"),
        ("s16_nested_component", "M0110", "nested"),
        ("s02_declared_4gib", "M0112", "memory"),
        ("s09_declared_table", "M0112", "table"),
    ] {
        let error = refused(name).await;
        assert!(matches!(error, LoadError::Refused(_)), "{name}: {error}");
        assert!(error.to_string().to_lowercase().contains(words), "{name} says `{words}`: {error}");
        assert_eq!(error.code(), code, "{name}: {error}");
    }
}

#[tokio::test]
async fn s02_s09_too_many_instances_and_tables_are_refused() {
    for (bytes, words) in [
        (made::core_instances(20, 1_024), "2 memories, and 1 are allowed"),
        (made::tables(100), "100 tables, and 2 are allowed"),
    ] {
        let error = Arena::new().load(&bytes.unwrap()).await.unwrap_err();
        assert_eq!(error.code(), "M0112", "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn c09_another_contract_is_refused_at_upload() {
    let arena = Arena::new();
    let error = arena.load(b"\0asm\x0d\0\x01\0").await.unwrap_err();
    assert_eq!(error.code(), "M0108", "an empty component exports nothing: {error}");
    assert_eq!(arena.load(b"not wasm").await.unwrap_err().code(), "M0101");
}
