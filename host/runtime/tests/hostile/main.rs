//! Guests that attack their host (S01–S18 of the threat catalogue): the part ends with its typed cause, an innocent part completes
//! meanwhile, and the process lives. Bounds are fuel, calls, bytes, and what the kernel says of the process; never wall-clock.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod aftermath;
mod calls;
mod handles;
mod harness;
mod limits;
mod loading;
mod log;
mod memory;
mod output;
mod process;
mod refused;
mod state;
mod traps;
#[path = "../world/mod.rs"]
mod world;
