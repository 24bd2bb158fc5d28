//! Rights, as Cedar actions of the same names.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What one may do with rows of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// See rows.
    Read,
    /// Add rows.
    Create,
    /// Change rows.
    Update,
    /// Remove rows.
    Remove,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 4] = [Self::Read, Self::Create, Self::Update, Self::Remove];

    /// The Cedar action and the word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Remove => "remove",
        }
    }

    /// The right of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.as_str() == text)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one may do with a column of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnRight {
    /// See its cells.
    ReadColumn,
    /// Set its cells.
    UpdateColumn,
}

impl ColumnRight {
    /// The Cedar action.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadColumn => "read-column",
            Self::UpdateColumn => "update-column",
        }
    }
}

/// A right on a dataset, held by a principal or by a team that it is in, however deep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// What.
    pub right: Right,
    /// On which dataset.
    pub dataset: String,
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.right, self.dataset)
    }
}
