//! Named operations of a seed, and who may invoke them.

use std::collections::BTreeSet;

use mandate_model::PrincipalId;

use super::{governance::is_site, unique};
use crate::embedded::{Seed, error::SeedError};

/// Checks operations, and that all that grants name is there; `known` are people and teams.
pub(super) fn check(seed: &Seed, known: &BTreeSet<PrincipalId>) -> Result<(), SeedError> {
    let operations = &seed.operations;
    operations.all.iter().try_for_each(|operation| operation.check().map_err(SeedError::Operation))?;
    unique("operation", operations.all.iter().map(|operation| operation.name.as_str()))?;
    for (principal, name) in &operations.grants {
        if !is_site(seed, principal) && !known.contains(principal) {
            return Err(SeedError::UnknownGrantee(principal.clone()));
        }
        if !operations.all.iter().any(|operation| operation.name == *name) {
            return Err(SeedError::UnknownOperation { principal: principal.clone(), operation: name.clone() });
        }
    }
    Ok(())
}
