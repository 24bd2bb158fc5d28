//! The sandbox: guests, the authority of each call, the powers behind it, and the journal.
//!
//! [`Sandbox::load`](sandbox::Sandbox::load) makes a [`Plugin`](plugin::Plugin) of uploaded bytes, with a
//! [`Compiler`](compile::Compiler); `act` and `notify` evaluate it
//! as one person. Reading order: `authority`, `platform`, `bindings`, `powers`, `journal`, `sandbox`, `limits`.
//!
//! What is absent here, on purpose: policies, SQL, HTTP, the time of day, and any way to change whom a call is for.

mod act;
mod authority;
mod bindings;
pub mod cache;
mod call;
pub mod compile;
mod convert;
mod ending;
pub mod engine;
mod evaluate;
mod journal;
mod limiter;
pub mod limits;
mod manifest;
mod notify;
mod nowhere;
pub mod part;
pub mod platform;
pub mod plugin;
mod powers;
mod refusal;
mod render;
pub mod replay;
pub mod sandbox;
pub mod schema;
pub mod settings;
pub mod ticker;
pub mod upload;
