//! Automations, runs, effects and deliveries over a store, and the embedded platform. Embeddable; no HTTP server.

pub mod apply;
pub mod embedded;
