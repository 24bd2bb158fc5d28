//! What leaves the house, sent for real: letters to a mail server that others wrote, requests to a web server, and to where
//! nothing may be sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests"
)]

mod guard;
mod mail;
mod operations;
mod parcels;
mod tls;
mod webhooks;
