//! Roles, memberships of workspaces and rights that come and go, as steps.
//!
//! ```toml
//! [[step]]
//! give_role = "auditor"            # or `take_role`
//! of = "user:ana"
//! workspace = "sales"              # or dataset = "deals"; neither: in the whole site
//! [[step]]
//! add_to_workspace = "sales"       # or `remove_from_workspace`
//! of = "user:ana"
//! [[step]]
//! join_team = "team:emea"          # or `leave_team`
//! of = "user:ana"
//! [[step]]
//! grant = "see-page team:emea"     # over a principal; or `revoke`
//! of = "user:ana"
//! [[step]]
//! revoke = "invoke ping"           # a named operation; or `grant`
//! of = "user:ana"
//! ```

use mandate_model::{PrincipalId, PrincipalKind};
use mandate_policy::{Grant, Right};
use mandate_service::embedded::{PrincipalGrant, PrincipalRight};
use mandate_service::{Holding, Reach};

use super::{RawStep, anyone, known};
use crate::fixture::Fixture;
use crate::known::{listed, no_dataset};

/// Something that a person or team is given or loses.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    /// A right to a dataset.
    Grant(Grant),
    /// A right over a principal.
    Over(PrincipalGrant),
    /// To invoke a named operation.
    Operation(String),
    /// A role.
    Role(Holding),
    /// Being a member of a workspace.
    Member(String),
    /// Being in a team.
    Team(PrincipalId),
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Grant(grant) => write!(f, "grant `{grant}` of their own"),
            Self::Over(grant) => write!(f, "grant `{grant}` of their own"),
            Self::Operation(name) => write!(f, "grant `invoke {name}` of their own"),
            Self::Role(Holding { role, .. }) => write!(f, "role `{role}` of this reach of their own"),
            Self::Team(team) => write!(f, "place of their own in `{team}`"),
            Self::Member(workspace) => write!(f, "membership of `{workspace}` of their own"),
        }
    }
}

/// `read deals`, `see-page team:emea` or `invoke ping`.
pub(super) fn grant(text: &str, fixture: &Fixture) -> Result<Held, String> {
    let (word, on) = text.split_once(' ').ok_or_else(|| format!("`{text}` is no grant such as `read deals`"))?;
    if let Some(right) = PrincipalRight::parse(word) {
        let over = anyone(on, fixture)?;
        right.check_over(&over)?;
        return Ok(Held::Over(PrincipalGrant { right, over }));
    }
    if word == "invoke" {
        return operation(on, fixture);
    }
    let right = Right::parse(word).ok_or_else(|| format!("`{word}` is no right"))?;
    if fixture.seed.schema.dataset(on).is_none() {
        return Err(no_dataset(&fixture.seed.schema, on));
    }
    Ok(Held::Grant(Grant { right, dataset: on.to_owned() }))
}

fn operation(name: &str, fixture: &Fixture) -> Result<Held, String> {
    let operations = &fixture.seed.operations.all;
    if operations.iter().any(|operation| operation.name == name) {
        return Ok(Held::Operation(name.to_owned()));
    }
    let there = listed(operations.iter().map(|operation| operation.name.as_str()));
    Err(format!("there is no operation `{name}`; there are: {there}"))
}

/// A role, in the reach that the step names.
pub(super) fn role(role: &str, raw: &RawStep, fixture: &Fixture) -> Result<Held, String> {
    let reach = match (&raw.workspace, &raw.dataset) {
        (None, None) => Reach::Site,
        (Some(name), None) => Reach::Workspace(workspace(name, fixture)?),
        (None, Some(name)) if fixture.seed.schema.dataset(name).is_some() => Reach::Dataset(name.clone()),
        (None, Some(name)) => return Err(no_dataset(&fixture.seed.schema, name)),
        (Some(_), Some(_)) => return Err("a role holds in a `workspace` or for a `dataset`: name one".to_owned()),
    };
    Ok(Held::Role(Holding { role: role.to_owned(), reach }))
}

/// A workspace that the fixture has.
pub(super) fn workspace(name: &str, fixture: &Fixture) -> Result<String, String> {
    let found = fixture.seed.governance.workspaces.iter().any(|workspace| workspace.id == name);
    if found { Ok(name.to_owned()) } else { Err(format!("`{name}` is not among `workspaces`")) }
}

/// A team that the fixture has.
pub(super) fn team(word: &str, fixture: &Fixture) -> Result<PrincipalId, String> {
    let id = known(word, fixture)?;
    if id.kind() == PrincipalKind::Team { Ok(id) } else { Err(format!("`{id}` is no team")) }
}
