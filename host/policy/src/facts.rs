//! What a decision needs to know of one principal: a slice, never the whole directory.

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::PrincipalId;
use serde::{Deserialize, Serialize};

use crate::Grant;

/// An attribute's value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Attribute {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
}

/// A principal, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Who.
    pub id: PrincipalId,
    /// A person's attributes; empty for teams and sites.
    pub attributes: BTreeMap<String, Attribute>,
    /// Every team that it is in, however deep.
    pub teams: BTreeSet<PrincipalId>,
    /// Grants made to it or to any of these teams.
    pub grants: BTreeSet<Grant>,
}
