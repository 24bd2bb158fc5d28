//! A small world, as a fixture gives it.

use std::collections::BTreeMap;

use mandate_model::{Field, PrincipalId, SiteId};
use mandate_policy::{Attribute, DataSchema, Grant};

use super::PrincipalGrant;
use crate::{mail::MailAddress, operations::Operation, roles::Holding, webhook::Webhook};

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
    /// Who governs automations, and where; empty unless said.
    pub governance: GovernanceSeed,
    /// What it can be asked to do besides; nothing unless said.
    pub operations: OperationsSeed,
}

/// Named operations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OperationsSeed {
    /// Operations, each once.
    pub all: Vec<Operation>,
    /// Who may invoke which: people, teams and the site.
    pub grants: Vec<(PrincipalId, String)>,
}

/// Workspaces, roles, and rights over principals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GovernanceSeed {
    /// Workspaces.
    pub workspaces: Vec<Workspace>,
    /// Who has which role: people and teams.
    pub roles: Vec<(PrincipalId, Holding)>,
    /// Who has which right over a principal: people and teams.
    pub principal_grants: Vec<(PrincipalId, PrincipalGrant)>,
    /// The workspace that a dataset lies in; a dataset that is not named lies in none.
    pub places: BTreeMap<String, String>,
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its name within the site, such as `sales`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whether everyone of the site may look in.
    pub open: bool,
    /// People, and teams whose people are members.
    pub members: Vec<PrincipalId>,
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
    /// Where they are reached beside their inbox.
    pub contact: ContactSeed,
}

/// Where a person is reached beside their inbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactSeed {
    /// Where they get mail.
    pub mail: Option<MailAddress>,
    /// Where they get requests.
    pub webhook: Option<Webhook>,
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
