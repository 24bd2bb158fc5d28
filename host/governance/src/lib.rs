//! The life of an automation: versions, consent, who it runs as, who may do what to it. Pure: facts and verdicts come in as
//! values, and nothing is read or written.
//!
//! The rule that everything here serves: a version runs only while the one principal that it runs as lets exactly that version
//! act for them ([`may_run`]). Only [`apply`] makes new states, and no state that it can reach breaks the rule.
//!
//! Reading order: [`settings`] and [`preset`] (what sites choose), [`Automation`], [`Command`] (what can be asked), [`Facts`]
//! (what must be known for it), `life` (what becomes of it), [`notices`] (who is told).

mod automation;
mod changes;
mod command;
mod facts;
mod footprint;
mod happening;
mod life;
mod may_run;
mod notice;
pub mod preset;
mod refused;
mod rules;
pub mod settings;
mod table;
mod tells;
mod version;

pub use automation::{Automation, Consent, Life, Planted, State};
pub use changes::{Changes, changes};
pub use command::{Acquisition, Ask, Command, Touches};
pub use facts::Facts;
pub use footprint::{Lack, footprint, needs};
pub use happening::Happening;
pub use life::{MAX_NAME, apply, lose};
pub use mandate_model::Power;
pub use may_run::{NotRunning, may_run};
pub use notice::{Audience, Notice, notices, told_of_failure};
pub use preset::{Preset, PresetError, SiteChoices};
pub use refused::Refused;
pub use settings::{Choices, Settings};
pub use table::{Difference, table};
pub use tells::tells;
pub use version::{Version, VersionError};
