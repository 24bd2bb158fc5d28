//! What policies can speak about: datasets with typed columns, and attributes of people. Becomes a Cedar schema.

use serde::{Deserialize, Serialize};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// `Bool` in Cedar.
    Boolean,
    /// `Long` in Cedar.
    Integer,
    /// A float: no part of a policy.
    Number,
    /// `Long` in Cedar, in units of the last digit: `decimal(2)` 12.50 is 1250.
    Decimal(u8),
    /// `String` in Cedar.
    Text,
    /// `Long` in Cedar: microseconds since 1970-01-01T00:00:00Z.
    Timestamp,
    /// No part of a policy.
    Bytes,
    /// `User` in Cedar; `user:ana` as a cell.
    User,
    /// `Team` in Cedar; `team:emea` as a cell.
    Team,
}

impl ColumnType {
    /// Whether policies may speak of such a column.
    pub fn in_policies(self) -> bool {
        !matches!(self, Self::Number | Self::Bytes)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnDef {
    /// A [name](mandate_model::name::is_name).
    pub name: String,
    /// What it holds.
    pub column_type: ColumnType,
    /// Whether a cell may be null. In Cedar: an optional attribute, absent when null, so a policy must ask `has` first.
    pub nullable: bool,
}

/// A dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetDef {
    /// A [name](mandate_model::name::is_name); the Cedar entity type of its rows.
    pub name: String,
    /// In order.
    pub columns: Vec<ColumnDef>,
    /// Whether an update is an event for who sees the row even if they see none of the changed columns. A declassification:
    /// it tells them that something changed.
    pub any_change: bool,
}

impl DatasetDef {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The type of a person's attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeType {
    /// `Bool` in Cedar.
    Boolean,
    /// `Long` in Cedar.
    Integer,
    /// `String` in Cedar.
    Text,
}

/// An attribute of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeDef {
    /// A [name](mandate_model::name::is_name).
    pub name: String,
    /// What it holds.
    pub attribute_type: AttributeType,
    /// Whether a person may lack it; a policy must then ask `has` first.
    pub optional: bool,
}

/// Everything that policies can speak about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSchema {
    /// The datasets.
    pub datasets: Vec<DatasetDef>,
    /// Attributes of people.
    pub attributes: Vec<AttributeDef>,
}

impl DataSchema {
    /// The dataset of that name.
    pub fn dataset(&self, name: &str) -> Option<&DatasetDef> {
        self.datasets.iter().find(|dataset| dataset.name == name)
    }
}
