//! The runner with a scripted guest, a scripted platform and a spy that carries effects out: what runs, as whom, how often,
//! what is left behind, and who sees it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unused_async,
    unreachable_pub,
    reason = "tests"
)]

mod accept;
mod audit;
mod backup;
mod bench;
mod cascades;
mod consent;
mod crash;
mod damage;
mod delivery;
mod effects;
mod failure;
mod fakes;
mod faults;
mod fences;
mod filter;
mod forget;
mod full;
mod history;
mod inbox;
mod interleaving;
mod invoking;
mod losing;
mod one_process;
mod order;
mod outgoing;
mod purge;
mod quarantine;
mod recipients;
mod run_now;
mod schedule;
mod spy;
mod stopping;
mod tampering;
mod telling;
mod undecided;
mod wishes;
mod witness;
