//! C04: damaged components that the scan passes are compiled, linked and asked, or refused; nothing panics.

use std::cell::Cell;

use mandate_runtime::{engine::Isolation, limits::Limits, plugin::LoadError, sandbox::Sandbox};
use mandate_test_support::made;
use proptest::{prelude::*, test_runner::TestRunner};

use crate::harness::acme;

/// Damaged components in the normal run; `PROPTEST_CASES` gives more.
const CASES: u32 = 400;

#[test]
fn c04_what_is_damaged_and_passes_the_scan_is_compiled_or_refused() {
    let limits = Limits { fuel: 1_000_000, ..Limits::default() };
    let sandbox = Sandbox::new(limits, Isolation::Pooled, None).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let whole = made::described("ok", "1.0.0", "", &[]).unwrap();
    assert!(runtime.block_on(sandbox.load(&acme(), &whole)).is_ok());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = config.cases.max(CASES);
    let compiled = Cell::new(0);
    TestRunner::new(ProptestConfig { cases, ..config })
        .run(&prop::collection::vec((any::<prop::sample::Index>(), 0..8_u32), 1..4), |flips| {
            let mut damaged = whole.clone();
            for (index, bit) in flips {
                damaged[index.index(whole.len())] ^= 1 << bit;
            }
            let loaded = runtime.block_on(sandbox.load(&acme(), &damaged));
            if let Err(error) = &loaded {
                prop_assert!(error.code().starts_with("M01") && !error.to_string().is_empty());
            }
            let scanned = !matches!(loaded, Err(LoadError::Refused(_)));
            compiled.set(compiled.get() + u32::from(scanned));
            Ok(())
        })
        .unwrap();
    assert!(compiled.get() > cases / 20, "only {} came past the scan", compiled.get());
}
