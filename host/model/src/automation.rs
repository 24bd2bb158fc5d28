//! What an automation listens to, whom it tells, and who may see it.

use serde::{Deserialize, Serialize};

use crate::{Change, Occurrence, PrincipalId, RowFilter, Subject};

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
        /// What the row must be like, judged for each person by what they see. All must hold.
        #[serde(rename = "where", default, skip_serializing_if = "Vec::is_empty")]
        only: Vec<RowFilter>,
        /// Whether it also listens to what came of its own effects.
        #[serde(default, skip_serializing_if = "is_false")]
        own_effects: bool,
    },
    /// A time of day, week, month or year.
    Schedule {
        /// Minute, hour, day of the month, month, day of the week: `0 9 * * MON`.
        cron: String,
        /// Whose clocks: an IANA name such as `Europe/Paris`.
        #[serde(default = "utc")]
        time_zone: String,
    },
    /// Events of the platform's own type.
    Event {
        /// The type, such as `com.acme.order.paid`.
        #[serde(rename = "type")]
        event_type: String,
        /// Whether it also listens to what came of its own effects.
        #[serde(default, skip_serializing_if = "is_false")]
        own_effects: bool,
    },
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn utc() -> String {
    "UTC".to_owned()
}

impl Trigger {
    /// These changes of rows of a dataset, in whatever columns, whatever the rows are like.
    pub fn rows(dataset: impl Into<String>, change: impl Into<Vec<Change>>) -> Self {
        Self::Row { dataset: dataset.into(), change: change.into(), columns: vec![], only: vec![], own_effects: false }
    }

    /// The dataset that it listens to, if it listens to rows.
    pub fn dataset(&self) -> Option<&str> {
        match self {
            Self::Row { dataset, .. } => Some(dataset),
            Self::Schedule { .. } | Self::Event { .. } => None,
        }
    }

    /// What a row must be like, for each person: empty where anything will do.
    pub fn only(&self) -> &[RowFilter] {
        match self {
            Self::Row { only, .. } => only,
            Self::Schedule { .. } | Self::Event { .. } => &[],
        }
    }

    /// Whether it also listens to what came of its own effects. Without that, none can go round in a circle.
    pub fn hears_own_effects(&self) -> bool {
        match self {
            Self::Row { own_effects, .. } | Self::Event { own_effects, .. } => *own_effects,
            Self::Schedule { .. } => false,
        }
    }

    /// Whether an occurrence is one that it listens to. Values are never looked at: that would tell about hidden columns. A
    /// schedule listens to nothing: the host knows itself when it is due.
    pub fn matches(&self, occurrence: &Occurrence) -> bool {
        match (self, &occurrence.subject) {
            (Self::Row { dataset, change, columns, .. }, Subject::Row(row)) => {
                let touched = match (&occurrence.changed, occurrence.change) {
                    (Some(changed), Change::Updated) if !columns.is_empty() => {
                        changed.iter().any(|column| columns.contains(column))
                    }
                    _ => true,
                };
                row.dataset == *dataset && change.contains(&occurrence.change) && touched
            }
            (Self::Event { event_type, .. }, Subject::Custom(custom)) => {
                occurrence.change == Change::Other && custom.event_type == *event_type
            }
            _ => false,
        }
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
    use crate::{CustomRef, RowRef, SiteId};

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
            only: vec![],
            own_effects: false,
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
    fn a_custom_event_is_heard_by_its_type_and_a_schedule_hears_nothing() {
        let paid = Trigger::Event { event_type: "com.acme.paid".to_owned(), own_effects: false };
        let mut occurrence = occurrence(Change::Other, None);
        assert!(!paid.matches(&occurrence) && !trigger(&[]).matches(&occurrence));
        let custom = |name: &str| Subject::Custom(CustomRef { event_type: name.to_owned(), about: None, file: None });
        occurrence.subject = custom("com.acme.paid");
        assert!(paid.matches(&occurrence));
        occurrence.subject = custom("com.acme.paid.back");
        assert!(!paid.matches(&occurrence));
        occurrence.subject = custom("com.acme.paid");
        occurrence.change = Change::Manual;
        assert!(!paid.matches(&occurrence), "a run by hand is of one automation alone");
        let daily = Trigger::Schedule { cron: "0 9 * * *".to_owned(), time_zone: "UTC".to_owned() };
        occurrence.subject = Subject::Schedule("0 9 * * *".to_owned());
        occurrence.change = Change::Due;
        assert!(!daily.matches(&occurrence));
    }

    #[test]
    fn triggers_are_written_in_one_form_and_what_is_not_said_is_not_stored() {
        let plain = r#"{"on":"row","dataset":"deals","change":["added"],"columns":[]}"#;
        assert_eq!(serde_json::to_string(&Trigger::rows("deals", [Change::Added])).unwrap(), plain);
        for text in [
            plain,
            r#"{"on":"row","dataset":"deals","change":["added"],"columns":[],"where":[{"column":"a","is":"equal"}],"own_effects":true}"#,
            r#"{"on":"schedule","cron":"0 9 * * *","time_zone":"Europe/Paris"}"#,
            r#"{"on":"event","type":"com.acme.paid"}"#,
        ] {
            let read: Trigger = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        let default: Trigger = serde_json::from_str(r#"{"on":"schedule","cron":"0 9 * * *"}"#).unwrap();
        assert_eq!(default, Trigger::Schedule { cron: "0 9 * * *".to_owned(), time_zone: "UTC".to_owned() });
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
