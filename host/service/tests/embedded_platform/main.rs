//! The embedded platform, asked through the traits as the runtime asks it. Expectations are written by hand from the rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod admin;
mod apply;
mod check;
mod concurrency;
mod differential;
mod find;
mod fits;
mod get;
mod injection;
mod limits;
mod operations;
mod paging;
mod rights;
mod roles;
mod seed;
mod view_class;
mod witness;
mod world;
