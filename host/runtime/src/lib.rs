//! The sandbox: guests, the authority of each call, the powers behind it, and the journal.

pub mod limits;
pub mod part;
pub mod platform;
pub mod plugin;
