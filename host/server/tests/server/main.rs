//! The server as programs and browsers meet it: real requests to a real socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod automations;
mod bounds;
mod browser;
mod client;
mod confirm;
mod console;
mod cross_site;
mod document;
mod etag;
mod events;
mod governing;
mod hidden;
mod hooks;
mod hostile;
mod idempotency;
mod live;
mod matrix;
mod me;
mod openapi;
mod plugins;
mod problems;
mod provider;
mod queries;
mod rechecks;
mod requests;
mod robust;
mod run_acts;
mod runs;
mod sessions;
mod sign_in;
mod sources;
mod tokens;
mod versions;
mod who_gets_what;
mod world;
