//! Row and column policies of a platform's data.

use std::collections::BTreeMap;

use mandate_model::Value;

use crate::{ColumnRight, DataSchema, Decision, Facts, Predicate, Right, Undecidable};

/// What is wrong with a policy file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct PolicyError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What, and what to do.
    pub message: String,
}

/// Validated row and column policies.
#[derive(Debug, Clone)]
pub struct DataPolicies {}

impl DataPolicies {
    /// Parses and strictly validates Cedar policies against the schema. All that is wrong, in order; nothing is loaded then.
    pub fn load(_schema: &DataSchema, _policies: &str) -> Result<Self, Vec<PolicyError>> {
        unimplemented!()
    }

    /// The rows of `dataset` that the principal has `right` on. `Ok(None)`: the residual is beyond [`Predicate`]; ask
    /// [`DataPolicies::row`] for each row.
    pub fn rows(&self, _facts: &Facts, _right: Right, _dataset: &str) -> Result<Option<Predicate>, Undecidable> {
        unimplemented!()
    }

    /// Whether the principal has `right` on one row with these cells.
    pub fn row(
        &self,
        _facts: &Facts,
        _right: Right,
        _dataset: &str,
        _id: &str,
        _cells: &BTreeMap<String, Value>,
    ) -> Decision {
        unimplemented!()
    }

    /// Whether the principal has `right` on a column. An unknown column is denied like a hidden one.
    pub fn column(&self, _facts: &Facts, _right: ColumnRight, _dataset: &str, _column: &str) -> Decision {
        unimplemented!()
    }
}
