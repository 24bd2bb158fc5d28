//! Everything that a person has to do with: what runs as them, what they manage, what reads as them.

use std::collections::BTreeSet;

use mandate_governance::{Life, Version};
use mandate_model::{AutomationId, PrincipalId, Recipient};

use super::decisions::Known;
use crate::{error::Result, service::Service};

/// The automations that concern a person, none of them deleted, each list in order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// What runs as them, in whatever state.
    pub runs_as: Vec<Life>,
    /// What they manage, with who is named: themself, or a team of theirs.
    pub manages: Vec<(Life, PrincipalId)>,
    /// What tells them, with who is named: themself, or a team of theirs. It is evaluated as them.
    pub reads_as: Vec<(Life, PrincipalId)>,
    /// What tells whom a column of a row names, and does not name them: it is evaluated as them too once a row does.
    pub may_read_as: Vec<Life>,
}

impl Service {
    /// What concerns `person`, as far as `viewer` may see the automations (VEN-22); `None`: the operator. Somebody unknown has an
    /// empty one.
    pub async fn inventory(&self, person: &PrincipalId, viewer: Option<&PrincipalId>) -> Result<Inventory> {
        let Some(standing) = self.host().roles.standing(person).await? else { return Ok(Inventory::default()) };
        let visible: Option<BTreeSet<AutomationId>> = match viewer {
            Some(viewer) => Some(self.all_visible(viewer).await?),
            None => None,
        };
        let mut known = self.known(&standing.site).await?;
        known.retain(|(life, _)| visible.as_ref().is_none_or(|visible| visible.contains(&life.automation.id)));
        let runs_as = known.iter().map(|(life, _)| life).filter(|life| life.automation.runs_as(person));
        let manages = known
            .iter()
            .filter_map(|(life, _)| Some((life.clone(), through(&life.automation.managers, person, &standing.teams)?)));
        let named = |one: &Known| through(&told(one), person, &standing.teams);
        let reads_as = known.iter().filter_map(|one| Some((one.0.clone(), named(one)?)));
        let by_column = known.iter().filter(|one| tells_by_column(one) && named(one).is_none());
        Ok(Inventory {
            runs_as: runs_as.cloned().collect(),
            manages: manages.collect(),
            reads_as: reads_as.collect(),
            may_read_as: by_column.map(|(life, _)| life.clone()).collect(),
        })
    }
}

/// Whom the published version tells by name.
fn told((_, version): &Known) -> BTreeSet<PrincipalId> {
    let recipients = version.iter().flat_map(Version::recipients);
    let named = recipients.filter_map(|recipient| match recipient {
        Recipient::Principal(principal) => Some(principal.clone()),
        Recipient::Column(_) => None,
    });
    named.collect()
}

/// Whether whom the published version tells depends on a row.
fn tells_by_column((_, version): &Known) -> bool {
    version.iter().flat_map(Version::recipients).any(|recipient| matches!(recipient, Recipient::Column(_)))
}

/// Who of `named` the person is, or else a team of theirs.
fn through(named: &BTreeSet<PrincipalId>, person: &PrincipalId, teams: &BTreeSet<PrincipalId>) -> Option<PrincipalId> {
    named.get(person).or_else(|| named.intersection(teams).next()).cloned()
}
