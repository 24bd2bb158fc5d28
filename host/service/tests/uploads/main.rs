//! Uploads through a real sandbox: how far they are, what another site can tell, and what their names do.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, reason = "tests")]

mod bench;
mod names;
mod sites;
#[path = "../embedded_platform/world.rs"]
#[allow(dead_code, reason = "shared with the tests of the platform itself, which use all of it")]
mod world;
