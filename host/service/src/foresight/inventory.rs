//! Everything that a person has to do with: what runs as them, what they manage, what reads as them, what tells them.

use std::collections::BTreeSet;

use mandate_governance::{Life, Settings, Version, tells};
use mandate_model::{AutomationId, PrincipalId, Recipient, SiteId};

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
    /// What sends them what it finds as whom it runs as, with who is named: themself, or a team of theirs. Nothing of it is evaluated
    /// as them (ONE-09).
    pub told_by: Vec<(Life, PrincipalId)>,
    /// What sends it to whom a column of a row names, and does not name them.
    pub may_be_told_by: Vec<Life>,
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
        let mut inventory =
            Inventory { runs_as: runs_as.cloned().collect(), manages: manages.collect(), ..Inventory::default() };
        let settings = self.settings(&standing.site).await?;
        for one in &known {
            let named = through(&told(one), person, &standing.teams);
            inventory.place(one, person, named, &settings);
        }
        Ok(inventory)
    }

    async fn settings(&self, site: &SiteId) -> Result<Settings> {
        let mut tx = self.store().reader().begin().await?;
        Ok(self.runner().governing(&mut tx, site).await?.settings.clone())
    }
}

impl Inventory {
    /// Puts an automation where it belongs that tells `named`, the person or a team of theirs, if it does.
    fn place(&mut self, one: &Known, person: &PrincipalId, named: Option<PrincipalId>, settings: &Settings) {
        let sent = one.1.as_ref().and_then(|version| tells(version, settings));
        match (named, sent) {
            // Who joined a team since is no one of those whom the version names.
            (Some(named), Some(people)) if people.contains(person) => self.told_by.push((one.0.clone(), named)),
            (Some(named), None) => self.reads_as.push((one.0.clone(), named)),
            _ if !tells_by_column(one) => {}
            (_, Some(_)) => self.may_be_told_by.push(one.0.clone()),
            (_, None) => self.may_read_as.push(one.0.clone()),
        }
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
