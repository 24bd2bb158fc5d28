//! Where an answer came from. Labels decide later who may see a journal entry; an unknown label is hidden.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

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
        /// The columns.
        columns: BTreeSet<String>,
    },
    /// A folder or file.
    Path(String),
    /// The automation's settings.
    Settings,
    /// The principal's own profile: who they are, their language and time zone.
    Profile,
}

/// A label: the resource, as one principal saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Label {
    /// As whom it was asked.
    pub principal: crate::PrincipalId,
    /// What was asked about.
    pub resource: Resource,
}
