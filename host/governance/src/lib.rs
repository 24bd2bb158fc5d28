//! The life of an automation: versions, consent, who it runs as. Pure: facts come in as values, and nothing is read or written.
//!
//! The rule that everything here serves: a version runs only while the one principal that it runs as lets exactly that version
//! act for them ([`may_run`]). Only [`apply`] makes new states, and no state that it can reach breaks the rule.

mod automation;
mod command;
mod life;
mod may_run;
mod version;

pub use automation::{Automation, Consent, Life, State};
pub use command::{Command, Happening, Refused};
pub use life::apply;
pub use may_run::{NotRunning, may_run};
pub use version::{Version, VersionError};
