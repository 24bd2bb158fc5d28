//! Guests that attack their host (S01–S17 of the threat catalogue): the part ends with its typed cause, an innocent part completes
//! meanwhile, and the process lives. Bounds are fuel, calls and bytes, never wall-clock.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod harness;
mod limits;
mod output;
mod refused;
mod state;
#[path = "../world/mod.rs"]
mod world;
