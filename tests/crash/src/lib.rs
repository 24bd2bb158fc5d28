//! What processes are made of that are killed anywhere (E01, E02, E07): a service over a real store, the embedded platform, scripted
//! guests, a sink in another process, and durable steps that are counted. The tests start them, kill them, and look at what is
//! left with an oracle that shares no code with the service.
#![allow(clippy::disallowed_methods, reason = "tests: they start programs and use the machine's clock and files")]

mod clock;
mod commits;
mod guests;
mod operations;
pub mod sink;
pub mod steps;
pub mod world;
