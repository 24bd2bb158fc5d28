//! What a condition found.

use serde::{Deserialize, Serialize};

use crate::Field;

/// A finding; it reaches only later phases of the same principal's part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Equal keys of one event are the same finding.
    pub key: String,
    /// One line about it.
    pub summary: String,
    /// What later phases need.
    pub data: Vec<Field>,
}
