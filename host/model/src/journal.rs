//! The journal: the ordered, labelled record of one part.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Label, Phase};

/// What the host said to a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// In which phase it was asked.
    pub phase: Phase,
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
    /// What the answer depends on. The arguments, being the guest's, depend on everything answered before:
    /// [`labels_before`].
    pub labels: Vec<Label>,
}

/// What the arguments of entry `sequence` depend on: everything that was answered before it. The same holds, with the length
/// of the journal, for what the guest returned in the end.
pub fn labels_before(entries: &[Entry], sequence: usize) -> BTreeSet<Label> {
    entries.iter().take(sequence).flat_map(|entry| entry.labels.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PrincipalId, Resource};

    fn entry(sequence: u32, resource: Resource) -> Entry {
        let principal = PrincipalId::parse("user:ana").unwrap();
        Entry {
            sequence,
            phase: Phase::Condition,
            interface: "rows".to_owned(),
            method: "get".to_owned(),
            arguments: serde_json::Value::Null,
            answer: serde_json::Value::Null,
            verdict: Verdict::Allowed,
            labels: vec![Label { principal, resource }],
        }
    }

    #[test]
    fn arguments_depend_on_every_answer_before_them_and_not_on_their_own() {
        let entries = [entry(0, Resource::Settings), entry(1, Resource::Profile)];
        let resources =
            |sequence| labels_before(&entries, sequence).into_iter().map(|label| label.resource).collect::<Vec<_>>();
        assert_eq!(resources(0), []);
        assert_eq!(resources(1), [Resource::Settings]);
        assert_eq!(resources(2), [Resource::Settings, Resource::Profile]);
    }
}
