//! The Rust SDK for automations: what a guest is given, and [`automation!`], which makes a component of it.
//!
//! ```
//! use policy_guest::{Condition, Event, Finding, Manifest, Plugin, Problem, View, automation};
//!
//! struct Everything;
//!
//! impl Plugin for Everything {
//!     fn describe() -> Manifest {
//!         Manifest::new("everything", "0.1.0", "Finds every event about a row.")
//!     }
//! }
//!
//! impl Condition for Everything {
//!     fn evaluate(event: &Event, _view: &View) -> Result<Vec<Finding>, Problem> {
//!         Ok(event.row().map(|row| Finding::new(&row.id, "Something happened")).into_iter().collect())
//!     }
//! }
//!
//! automation!(Everything: condition);
//! ```
//!
//! - A phase is a trait: [`Condition`], [`Action`], [`Notification`]. Implement those that you need, name them in the macro.
//! - A power is a method of [`View`] (read) or [`Hand`] (change). A component imports the powers whose methods it calls,
//!   and no others: so people can read from it what it could ever ask for. [`Manifest`] narrows that to columns and folders.
//! - There is no clock but [`Event::at`], no randomness, no network and no state: each call gets a fresh instance.
//! - Guests are built for `wasm32-unknown-unknown`, as a `cdylib`, and link natively too, for their own unit tests. There,
//!   a method that would ask the host panics: keep what you test in functions of plain values.
//!
//! A lean guest starts three times faster than a stock one. Give it a small stack and memory from its own
//! `build.rs` (a dependency cannot do it):
//!
//! ```no_run
//! // In `main` of build.rs:
//! if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
//!     println!("cargo::rustc-link-arg=-zstack-size=32768");
//!     println!("cargo::rustc-link-arg=--initial-memory=131072");
//! }
//! ```

#[cfg(any(test, all(target_family = "wasm", feature = "arena")))]
mod arena;
#[doc(hidden)]
pub mod bindings;
mod decimal;
mod event;
mod export;
mod fields;
pub mod json;
pub mod log;
mod manifest;
mod message;
mod phase;
mod powers;
mod query;
mod settings;
mod value;

pub use bindings::{
    notification::exports::mandate::automation::notification::{Attachment, Content, Message},
    plugin::exports::mandate::automation::plugin::{Columns, Manifest},
    powers::mandate::automation::{
        authority::{Hand, Principal, PrincipalKind, View},
        files::{Entry, Listing},
        files_write::Conflict,
        rows::{Cells, Comparison, Filter, Page, Query, Row},
        types::{Change, CustomRef, Event, Failure, Field, Finding, Problem, RowRef, Scalar, Subject, Value},
    },
};
pub use decimal::Decimal;
pub use fields::{Fields, Record};
pub use json::Json;
pub use phase::{Action, Condition, Notification, Plugin};
pub use powers::Pages;
pub use settings::Settings;

/// The README's example is compiled with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
