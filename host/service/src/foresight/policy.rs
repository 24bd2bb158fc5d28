//! What another way of governing would change: for whom, about what, and which settings hold otherwise.

use std::collections::BTreeSet;

use mandate_governance::{Automation, Difference, Lack, Life, Planted, SiteChoices, State, Version, needs};
use mandate_model::{AutomationId, AutomationKind, PrincipalId, SiteId};
use mandate_policy::{Act, Decision};
use mandate_runtime::platform::Unavailable;
use serde::Serialize;

use crate::{
    error::Result,
    governing::{
        Governing,
        facts::{About, Before, Inquiry},
    },
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

/// What another way of governing would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyChanges {
    /// Settings and roles that would hold otherwise.
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

/// Now, and as it would be.
struct Both<'a> {
    now: Inquiry<'a>,
    then: Inquiry<'a>,
}

/// An automation with its published version.
type Known = (Life, Option<Version>);

impl Service {
    /// What `choices` would change, over everybody active, every automation and every act as they are now. Refused if they are
    /// not valid.
    ///
    /// Drafts are not part of it: no choice of a site shows one to anybody but its editor.
    pub async fn policy_changes(&self, site: &SiteId, choices: &SiteChoices) -> Result<PolicyChanges> {
        let then = Governing::of(choices)?;
        let mut tx = self.store().begin().await?;
        let now = self.runner().governing(&mut tx, site).await?;
        drop(tx);
        let both = Both { now: self.runner().inquiry(&now), then: self.runner().inquiry(&then) };
        let known = self.known(site).await?;
        let mut changes = PolicyChanges {
            settings: now.settings.differences(&then.settings),
            policies: now.choices.policies != choices.policies,
            ..PolicyChanges::default()
        };
        let roles = &self.host().roles;
        for person in roles.everyone().await? {
            let Some(standing) = roles.standing(&person).await?.filter(|standing| standing.site == *site) else {
                continue;
            };
            changes.decisions.extend(both.of_site(site, &person, &standing).await?);
            for one in &known {
                changes.decisions.extend(both.of_automation(one, &person, &standing).await?);
            }
        }
        for one in &known {
            changes.lacks.extend(both.lost(one).await?);
        }
        Ok(changes)
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
    /// What changes about the site's policy, and about making automations in it and in the workspaces of this person.
    async fn of_site(
        &self,
        site: &SiteId,
        person: &PrincipalId,
        standing: &Standing,
    ) -> Result<Vec<Change>, Unavailable> {
        let before = [&self.now, &self.then]
            .map(|inquiry| inquiry.decide(Act::SetPolicy, &inquiry.before_site(site, person, standing)));
        let mut changes: Vec<_> = change(person, &Object::Site, Act::SetPolicy, before).into_iter().collect();
        for workspace in std::iter::once(None).chain(standing.workspaces.iter().cloned().map(Some)) {
            let object = workspace.clone().map_or(Object::Site, Object::Workspace);
            let new = new_automation(site, person, workspace);
            let about = About { automation: &new, versions: vec![] };
            let now = self.now.before(person, standing, &about, false, true).await?;
            let then = self.then.before(person, standing, &about, false, true).await?;
            let decisions = [self.now.decide(Act::Create, &now), self.then.decide(Act::Create, &then)];
            changes.extend(change(person, &object, Act::Create, decisions));
        }
        Ok(changes)
    }

    async fn of_automation(
        &self,
        (life, version): &Known,
        person: &PrincipalId,
        standing: &Standing,
    ) -> Result<Vec<Change>, Unavailable> {
        let about = About { automation: &life.automation, versions: version.iter().collect() };
        let first = version.is_none();
        let mut now = asked(&self.now, &about, person, standing).await?;
        let mut then = asked(&self.then, &about, person, standing).await?;
        let object = Object::Automation(life.automation.id.clone());
        let acts = Act::ALL.iter().filter(|act| !matches!(act, Act::Create | Act::SetPolicy | Act::ViewDraft));
        let changes = acts.filter_map(|act| {
            let before = self.now.decide_prechecked(*act, &mut now, first);
            let after = self.then.decide_prechecked(*act, &mut then, first);
            change(person, &object, *act, [before, after])
        });
        Ok(changes.collect())
    }

    /// What the principal that it runs as would lack because it would need more.
    async fn lost(&self, (life, version): &Known) -> Result<Option<(AutomationId, Vec<Lack>)>, Unavailable> {
        let (State::On, Some(run_as), Some(version)) = (life.automation.state, &life.automation.run_as, version) else {
            return Ok(None);
        };
        let now = needs(version, &self.now.governing.settings);
        let more: BTreeSet<_> = needs(version, &self.then.governing.settings).difference(&now).cloned().collect();
        let lacks = self.then.lacks(run_as, &more).await?;
        Ok(Some((life.automation.id.clone(), lacks)).filter(|(_, lacks)| !lacks.is_empty()))
    }
}

async fn asked(
    inquiry: &Inquiry<'_>,
    about: &About<'_>,
    person: &PrincipalId,
    standing: &Standing,
) -> Result<Before, Unavailable> {
    let lacks = inquiry.lacks(person, &about.declared(&inquiry.governing.settings)).await?;
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
