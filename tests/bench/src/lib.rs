//! Benchmarks that report ratios of one run.
