//! Managers and members.

use std::collections::BTreeSet;

use mandate_model::{PrincipalId, PrincipalKind};

use super::Step;
use crate::{Happening, Refused, settings::CoOwner};

impl Step<'_> {
    /// All at once, or nothing (ONE-12).
    pub(super) fn share(&mut self, add: &BTreeSet<PrincipalId>, remove: &BTreeSet<PrincipalId>) -> Result<(), Refused> {
        for principal in add {
            self.may_manage(principal)?;
        }
        if let Some(run_as) = remove.iter().find(|principal| self.life.automation.runs_as(principal)) {
            return Err(Refused::IsRunAs(run_as.clone()));
        }
        let (added, removed) = change(&mut self.life.automation.managers, add, remove);
        if !added.is_empty() || !removed.is_empty() {
            self.happened.push(Happening::Shared { added, removed });
        }
        Ok(())
    }

    fn may_manage(&self, principal: &PrincipalId) -> Result<(), Refused> {
        let co_owners = &self.facts.settings.co_owners;
        let listed = match principal.kind() {
            PrincipalKind::User => co_owners.contains(&CoOwner::Users),
            PrincipalKind::Team => co_owners.contains(&CoOwner::Teams),
            PrincipalKind::Site => false,
        };
        if !listed {
            return Err(Refused::NoCoOwners(principal.kind()));
        }
        let member = self.life.automation.members.contains(principal);
        if co_owners.contains(&CoOwner::MembersFirst) && !member {
            return Err(Refused::MembersFirst(principal.clone()));
        }
        Ok(())
    }

    pub(super) fn invite(
        &mut self,
        add: &BTreeSet<PrincipalId>,
        remove: &BTreeSet<PrincipalId>,
    ) -> Result<(), Refused> {
        let members_first = self.facts.settings.co_owners.contains(&CoOwner::MembersFirst);
        let manages = |principal: &&PrincipalId| self.life.automation.managers.contains(principal);
        if let Some(manager) = remove.iter().find(manages).filter(|_| members_first) {
            return Err(Refused::StillManages(manager.clone()));
        }
        let (added, removed) = change(&mut self.life.automation.members, add, remove);
        if !added.is_empty() || !removed.is_empty() {
            self.happened.push(Happening::Invited { added, removed });
        }
        Ok(())
    }
}

/// Adds and removes; who was really added, and who removed. Who is in both is added.
fn change(
    held: &mut BTreeSet<PrincipalId>,
    add: &BTreeSet<PrincipalId>,
    remove: &BTreeSet<PrincipalId>,
) -> (BTreeSet<PrincipalId>, BTreeSet<PrincipalId>) {
    let removed: BTreeSet<_> = remove.difference(add).filter(|principal| held.remove(*principal)).cloned().collect();
    let added = add.iter().filter(|principal| held.insert((*principal).clone())).cloned().collect();
    (added, removed)
}
