//! Workspaces, roles and rights over principals of a seed.

use std::collections::BTreeSet;

use mandate_model::{PrincipalId, PrincipalKind, name::is_role};

use super::{dataset, unique};
use crate::embedded::{Seed, error::SeedError};
use crate::roles::{Holding, Reach};

/// Checks that all that is named is there; `known` are people and teams.
pub(super) fn check(seed: &Seed, known: &BTreeSet<PrincipalId>) -> Result<(), SeedError> {
    let governance = &seed.governance;
    unique("workspace", governance.workspaces.iter().map(|workspace| workspace.id.as_str()))?;
    for workspace in &governance.workspaces {
        let what = || format!("a member of the workspace `{}`", workspace.id);
        workspace.members.iter().try_for_each(|member| holder(member, known, what))?;
    }
    for (principal, holding) in &governance.roles {
        holder(principal, known, || format!("a holder of the role `{}`", holding.role))?;
        role(seed, principal, holding)?;
    }
    for (principal, grant) in &governance.principal_grants {
        holder(principal, known, || format!("a holder of `{grant}`"))?;
        let over = &grant.over;
        if !known.contains(over) && !is_site(seed, over) {
            return Err(SeedError::UnknownOver(grant.clone()));
        }
        grant.right.check_over(over).map_err(SeedError::PrincipalRight)?;
    }
    for (name, place) in &governance.places {
        let what = || format!("the place of `{name}`");
        dataset(&seed.schema, name, what)?;
        workspace(seed, place, what)?;
    }
    Ok(())
}

/// Whether it is the site of the seed.
pub(super) fn is_site(seed: &Seed, principal: &PrincipalId) -> bool {
    principal.kind() == PrincipalKind::Site && principal.name() == seed.site.as_str()
}

fn role(seed: &Seed, principal: &PrincipalId, holding: &Holding) -> Result<(), SeedError> {
    if !is_role(&holding.role) {
        return Err(SeedError::Role(holding.role.clone()));
    }
    let what = || format!("the role `{}` of `{principal}`", holding.role);
    match &holding.reach {
        Reach::Site => Ok(()),
        Reach::Workspace(name) => workspace(seed, name, what),
        Reach::Dataset(name) => dataset(&seed.schema, name, what).map(|_| ()),
    }
}

/// People and teams hold things; a site does not.
fn holder(principal: &PrincipalId, known: &BTreeSet<PrincipalId>, what: impl Fn() -> String) -> Result<(), SeedError> {
    let unknown = || SeedError::UnknownHolder { principal: principal.clone(), what: what() };
    known.contains(principal).then_some(()).ok_or_else(unknown)
}

fn workspace(seed: &Seed, name: &str, what: impl Fn() -> String) -> Result<(), SeedError> {
    let found = seed.governance.workspaces.iter().any(|workspace| workspace.id == name);
    found.then_some(()).ok_or_else(|| SeedError::UnknownWorkspace { what: what(), workspace: name.to_owned() })
}
