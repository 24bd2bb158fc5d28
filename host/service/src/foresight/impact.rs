//! What becomes of automations when a role or grant is taken away or a person is deactivated.

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::{Automation, Lack, Life, State, Version, needs, settings::Then};
use mandate_model::{PrincipalId, SiteId};
use mandate_policy::Act;
use mandate_runtime::platform::Unavailable;
use serde::Serialize;

use super::decisions::{Both, Change, Known, asked};
use crate::{
    error::Result,
    governing::facts::{About, Inquiry},
    roles::{Removal, Standing},
    service::Service,
};

/// What taking something away would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Impact {
    /// Automations that are on whose principal would lose declared powers.
    pub losses: Vec<Loss>,
    /// Automations that somebody can edit now, and of those whom they run as and who manages them by name nobody could.
    pub unmanaged: Vec<Life>,
    /// Automations that run as the person who would be deactivated, whatever their state.
    pub runs_as: Vec<Life>,
    /// What people could no longer do by a role that goes.
    pub decisions: Vec<Change>,
}

/// An automation and what the principal that it runs as would lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The automation.
    pub life: Life,
    /// Which declared powers.
    pub lost: Vec<Lack>,
    /// What would become of it, as the site's setting `on_denied` says.
    pub then: Then,
}

impl Impact {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// People with how they stand.
type Standings = BTreeMap<PrincipalId, Standing>;

impl Service {
    /// What would become of the automations of `site` if `removal` were done; `None`: there is nothing to take away. Nothing
    /// changes, and nobody is told. For the operator: it names automations that an administrator might not see.
    pub async fn impact(&self, site: &SiteId, removal: &Removal) -> Result<Option<Impact>> {
        let mut tx = self.store().begin().await?;
        let governing = self.runner().governing(&mut tx, site).await?;
        drop(tx);
        let known = self.known(site).await?;
        let now = self.runner().inquiry(&governing);
        // Asked before the platform is as if: it keeps others from writing meanwhile.
        let before = standings(&now).await?;
        let Some(without) = self.host().roles.without(removal).await? else { return Ok(None) };
        let then = Inquiry { roles: without.as_ref(), ..now };
        let after = standings(&then).await?;
        let mut impact = Impact { runs_as: runs_as(&known, removal), ..Impact::default() };
        for one in &known {
            impact.losses.extend(loss(&now, &then, one).await?);
            if managed(&now, &before, one).await? && !managed(&then, &after, one).await? {
                impact.unmanaged.push(one.0.clone());
            }
        }
        if let Removal::Role(..) | Removal::Team(..) = removal {
            let both = Both { now, then };
            for (person, standing) in &before {
                match after.get(person) {
                    Some(later) if later != standing => {
                        impact.decisions.extend(both.of_person(site, person, [standing, later], &known).await?);
                    }
                    _ => {}
                }
            }
        }
        Ok(Some(impact))
    }
}

fn runs_as(known: &[Known], removal: &Removal) -> Vec<Life> {
    let Removal::Active(person) = removal else { return vec![] };
    known.iter().filter(|(life, _)| life.automation.runs_as(person)).map(|(life, _)| life.clone()).collect()
}

async fn standings(inquiry: &Inquiry<'_>) -> Result<Standings, Unavailable> {
    let mut standings = BTreeMap::new();
    for person in inquiry.roles.everyone().await? {
        if let Some(standing) = inquiry.roles.standing(&person).await? {
            standings.insert(person, standing);
        }
    }
    Ok(standings)
}

/// What an automation that is on would lose.
async fn loss(
    now: &Inquiry<'_>,
    then: &Inquiry<'_>,
    (life, version): &(Life, Option<Version>),
) -> Result<Option<Loss>, Unavailable> {
    let (State::On, Some(run_as), Some(version)) = (life.automation.state, &life.automation.run_as, version) else {
        return Ok(None);
    };
    let settings = &now.governing.settings;
    let lacked: BTreeSet<Lack> = now.lacks(run_as, &needs(version, settings)).await.into_iter().collect();
    let mut lost = then.lacks(run_as, &needs(version, settings)).await;
    // What nobody can say is no loss.
    lost.retain(|lack| !lack.undecided && !lacked.contains(lack));
    Ok((!lost.is_empty()).then(|| Loss { life: life.clone(), lost, then: settings.on_denied.then }))
}

/// Whether anybody of those whom it runs as and who manage it by name may edit it.
async fn managed(
    inquiry: &Inquiry<'_>,
    standings: &Standings,
    (life, version): &(Life, Option<Version>),
) -> Result<bool, Unavailable> {
    let about = About { automation: &life.automation, versions: version.iter().collect() };
    for (person, standing) in standings.iter().filter(|(person, standing)| named(&life.automation, person, standing)) {
        let before = asked(inquiry, &about, person, standing).await?;
        if inquiry.decide(Act::Edit, &before).is_allow() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn named(automation: &Automation, person: &PrincipalId, standing: &Standing) -> bool {
    automation.runs_as(person)
        || automation.managers.contains(person)
        || !automation.managers.is_disjoint(&standing.teams)
}
