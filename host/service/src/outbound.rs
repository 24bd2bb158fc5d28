//! Requests over HTTP to addresses that people chose: the one client for that. It goes nowhere inside (W05).
//!
//! A target's form is checked when it is read (`target`); its name is resolved once, every address it has is judged
//! (`address`), and the connection is opened to one of exactly those addresses (`client`). There are no redirects, no proxies
//! and no cookies here, and an answer is read so far and no further.

mod address;
mod client;
mod target;
mod tls;

pub use address::Inside;
pub use client::{Answer, Names, Outbound, OutboundError, Request, SystemNames};
pub use target::{Target, TargetError};
pub use tls::Trust;
pub(crate) use tls::certificates;
