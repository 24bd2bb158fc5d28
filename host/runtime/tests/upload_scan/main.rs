//! The scan of uploads: what passes, and each refusal with its reason, its place, its advice and its code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod bounds;
mod codes;
mod contract;
mod damage;
mod fixtures;
mod guests;
mod kinds;
mod shapes;
