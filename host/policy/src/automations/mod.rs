//! Stub, to be replaced.
pub mod words;
