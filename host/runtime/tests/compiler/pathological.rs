//! C01: what the scan passes is compiled within the limits, or refused with the one that it passed; nothing else happens, and this
//! process stays small.

use mandate_runtime::{compile::CompilerFault, plugin::LoadError};
use mandate_test_support::made;

use crate::harness::Bench;

/// The most memory that this process had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() << 10
}

/// Each local is read and written in the innermost loop.
fn living_through_loops() -> anyhow::Result<Vec<u8>> {
    let turn = |local| format!("(local.set {local} (i32.add (local.get {local}) (i32.const 1)))");
    let turns: String = (0..2_000).map(turn).collect();
    made::watcher(&format!("(func (local {}) {}{turns}{})", "i32 ".repeat(2_000), "(loop ".repeat(64), ")".repeat(64)))
}

#[tokio::test]
async fn c01_what_is_dear_to_compile_is_compiled_or_refused_within_the_limits() {
    let bench = Bench::new();
    let before = peak();
    for (name, bytes) in [
        ("loops in loops", made::nested_loops(64)),
        ("locals", made::locals(2_000)),
        ("a body of 100,000 instructions", made::body(100_000)),
        ("functions", made::functions(10_000)),
        ("locals that live through loops in loops", living_through_loops()),
        ("a branch table of 65,000 targets", made::branch_table(65_000)),
    ] {
        match bench.load(&bytes.unwrap()).await {
            Ok(_)
            | Err(
                LoadError::Refused(_)
                | LoadError::Compiler(CompilerFault::Processor { .. } | CompilerFault::Memory { .. }),
            ) => {}
            Err(other) => panic!("{name}: {other}"),
        }
    }
    assert!(peak() - before < 128 << 20, "{} bytes more than before", peak() - before);
}
