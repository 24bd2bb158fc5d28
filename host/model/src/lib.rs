//! The vocabulary of Mandate as types: ids, principals, events, values, powers, findings, effects, messages, journal entries.
//!
//! Nothing here does anything: no I/O, no clock, no policy. Every other crate speaks in these words, and they are the same
//! words as in `wit/`, in the store and on the command line.

pub mod automation;
pub mod decimal;
pub mod effect;
pub mod event;
pub mod failure;
pub mod finding;
mod hex;
pub mod id;
pub mod journal;
pub mod label;
pub mod message;
pub mod name;
pub mod outcome;
pub mod plugin;
pub mod power;
pub mod powers;
pub mod principal;
pub mod row_filter;
pub mod rows;
pub mod secret;
pub mod timestamp;
pub mod value;

pub use automation::{AutomationKind, Recipient, Trigger};
pub use decimal::Decimal;
pub use effect::Effect;
pub use event::{Change, CustomRef, Event, Occurrence, RowRef, Subject};
pub use failure::Failure;
pub use finding::Finding;
pub use id::{AutomationId, EventId, RunId, SiteId, VersionId};
pub use journal::{Entry, Shortened, Verdict};
pub use label::{Label, Labels, Resource};
pub use message::{Attachment, Content, Message};
pub use outcome::{Cause, Outcome};
pub use plugin::{Columns, Import, Manifest, Phase, PluginDigest};
pub use power::Power;
pub use powers::{ColumnSet, Powers};
pub use principal::{Principal, PrincipalId, PrincipalKind};
pub use row_filter::{Operand, RowFilter};
pub use rows::{Cells, Comparison, Filter, Page, Query, Row};
pub use secret::Secret;
pub use value::{Field, Scalar, Value};
