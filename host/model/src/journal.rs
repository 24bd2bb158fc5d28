//! The journal: the ordered, labelled record of one part.

use serde::{Deserialize, Serialize};

use crate::Label;

/// What the host said to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "reason")]
pub enum Verdict {
    /// Answered, or staged.
    Allowed,
    /// Denied, with the reason that the guest was not told.
    Denied(String),
    /// The arguments were wrong.
    Invalid(String),
    /// A limit was reached.
    Limit(String),
    /// The platform could not answer.
    Unavailable(String),
}

/// One call of a guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// From 0, within the part.
    pub sequence: u32,
    /// The WIT interface, such as `rows`.
    pub interface: String,
    /// The function, such as `find`.
    pub method: String,
    /// What was asked, as JSON.
    pub arguments: serde_json::Value,
    /// What was answered, as JSON; null when it was not.
    pub answer: serde_json::Value,
    /// What the host said.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What the answer depends on; for text that the guest derived (a log line, an effect), everything answered before it.
    pub labels: Vec<Label>,
}
