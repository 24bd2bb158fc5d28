//! Where an answer came from. Labels decide later who may see a journal entry. Having none is not being public: what has no label
//! is unknown, and nobody may see it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::PrincipalId;

/// A resource that an answer, or the text derived from it, depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    /// A dataset's columns, as a question: what an empty answer carries.
    Dataset {
        /// The dataset.
        dataset: String,
        /// The columns; empty: those that the principal may see.
        columns: BTreeSet<String>,
    },
    /// Cells of rows.
    Rows {
        /// The dataset.
        dataset: String,
        /// The rows.
        ids: BTreeSet<String>,
        /// The columns; empty: those that the principal may see.
        columns: BTreeSet<String>,
    },
    /// A folder or file.
    Path(String),
    /// A named operation of the platform.
    Operation(String),
    /// The event: what every call of a part is given, and so what its log depends on at least.
    Event,
    /// The automation's settings.
    Settings,
    /// The principal's own profile: who they are, their language and time zone.
    Profile,
}

/// A label: the resource, as one principal saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Label {
    /// As whom it was asked.
    pub principal: PrincipalId,
    /// What was asked about.
    pub resource: Resource,
}

/// Everything that something depends on: at least one label, or unknown.
///
/// Labels are made of labels, never of nothing, and cannot be listed, only judged: [`Labels::all`] says no to the unknown, where a
/// loop over an empty list would say yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeSet<Label>);

impl Labels {
    /// What depends on this alone.
    pub fn of(principal: &PrincipalId, resource: Resource) -> Self {
        Self(BTreeSet::from([Label { principal: principal.clone(), resource }]))
    }

    /// What depends on both. If either is unknown, so is this.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        if self.is_unknown() || other.is_unknown() {
            self.0.clear();
        } else {
            self.0.extend(other.0.iter().cloned());
        }
        self
    }

    /// Whether it was read, from a store or a file, without any label.
    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a viewer may see what depends on these: they may see each, and it is known what they are.
    pub fn all(&self, sees: impl FnMut(&Label) -> bool) -> bool {
        !self.is_unknown() && self.0.iter().all(sees)
    }

    /// Whether all of it was seen as this principal.
    pub fn are_of(&self, principal: &PrincipalId) -> bool {
        self.all(|label| label.principal == *principal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(json: &str) -> Labels {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_has_no_label_is_for_nobody() {
        let ana = PrincipalId::parse("user:ana").unwrap();
        let unknown = labels("[]");
        assert!(!unknown.all(|_| true) && !unknown.are_of(&ana));
        let known = Labels::of(&ana, Resource::Settings);
        assert!(known.all(|_| true) && known.are_of(&ana) && !known.all(|_| false));
        for mixed in [known.clone().and(&unknown), unknown.clone().and(&known)] {
            assert!(mixed.is_unknown(), "what depends on something unknown is unknown");
        }
    }

    #[test]
    fn one_label_of_another_is_enough_to_hide() {
        let [ana, bo] = ["user:ana", "user:bo"].map(|id| PrincipalId::parse(id).unwrap());
        let both = Labels::of(&ana, Resource::Profile).and(&Labels::of(&bo, Resource::Profile));
        assert!(!both.are_of(&ana) && !both.are_of(&bo));
    }

    #[test]
    fn labels_are_stored_as_a_list() {
        let label = r#"[{"principal":"user:ana","resource":{"path":"/reports"}}]"#;
        assert_eq!(serde_json::to_string(&labels(label)).unwrap(), label);
    }
}
