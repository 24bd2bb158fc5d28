//! The `mandate` command as a person uses it: real processes, real files, exit codes and messages.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod admin;
mod automations;
mod bad_input;
mod bench;
mod compiling;
mod deliveries;
mod events;
mod messages;
mod one_process;
mod operations;
mod policy;
mod replay;
mod serve;
mod served;
mod serving;
mod stopped;
mod story;
mod unseen;
