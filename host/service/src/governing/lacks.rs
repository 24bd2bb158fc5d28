//! What somebody lacks of declared powers: asked live, and told without the names of what who asks may not know of.

use std::collections::BTreeSet;

use mandate_governance::{Lack, Power};
use mandate_model::PrincipalId;
use mandate_runtime::platform::Unavailable;

use super::facts::{About, Inquiry};
use crate::roles::Roles;

impl Inquiry<'_> {
    /// The declared powers that a principal lacks, and those of which nobody can say now whether they have them: neither lets them
    /// act (A13).
    pub(crate) async fn lacks(&self, principal: &PrincipalId, declared: &BTreeSet<Power>) -> Vec<Lack> {
        let mut lacks = vec![];
        for power in declared {
            match self.roles.holds(principal, power).await {
                Ok(true) => {}
                Ok(false) => lacks.push(Lack::of(principal, power)),
                Err(Unavailable(_)) => lacks.push(Lack::undecided(principal, power)),
            }
        }
        lacks
    }

    /// The declared powers that are gone.
    ///
    /// # Errors
    /// None is known to be gone, and of one nobody can say: nothing runs by it now, and that is no loss (A13).
    pub(crate) async fn lost(
        &self,
        principal: &PrincipalId,
        declared: &BTreeSet<Power>,
    ) -> Result<Vec<Lack>, Unavailable> {
        let (mut lost, mut undecided) = (vec![], None);
        for power in declared {
            match self.roles.holds(principal, power).await {
                Ok(true) => {}
                Ok(false) => lost.push(Lack::of(principal, power)),
                Err(unavailable) => undecided = Some(unavailable),
            }
        }
        undecided.filter(|_| lost.is_empty()).map_or(Ok(lost), Err)
    }

    /// Of what would run, what the principal that it runs as lacks, as far as the viewer may know.
    pub(crate) async fn run_as_lacks(&self, viewer: &PrincipalId, about: &About<'_>) -> Result<Vec<Lack>, Unavailable> {
        let Some(run_as) = &about.automation.run_as else { return Ok(vec![]) };
        let lacks = self.lacks(run_as, &about.declared(&self.governing.settings)).await;
        self.known_to(viewer, lacks).await
    }

    /// [`known_to`].
    pub(crate) async fn known_to(&self, viewer: &PrincipalId, lacks: Vec<Lack>) -> Result<Vec<Lack>, Unavailable> {
        known_to(self.roles, viewer, lacks).await
    }
}

/// Lacks without the names of what the viewer may not know of (A04). However many those are and wherever they stood, one is left
/// for each principal, at the end: neither number nor place says anything of them.
pub(crate) async fn known_to(
    roles: &dyn Roles,
    viewer: &PrincipalId,
    lacks: Vec<Lack>,
) -> Result<Vec<Lack>, Unavailable> {
    let (mut known, mut hidden) = (vec![], BTreeSet::new());
    for lack in lacks {
        let knows = match &lack.power {
            Some(power) => roles.knows(viewer, power).await?,
            None => false,
        };
        if knows {
            known.push(lack);
        } else {
            hidden.insert(lack.principal);
        }
    }
    known.extend(hidden.into_iter().map(Lack::hidden));
    Ok(known)
}
