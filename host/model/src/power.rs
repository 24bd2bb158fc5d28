//! One declared power: what a version asks for, one thing at a time.

use serde::{Deserialize, Serialize};

/// One declared power.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    /// To read a dataset at all.
    Read {
        /// The dataset.
        dataset: String,
    },
    /// To read a column.
    ReadColumn {
        /// The dataset.
        dataset: String,
        /// The column.
        column: String,
    },
    /// To change rows of a dataset at all.
    Write {
        /// The dataset.
        dataset: String,
    },
    /// To set cells of a column.
    WriteColumn {
        /// The dataset.
        dataset: String,
        /// The column.
        column: String,
    },
    /// To read files in folders of this pattern.
    ReadFolder {
        /// The pattern.
        pattern: String,
    },
    /// To write files in folders of this pattern.
    WriteFolder {
        /// The pattern.
        pattern: String,
    },
    /// To invoke an operation.
    Operation {
        /// Its name.
        name: String,
    },
}

impl Power {
    /// The dataset, folder pattern or operation that it is about.
    pub fn resource(&self) -> &str {
        match self {
            Self::Read { dataset }
            | Self::ReadColumn { dataset, .. }
            | Self::Write { dataset }
            | Self::WriteColumn { dataset, .. } => dataset,
            Self::ReadFolder { pattern } | Self::WriteFolder { pattern } => pattern,
            Self::Operation { name } => name,
        }
    }

    /// The power over the whole dataset, for one over a column of it.
    #[must_use]
    pub fn whole(&self) -> Self {
        match self {
            Self::ReadColumn { dataset, .. } => Self::Read { dataset: dataset.clone() },
            Self::WriteColumn { dataset, .. } => Self::Write { dataset: dataset.clone() },
            other => other.clone(),
        }
    }

    /// Whether it changes anything.
    pub fn changes(&self) -> bool {
        matches!(
            self,
            Self::Write { .. } | Self::WriteColumn { .. } | Self::WriteFolder { .. } | Self::Operation { .. }
        )
    }
}

impl std::fmt::Display for Power {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read { dataset } => write!(f, "read `{dataset}`"),
            Self::ReadColumn { dataset, column } => write!(f, "read the column `{column}` of `{dataset}`"),
            Self::Write { dataset } => write!(f, "change `{dataset}`"),
            Self::WriteColumn { dataset, column } => write!(f, "set the column `{column}` of `{dataset}`"),
            Self::ReadFolder { pattern } => write!(f, "read the folder `{pattern}`"),
            Self::WriteFolder { pattern } => write!(f, "write the folder `{pattern}`"),
            Self::Operation { name } => write!(f, "invoke `{name}`"),
        }
    }
}
