//! Every decision twice, now and as it would be: who gains and who loses what.

use std::collections::BTreeSet;

use mandate_governance::{Automation, Life, Planted, Version};
use mandate_model::{AutomationId, AutomationKind, PrincipalId, SiteId};
use mandate_policy::{Act, Decision};
use mandate_runtime::platform::Unavailable;
use serde::Serialize;

use crate::{
    error::Result,
    governing::facts::{About, Before, Inquiry},
    roles::Standing,
    service::Service,
    store,
};

/// What an act would be done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Object {
    /// The site itself: its policy, and automations outside of workspaces.
    Site,
    /// A workspace: automations made in it.
    Workspace(String),
    /// An automation.
    Automation(AutomationId),
}

/// A decision that comes out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// For whom.
    pub person: PrincipalId,
    /// About what.
    pub object: Object,
    /// To do what.
    pub act: Act,
    /// What is decided now.
    pub before: Decision,
    /// What would be decided.
    pub after: Decision,
}

/// Now, and as it would be.
pub(super) struct Both<'a> {
    pub(super) now: Inquiry<'a>,
    pub(super) then: Inquiry<'a>,
}

/// An automation with its published version.
pub(super) type Known = (Life, Option<Version>);

impl Service {
    /// Whether somebody may make automations anywhere in their site: only who may has a use for plugins, so only they upload any.
    pub async fn may_upload(&self, site: &SiteId, person: &PrincipalId) -> Result<bool> {
        let Some(standing) = self.host().roles.standing(person).await? else { return Ok(false) };
        let mut tx = self.store().reader().begin().await?;
        let governing = self.runner().governing(&mut tx, site).await?;
        drop(tx);
        let inquiry = self.runner().inquiry(&governing);
        for workspace in std::iter::once(None).chain(standing.workspaces.iter().cloned().map(Some)) {
            let new = new_automation(site, person, workspace);
            let about = About { automation: &new, versions: vec![] };
            let before = inquiry.before(person, &standing, &about, false, true).await?;
            if inquiry.decide(Act::Create, &before).is_allow() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The automations of a site that are not deleted, with what is published.
    pub(crate) async fn known(&self, site: &SiteId) -> Result<Vec<Known>> {
        let lives = store::automation::all(self.store().reader()).await?;
        let mut known = vec![];
        for life in lives.into_iter().filter(|life| life.automation.site == *site && !life.automation.deleted) {
            let version = match &life.automation.published {
                Some(published) => Some(self.published(published).await?),
                None => None,
            };
            known.push((life, version));
        }
        Ok(known)
    }
}

impl Both<'_> {
    /// What changes for a person, who stands so now and so then.
    pub(super) async fn of_person(
        &self,
        site: &SiteId,
        person: &PrincipalId,
        standings: [&Standing; 2],
        known: &[Known],
    ) -> Result<Vec<Change>, Unavailable> {
        let mut changes = self.of_site(site, person, standings).await?;
        for one in known {
            changes.extend(self.of_automation(one, person, standings).await?);
        }
        Ok(changes)
    }

    /// What changes about the site's policy, and about making automations in it and in the workspaces of this person.
    async fn of_site(
        &self,
        site: &SiteId,
        person: &PrincipalId,
        [is, would]: [&Standing; 2],
    ) -> Result<Vec<Change>, Unavailable> {
        let before = [(&self.now, is), (&self.then, would)]
            .map(|(inquiry, standing)| inquiry.decide(Act::SetPolicy, &inquiry.before_site(site, person, standing)));
        let mut changes: Vec<_> = change(person, &Object::Site, Act::SetPolicy, before).into_iter().collect();
        for workspace in std::iter::once(None).chain(is.workspaces.union(&would.workspaces).cloned().map(Some)) {
            let object = workspace.clone().map_or(Object::Site, Object::Workspace);
            let new = new_automation(site, person, workspace);
            let about = About { automation: &new, versions: vec![] };
            let now = self.now.before(person, is, &about, false, true).await?;
            let then = self.then.before(person, would, &about, false, true).await?;
            let decisions = [self.now.decide(Act::Create, &now), self.then.decide(Act::Create, &then)];
            changes.extend(change(person, &object, Act::Create, decisions));
        }
        Ok(changes)
    }

    async fn of_automation(
        &self,
        (life, version): &Known,
        person: &PrincipalId,
        [is, would]: [&Standing; 2],
    ) -> Result<Vec<Change>, Unavailable> {
        let about = About { automation: &life.automation, versions: version.iter().collect() };
        let first = version.is_none();
        let mut now = asked(&self.now, &about, person, is).await?;
        let mut then = asked(&self.then, &about, person, would).await?;
        let object = Object::Automation(life.automation.id.clone());
        let acts = Act::ALL.iter().filter(|act| !matches!(act, Act::Create | Act::SetPolicy | Act::ViewDraft));
        let changes = acts.filter_map(|act| {
            let before = self.now.decide_prechecked(*act, &mut now, first);
            let after = self.then.decide_prechecked(*act, &mut then, first);
            change(person, &object, *act, [before, after])
        });
        Ok(changes.collect())
    }
}

/// What policies are asked with, for any act of a person.
pub(super) async fn asked(
    inquiry: &Inquiry<'_>,
    about: &About<'_>,
    person: &PrincipalId,
    standing: &Standing,
) -> Result<Before, Unavailable> {
    let lacks = inquiry.lacks(person, &about.declared(&inquiry.governing.settings)).await;
    inquiry.before(person, standing, about, false, lacks.is_empty()).await
}

fn change(person: &PrincipalId, object: &Object, act: Act, [before, after]: [Decision; 2]) -> Option<Change> {
    let verdict = |decision: &Decision| (decision.is_allow(), decision.is_undecided());
    let changed = verdict(&before) != verdict(&after);
    changed.then(|| Change { person: person.clone(), object: object.clone(), act, before, after })
}

/// An automation as somebody would make it.
fn new_automation(site: &SiteId, creator: &PrincipalId, workspace: Option<String>) -> Automation {
    let planted = Planted {
        site: site.clone(),
        workspace,
        kind: AutomationKind::Private,
        name: String::new(),
        run_as: creator.clone(),
        managers: BTreeSet::new(),
        members: BTreeSet::new(),
    };
    let mut automation = Life::planted(AutomationId::from_bytes([0; 16]), planted).automation;
    automation.run_as = None;
    automation
}
