//! What deliveries of tests end in, and where people of tests sign in: a real mail server, a real web server, a real identity
//! provider, on this machine, at ports of their own.
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
mod oidc;

pub use http::{Http, HttpRequest, Then};
pub use mail::MailServer;
pub use oidc::IdentityProvider;
