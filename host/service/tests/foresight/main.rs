//! Looking ahead over the embedded platform: what is foreseen is what comes, and looking changes nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests"
)]

mod bench;
mod hand_over;
mod impact;
mod inventory;
mod policy;
mod reach;
#[path = "../embedded_platform/world.rs"]
#[allow(dead_code, reason = "shared with the tests of the platform itself, which use all of it")]
mod world;
