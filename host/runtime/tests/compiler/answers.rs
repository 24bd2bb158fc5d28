//! What the compiling process answers is what this process would have found, and runs here.

use mandate_model::SiteId;
use mandate_runtime::{
    compile::{CompileLimits, Stage},
    engine::Isolation,
    limits::Limits,
    plugin::LoadError,
    sandbox::Sandbox,
};
use mandate_test_support::{guest, made};

use crate::harness::{Bench, acme, says};

#[tokio::test]
async fn its_code_is_loaded_in_either_isolation_and_kept() {
    for isolation in [Isolation::Pooled, Isolation::Strict] {
        let bench = Bench::with(CompileLimits::default(), Limits::default(), isolation);
        let plugin = bench.load(&guest("condition_only")).await.unwrap();
        assert_eq!(plugin.manifest().name, "condition-only");
        assert_eq!(bench.shelf.kept(), 1);
        // Kept code is asked here what it is, and says the same.
        let again = bench.load(&guest("condition_only")).await.unwrap();
        assert_eq!((again.manifest(), again.phases()), (plugin.manifest(), plugin.phases()));
        assert_eq!(bench.complaints(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn code_that_was_lost_is_made_again_by_the_process() {
    let bench = Bench::new();
    bench.load(&guest("condition_only")).await.unwrap();
    bench.shelf.lose();
    bench.load(&guest("condition_only")).await.unwrap();
    assert_eq!(bench.shelf.kept(), 1);
}

#[tokio::test]
async fn refusals_are_told_in_the_same_words_as_in_this_process() {
    let types = r#"(import "mandate:automation/rows@0.1.0" (instance (export "find" (func (result u64)))))"#;
    let plugin = r#"(instance $plugin) (export "mandate:automation/plugin@0.1.0" (instance $plugin))"#;
    let child = Bench::new();
    let here = Sandbox::new(Limits::default(), Isolation::Pooled, None).unwrap();
    for (code, bytes) in [
        ("M0101", b"not wasm".to_vec()),
        ("M0152", wat::parse_str(format!("(component {types} {plugin})")).unwrap()),
        ("M0152", wat::parse_str(format!("(component {plugin})")).unwrap()),
        ("M0153", made::describing("", "unreachable").unwrap()),
        ("M0153", mandate_test_support::hostile("s01_start_loop")),
        ("M0154", made::described("", "1.0.0", "", &[]).unwrap()),
        ("M0154", made::described("ok", "1.0.0", "{", &[]).unwrap()),
        ("M0155", made::described("ok", "1.0.0", "", &["deals"]).unwrap()),
    ] {
        let error = child.load(&bytes).await.unwrap_err();
        says(&error, code, &[]);
        assert_eq!(error, here.load(&acme(), &bytes).await.unwrap_err());
    }
    assert_eq!(child.complaints(), Vec::<String>::new(), "a refusal is no fault of the compiler");
}

#[tokio::test]
async fn a_deadline_ends_describe_in_the_process_too() {
    let endless = Limits { fuel: u64::MAX, deadline_ticks: 20, ..Limits::default() };
    let bench = Bench::with(CompileLimits::default(), endless, Isolation::Pooled);
    let error = bench.load(&mandate_test_support::hostile("s01_start_loop")).await.unwrap_err();
    says(&error, "M0153", &["ran longer than 20 ticks"]);
}

#[tokio::test]
async fn stages_are_told_in_order_and_as_far_as_it_came() {
    let bench = Bench::new();
    let (loaded, stages) = bench.told(&guest("condition_only")).await;
    assert!(loaded.is_ok());
    assert_eq!(stages, [Stage::Scanned, Stage::Compiled]);
    let (refused, stages) = bench.told(b"not wasm").await;
    assert!(matches!(refused, Err(LoadError::Refused(_))));
    assert_eq!(stages, []);
    let (refused, stages) = bench.told(&made::describing("", "unreachable").unwrap()).await;
    assert!(matches!(refused, Err(LoadError::Describe(_))));
    assert_eq!(stages, [Stage::Scanned]);
}

#[tokio::test]
async fn c05_another_site_compiles_for_itself() {
    let bench = Bench::new();
    bench.load(&guest("condition_only")).await.unwrap();
    bench.sandbox.load(&SiteId::parse("other").unwrap(), &guest("condition_only")).await.unwrap();
    assert_eq!(bench.shelf.kept(), 2);
}
