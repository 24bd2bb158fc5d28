//! The Rust SDK for automations.
