//! The sandbox: guests, the authority of each call, the powers behind it, and the journal.

pub mod platform;
