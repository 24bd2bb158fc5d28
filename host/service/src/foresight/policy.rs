//! What another way of governing would change: for whom, about what, and which settings hold otherwise.

use std::collections::BTreeSet;

use mandate_governance::{Difference, Lack, SiteChoices, State, needs};
use mandate_model::{AutomationId, SiteId};
use mandate_runtime::platform::Unavailable;

use super::decisions::{Both, Change, Known};
use crate::{error::Result, governing::Governing, service::Service};

/// What another way of governing would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyChanges {
    /// Settings, roles and the successor that would hold otherwise.
    pub settings: Vec<Difference>,
    /// Whether the site's own policies would be others.
    pub policies: bool,
    /// Decisions that would come out otherwise; whoever cannot be decided on is here too.
    pub decisions: Vec<Change>,
    /// Automations that are on, with what the principal that each runs as would lack and does not lack now.
    pub lacks: Vec<(AutomationId, Vec<Lack>)>,
}

impl PolicyChanges {
    /// Whether nothing would change for anybody.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Service {
    /// What `choices` would change, over everybody active, every automation and every act as they are now. Refused if they are
    /// not valid.
    ///
    /// Drafts are not part of it: no choice of a site shows one to anybody but its editor.
    pub async fn policy_changes(&self, site: &SiteId, choices: &SiteChoices) -> Result<PolicyChanges> {
        let then = Governing::of(choices)?;
        self.check_successor(site, choices).await?;
        let mut tx = self.store().begin().await?;
        let now = self.runner().governing(&mut tx, site).await?;
        drop(tx);
        let both = Both { now: self.runner().inquiry(&now), then: self.runner().inquiry(&then) };
        let known = self.known(site).await?;
        let mut changes = PolicyChanges {
            settings: [now.settings.differences(&then.settings), successor(&now.choices, choices)].concat(),
            policies: now.choices.policies != choices.policies,
            ..PolicyChanges::default()
        };
        let roles = &self.host().roles;
        for person in roles.everyone().await? {
            let Some(standing) = roles.standing(&person).await?.filter(|standing| standing.site == *site) else {
                continue;
            };
            changes.decisions.extend(both.of_person(site, &person, [&standing, &standing], &known).await?);
        }
        for one in &known {
            changes.lacks.extend(lost(&both, one).await?);
        }
        Ok(changes)
    }
}

/// Whether somebody else would take over by default.
fn successor(now: &SiteChoices, then: &SiteChoices) -> Vec<Difference> {
    let (before, after) = (now.successor_word(), then.successor_word());
    let differ = before != after;
    differ.then(|| Difference { setting: "successor".to_owned(), before, after }).into_iter().collect()
}

/// What the principal that it runs as would lack because it would need more.
async fn lost(both: &Both<'_>, (life, version): &Known) -> Result<Option<(AutomationId, Vec<Lack>)>, Unavailable> {
    let (State::On, Some(run_as), Some(version)) = (life.automation.state, &life.automation.run_as, version) else {
        return Ok(None);
    };
    let now = needs(version, &both.now.governing.settings);
    let more: BTreeSet<_> = needs(version, &both.then.governing.settings).difference(&now).cloned().collect();
    let lacks = both.then.lacks(run_as, &more).await;
    Ok(Some((life.automation.id.clone(), lacks)).filter(|(_, lacks)| !lacks.is_empty()))
}
