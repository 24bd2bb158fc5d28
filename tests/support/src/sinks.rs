//! What deliveries of tests end in: a real mail server and a real web server, on this machine, at ports of their own.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "for tests, which cannot go on without"
)]

mod http;
mod mail;

pub use http::{Http, HttpRequest, Then};
pub use mail::MailServer;
