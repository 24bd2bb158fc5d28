//! A small world, as a fixture gives it.

use std::collections::BTreeMap;

use mandate_model::{Field, PrincipalId, SiteId};
use mandate_policy::{Attribute, DataSchema, Grant};

/// Everything that the embedded platform starts with.
#[derive(Debug, Clone, PartialEq)]
pub struct Seed {
    /// The site.
    pub site: SiteId,
    /// Datasets and attributes of people.
    pub schema: DataSchema,
    /// Cedar row and column policies, as text.
    pub policies: String,
    /// People.
    pub people: Vec<Person>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Who holds which grant.
    pub grants: Vec<(PrincipalId, Grant)>,
    /// Rows.
    pub rows: Vec<SeedRow>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `user:…`
    pub id: PrincipalId,
    /// What they are called.
    pub name: String,
    /// BCP 47.
    pub locale: String,
    /// IANA.
    pub time_zone: String,
    /// Whether they may act or be told anything.
    pub active: bool,
    /// What policies may speak of.
    pub attributes: BTreeMap<String, Attribute>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// `team:…`
    pub id: PrincipalId,
    /// What it is called.
    pub name: String,
    /// People, and teams nested in it.
    pub members: Vec<PrincipalId>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedRow {
    /// Where.
    pub dataset: String,
    /// Its id: 1 to 200 bytes, no control characters, not beginning with the placeholder `new:`.
    pub id: String,
    /// Its cells, with values of the columns' types; columns left out are null.
    pub fields: Vec<Field>,
}
