//! The journal: the ordered, labelled record of one part.

use serde::{Deserialize, Serialize};

use crate::{Labels, Phase, PrincipalId, Resource};

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
    /// A limit on the log was reached; the guest is not told, and its part goes on.
    Log(Shortened),
}

/// What became of a line of the log that is past a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shortened {
    /// It had too many bytes: only its beginning is kept.
    Cut,
    /// There were too many lines: nothing of this one and of those after it is kept.
    Dropped,
}

impl Shortened {
    /// The word for it, the same in store, JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Dropped => "dropped",
        }
    }
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
    /// What the answer depends on; of a refusal, a staged effect and a line of the log: what it was about. The arguments, being
    /// the guest's, depend on everything answered before as well: [`labels_before`].
    pub labels: Labels,
}

/// What the arguments of entry `sequence` depend on: the event that `principal` was called with, and everything that was answered
/// before. The same holds, with the length of the journal, for what the guest returned in the end.
pub fn labels_before(principal: &PrincipalId, entries: &[Entry], sequence: usize) -> Labels {
    let given = Labels::of(principal, Resource::Event);
    entries.iter().take(sequence).fold(given, |labels, entry| labels.and(&entry.labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> PrincipalId {
        PrincipalId::parse("user:ana").unwrap()
    }

    fn entry(sequence: u32, resource: Resource) -> Entry {
        Entry {
            sequence,
            phase: Phase::Condition,
            interface: "rows".to_owned(),
            method: "get".to_owned(),
            arguments: serde_json::Value::Null,
            answer: serde_json::Value::Null,
            verdict: Verdict::Allowed,
            labels: Labels::of(&ana(), resource),
        }
    }

    #[test]
    fn arguments_depend_on_the_event_and_every_answer_before_them_and_not_on_their_own() {
        let entries = [entry(0, Resource::Settings), entry(1, Resource::Profile)];
        let mut expected = Labels::of(&ana(), Resource::Event);
        for (sequence, next) in [Resource::Settings, Resource::Profile, Resource::Event].into_iter().enumerate() {
            assert_eq!(labels_before(&ana(), &entries, sequence), expected);
            expected = expected.and(&Labels::of(&ana(), next));
        }
    }

    #[test]
    fn after_an_answer_without_labels_everything_is_unknown() {
        let mut entries = [entry(0, Resource::Settings), entry(1, Resource::Profile)];
        entries[0].labels = serde_json::from_str("[]").unwrap();
        assert!(!labels_before(&ana(), &entries, 0).is_unknown());
        assert!(labels_before(&ana(), &entries, 1).is_unknown() && labels_before(&ana(), &entries, 2).is_unknown());
    }

    #[test]
    fn verdicts_are_words_in_json() {
        let json = |verdict| serde_json::to_string(&verdict).unwrap();
        assert_eq!(json(Verdict::Log(Shortened::Dropped)), r#"{"verdict":"log","reason":"dropped"}"#);
        assert_eq!(json(Verdict::Log(Shortened::Cut)), r#"{"verdict":"log","reason":"cut"}"#);
        assert_eq!(json(Verdict::Limit("x".to_owned())), r#"{"verdict":"limit","reason":"x"}"#);
        for shortened in [Shortened::Cut, Shortened::Dropped] {
            assert_eq!(serde_json::to_value(shortened).unwrap(), shortened.as_str());
        }
    }
}
