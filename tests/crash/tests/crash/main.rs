//! E01, E02: a process that works on a real store, a real platform and a sink in another process is killed at each durable step, and
//! at pairs of them; what is left at the end is what a run leaves that nobody killed. E07: a guest that ends its host is found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests"
)]

mod bench;
mod blind;
mod commits;
mod kills;
mod oracle;
mod poison;
mod sinks;
mod terminated;
