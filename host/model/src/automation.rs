//! What an automation listens to, whom it tells, and who may see it.

use serde::{Deserialize, Serialize};

use crate::{Change, Occurrence, PrincipalId, Subject};

/// What an automation listens to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "on", deny_unknown_fields)]
pub enum Trigger {
    /// Rows of a dataset.
    Row {
        /// The dataset.
        dataset: String,
        /// Which changes.
        change: Vec<Change>,
        /// For updates, the columns of which one must have changed; empty: any.
        #[serde(default)]
        columns: Vec<String>,
    },
}

impl Trigger {
    /// Whether an occurrence is one that it listens to. Values are never looked at: that would tell about hidden columns. What an
    /// automation caused starts none, so that none can go round in circles.
    pub fn matches(&self, occurrence: &Occurrence) -> bool {
        if occurrence.cause.is_some() {
            return false;
        }
        let Self::Row { dataset, change, columns } = self;
        let Subject::Row(row) = &occurrence.subject else { return false };
        let touched = match (&occurrence.changed, occurrence.change) {
            (Some(changed), Change::Updated) if !columns.is_empty() => {
                changed.iter().any(|column| columns.contains(column))
            }
            _ => true,
        };
        row.dataset == *dataset && change.contains(&occurrence.change) && touched
    }
}

/// Who may see an automation besides those who manage it. Both kinds are governed alike otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutomationKind {
    /// Who was invited.
    #[default]
    Private,
    /// Everyone in its workspace; everyone in the account if that is open.
    Main,
}

/// Whom an automation tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Recipient {
    /// `user:ana`, or `team:emea`: its people, nested teams flattened, each once.
    Principal(PrincipalId),
    /// `column:owner`: the person named in that column of the row, read as run_as.
    Column(String),
}

impl Recipient {
    /// A recipient as it is written.
    pub fn parse(text: &str) -> Result<Self, crate::id::IdError> {
        match text.strip_prefix("column:") {
            Some(column) if crate::name::is_name(column) => Ok(Self::Column(column.to_owned())),
            Some(_) => {
                Err(crate::id::IdError { text: text.to_owned(), expected: "a recipient such as `column:seller`" })
            }
            None => PrincipalId::parse(text).map(Self::Principal),
        }
    }
}

impl TryFrom<String> for Recipient {
    type Error = crate::id::IdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> String {
        recipient.to_string()
    }
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Principal(id) => id.fmt(f),
            Self::Column(column) => write!(f, "column:{column}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RowRef, SiteId};

    fn occurrence(change: Change, changed: Option<&[&str]>) -> Occurrence {
        Occurrence {
            site: SiteId::parse("acme").unwrap(),
            source: "test".to_owned(),
            id: "1".to_owned(),
            at: 0,
            change,
            subject: Subject::Row(RowRef { dataset: "deals".to_owned(), id: "1".to_owned() }),
            changed: changed.map(|columns| columns.iter().map(|column| (*column).to_owned()).collect()),
            image: None,
            cause: None,
        }
    }

    fn trigger(columns: &[&str]) -> Trigger {
        Trigger::Row {
            dataset: "deals".to_owned(),
            change: vec![Change::Added, Change::Updated],
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        }
    }

    #[test]
    fn a_trigger_looks_at_dataset_change_and_columns() {
        assert!(trigger(&[]).matches(&occurrence(Change::Updated, Some(&["amount"]))));
        assert!(trigger(&["amount"]).matches(&occurrence(Change::Updated, Some(&["amount", "status"]))));
        assert!(!trigger(&["amount"]).matches(&occurrence(Change::Updated, Some(&["status"]))));
        assert!(trigger(&["amount"]).matches(&occurrence(Change::Updated, None)), "unknown columns may be these");
        assert!(trigger(&["amount"]).matches(&occurrence(Change::Added, None)));
        assert!(!trigger(&[]).matches(&occurrence(Change::Removed, None)));
        let mut other = occurrence(Change::Added, None);
        other.subject = Subject::Row(RowRef { dataset: "other".to_owned(), id: "1".to_owned() });
        assert!(!trigger(&[]).matches(&other));
    }

    #[test]
    fn what_an_automation_caused_starts_none() {
        let mut caused = occurrence(Change::Updated, Some(&["amount"]));
        caused.cause = Some("run_1/act/0".to_owned());
        assert!(!trigger(&[]).matches(&caused));
    }

    #[test]
    fn recipients_have_one_form() {
        for text in ["user:ana", "team:emea", "column:owner"] {
            assert_eq!(Recipient::parse(text).map(|recipient| recipient.to_string()).as_deref(), Ok(text));
        }
        for bad in ["ana", "column:Owner", "column:", "everyone"] {
            assert!(Recipient::parse(bad).is_err(), "{bad}");
        }
    }
}
