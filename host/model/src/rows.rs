//! Questions about rows and their answers, as `rows.wit` has them.

use serde::{Deserialize, Serialize};

use crate::{Field, Value};

/// Most rows of one page.
pub const MAX_PAGE: u32 = 1000;

/// Bytes of one answer: the most that the embedded platform gives, and what a part takes unless its limits say otherwise.
pub const MAX_ANSWER: usize = 1 << 20;

/// Bytes of one cell. There is no limit for a whole row: who may set one column would learn from it how large the hidden ones are.
pub const MAX_CELL: usize = 64 << 10;

/// How a cell is compared with a value of the column's type; null matches `equal` to null only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// The same.
    Equal,
    /// Another.
    NotEqual,
    /// Below.
    Less,
    /// Below or the same.
    AtMost,
    /// Above.
    Greater,
    /// Above or the same.
    AtLeast,
    /// Part of a text, case-sensitive.
    Contains,
    /// Among the items of a list.
    OneOf,
    /// A kind that this version of the contract does not know.
    Other,
}

/// One condition on a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// The column.
    pub field: String,
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub value: Value,
}

/// What to find.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// The columns wanted, in this order; empty for all that the principal may see.
    pub columns: Vec<String>,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// A column to order by; then by id.
    pub order_by: Option<String>,
    /// Highest first.
    pub descending: bool,
    /// 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Column names, once.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Cells>,
    /// Absent on the last page.
    pub next: Option<String>,
}

/// A row of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cells {
    /// The row's id.
    pub id: String,
    /// Changes when, and only when, a cell that the principal may see changes.
    pub revision: String,
    /// One for each of the page's columns.
    pub values: Vec<Value>,
}

/// One row, by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The row's id.
    pub id: String,
    /// Changes when, and only when, a cell that the principal may see changes.
    pub revision: String,
    /// Only columns that the principal may see, in the dataset's order.
    pub fields: Vec<Field>,
}
