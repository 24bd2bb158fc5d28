//! Fixtures (a small world to run in), events as files and Markdown specs.
//!
//! Everything here is written by people, so everything that is wrong is reported with file, line and column, all at once, and
//! nothing of a malformed file is loaded.

pub mod changes;
pub mod event;
pub mod fixture;
pub mod folder;
pub mod json;
pub mod problem;
mod rows;
pub mod spec;
pub mod text;

pub use fixture::{Fixture, FixtureAutomation, load_choices};
pub use mandate_model::timestamp;
pub use mandate_service::{cell, known};
pub use problem::{FixtureError, Place, Problem};
pub use text::Text;
