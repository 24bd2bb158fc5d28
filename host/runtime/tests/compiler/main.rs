//! Components that are compiled in a process of their own: what comes back, what it may use, and how each way in which it ends
//! is told.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod answers;
mod confined;
mod damage;
mod faults;
mod harness;
mod pathological;
