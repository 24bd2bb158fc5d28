//! Who may do what to an automation: each rule by hand, all of them against a model in plain Rust, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "integration test: a panic is a failed test"
)]

mod differential;
mod faults;
mod floors;
mod listing;
mod loading;
mod oracle;
mod rules;
mod world;
