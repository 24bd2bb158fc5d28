//! The server as programs and browsers meet it: real requests to a real socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod automations;
mod client;
mod console;
mod cross_site;
mod document;
mod etag;
mod governing;
mod openapi;
mod problems;
mod requests;
mod robust;
mod runs;
mod who_gets_what;
mod world;
