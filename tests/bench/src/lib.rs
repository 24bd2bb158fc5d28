//! Benchmarks that report ratios of one run: on a shared machine a time means little, but two things that took turns met the
//! same noise. `cargo bench -p mandate-bench` runs all of them; docs/numbers.md keeps the figures of one run.

pub mod deals;
pub mod measure;
pub mod table;

/// The example that is measured.
pub const GUEST: &str = "new_opportunity";

/// Its settings: deals of 10,000.00 and more are found.
pub fn settings() -> serde_json::Value {
    serde_json::json!({ "dataset": "deals", "threshold": "10000.00" })
}
