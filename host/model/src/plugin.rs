//! Plugins: uploaded components, named by their bytes, and what they say of themselves.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The sha-256 of an uploaded component, in hex. Two builds of one source are two plugins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PluginDigest(String);

impl PluginDigest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
    }

    /// 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PluginDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

/// An interface that a component may import: what it could ever ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Import {
    /// Plain data; gives nothing.
    Types,
    /// The handles; give nothing by themselves.
    Authority,
    /// Notes in the journal.
    Log,
    /// Read rows.
    Rows,
    /// Change rows.
    RowsWrite,
    /// Read files.
    Files,
    /// Change files.
    FilesWrite,
    /// Named operations of the platform.
    Operations,
}

impl Import {
    /// Every interface there is, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Types,
        Self::Authority,
        Self::Log,
        Self::Rows,
        Self::RowsWrite,
        Self::Files,
        Self::FilesWrite,
        Self::Operations,
    ];

    /// Its name in WIT.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Types => "types",
            Self::Authority => "authority",
            Self::Log => "log",
            Self::Rows => "rows",
            Self::RowsWrite => "rows-write",
            Self::Files => "files",
            Self::FilesWrite => "files-write",
            Self::Operations => "operations",
        }
    }

    /// The interface of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|import| import.as_str() == name)
    }
}

/// Columns of a dataset that a plugin asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// Its name, or `{setting}`: the dataset that the setting names.
    pub dataset: String,
    /// Names or `{setting}`; empty for every column that the principal may see.
    pub columns: Vec<String>,
}

/// What a plugin says of itself, asked once, at upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// What it does.
    pub description: String,
    /// JSON Schema (2020-12) of the settings; empty when there are none.
    pub settings_schema: String,
    /// Columns read.
    pub reads: Vec<Columns>,
    /// Columns written.
    pub writes: Vec<Columns>,
    /// Folder patterns read.
    pub reads_folders: Vec<String>,
    /// Folder patterns written.
    pub writes_folders: Vec<String>,
    /// Operations asked for.
    pub operations: Vec<String>,
}

/// A phase: a call of the guest for one principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Does the event matter to this principal?
    Condition,
    /// Act on a finding, as run_as.
    Action,
    /// Tell one recipient about a finding of theirs.
    Notification,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 3] = [Self::Condition, Self::Action, Self::Notification];

    /// The name of the interface that a guest exports for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Action => "action",
            Self::Notification => "notification",
        }
    }
}
