//! Events: identities only (what changed, where, when), never content. Content is read through a view.

use serde::{Deserialize, Serialize};

use crate::{EventId, Field, Secret, SiteId};

/// What happened to the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not there before.
    Added,
    /// It is another than before.
    Updated,
    /// It is gone.
    Removed,
    /// A schedule came due.
    Due,
    /// Somebody asked for a run now.
    Manual,
    /// An event of the platform's own type.
    Other,
}

/// A row of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowRef {
    /// The dataset.
    pub dataset: String,
    /// The row's id.
    pub id: String,
}

/// An event of the platform's own type, about a row or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomRef {
    /// The platform's name for it.
    pub event_type: String,
    /// The row that it is about.
    pub about: Option<RowRef>,
    /// The file that it is about.
    pub file: Option<String>,
}

/// What an event is about: an identity, never content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A row of a dataset.
    Row(RowRef),
    /// A file, by its path.
    File(String),
    /// The schedule that came due.
    Schedule(String),
    /// An event of the platform's own type.
    Custom(CustomRef),
}

/// Something happened, as a guest is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Derived from (site, source, id): says nothing about the source.
    pub id: EventId,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What happened.
    pub change: Change,
    /// To what.
    pub subject: Subject,
}

/// Something happened, as the platform tells the host: an [`Event`] and what only the host may know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// Where it happened.
    pub site: SiteId,
    /// Who says so (CloudEvents `source`).
    pub source: String,
    /// The source's id for it: (site, source, id) is accepted once.
    pub id: String,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What happened.
    pub change: Change,
    /// To what.
    pub subject: Subject,
    /// For an update, the columns that changed. `None`: the platform cannot say, and the update is an event only for who may
    /// see every column.
    pub changed: Option<Vec<String>>,
    /// For a removal, the row as it last was. `None`: nobody but the act part can be told.
    pub image: Option<Vec<Field>>,
    /// The key (`run/part/sequence`) of the effect that made it happen; `None`: no automation did.
    #[serde(default)]
    pub cause: Option<String>,
}

impl Occurrence {
    /// What a guest is told of it.
    pub fn event(&self, secret: &Secret) -> Event {
        let id = secret.id("event", &[self.site.as_str(), &self.source, &self.id]);
        Event { id: EventId::from_bytes(id), at: self.at, change: self.change, subject: self.subject.clone() }
    }

    /// The row that it is about, if it is about one.
    pub fn row(&self) -> Option<&RowRef> {
        match &self.subject {
            Subject::Row(row) => Some(row),
            Subject::Custom(custom) => custom.about.as_ref(),
            Subject::File(_) | Subject::Schedule(_) => None,
        }
    }
}
