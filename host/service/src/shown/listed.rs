//! A page of the list of automations, as one person may see each. What it asks the store does not grow with the page, and what it asks
//! of the platform about rights is asked once.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::Arc,
};

use mandate_governance::{Automation, Life, State, Version};
use mandate_model::{AutomationId, PrincipalId, SiteId, Trigger};
use mandate_policy::Act;
use serde::{Deserialize, Serialize};

use super::{DECIDING, version::Seen};
use crate::{
    automations::moves,
    error::Result,
    governing::{Governing, facts::About, facts::Inquiry, standpoint::Standpoint},
    history::LastRun,
    roles::{Standing, at_one_moment},
    service::Service,
    store,
};

/// How an automation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// On, with consent.
    On,
    /// On, and waiting for consent.
    Waits,
    /// Stopped by the host.
    Stopped,
    /// Off.
    Off,
    /// Off, and nothing was ever published.
    Never,
}

impl Stands {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::On, Self::Waits, Self::Stopped, Self::Off, Self::Never];

    /// How one stands; `consented`: what is published has its consent.
    pub fn of(automation: &Automation, consented: bool) -> Self {
        match automation.state {
            State::Stopped => Self::Stopped,
            State::On if consented => Self::On,
            State::On => Self::Waits,
            State::Off if automation.published.is_none() => Self::Never,
            State::Off => Self::Off,
        }
    }
}

/// Which automations are listed: those of which all of this holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Only {
    /// How they stand.
    pub stands: Option<Stands>,
    /// Whom they run as.
    pub run_as: Option<PrincipalId>,
    /// Any of these manages them; empty: whoever does.
    pub managed_by: BTreeSet<PrincipalId>,
    /// The name of the plugin that runs.
    pub plugin: Option<String>,
}

/// Some automations of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listed {
    /// In order of their ids; none that was deleted.
    pub automations: Vec<ListedAutomation>,
    /// After which one to go on; `None`: these are the last.
    pub next: Option<AutomationId>,
}

/// An automation in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedAutomation {
    /// Who, where, in which state. What others must not learn by it is left out.
    pub automation: Automation,
    /// How it stands.
    pub stands: Stands,
    /// What the plugin is called that runs; `None`: nothing is published, or it is not there any more.
    pub plugin: Option<String>,
    /// What starts it, for who decides on it and may know of it.
    pub trigger: Option<Trigger>,
    /// What the viewer may do with it.
    pub may: BTreeSet<Act>,
    /// Its last run of which they may know.
    pub last: Option<LastRun>,
}

/// What is the same for a whole page.
struct Page<'a> {
    viewer: &'a PrincipalId,
    standing: Standing,
    governing: BTreeMap<SiteId, Arc<Governing>>,
    versions: BTreeMap<mandate_model::VersionId, Version>,
    at: i64,
}

impl Service {
    /// The first automations after `after` that `viewer` may see and of which `only` holds, `limit` of them at most.
    pub async fn listed(
        &self,
        viewer: &PrincipalId,
        only: &Only,
        after: Option<&AutomationId>,
        limit: NonZeroUsize,
    ) -> Result<Listed> {
        at_one_moment(self.listed_now(viewer, only, after, limit)).await
    }

    async fn listed_now(
        &self,
        viewer: &PrincipalId,
        only: &Only,
        after: Option<&AutomationId>,
        limit: NonZeroUsize,
    ) -> Result<Listed> {
        let visible = self.visible_only(viewer, Some(only), after, limit).await?;
        let Some(standing) = self.host().roles.standing(viewer).await? else { return Ok(Listed::default()) };
        let lives = visible.automations;
        let published = lives.iter().filter_map(|life| life.automation.published.as_ref()).collect();
        let versions = store::listed::versions(self.store().reader(), &published).await?;
        let governing = self.governing_all(&lives).await?;
        let page = Page { viewer, standing, governing, versions, at: self.host().clock.now() };
        let plugins = self.names_of_plugins(&page).await?;
        let (mut automations, mut standpoints) = (vec![], vec![]);
        for life in lives {
            let version = life.automation.published.as_ref().and_then(|id| page.versions.get(id));
            let plugin = version.and_then(|version| plugins.get(version.plugin().as_str()).cloned());
            let (listed, from) = self.one_listed(&page, &life, version, plugin).await?;
            automations.push(listed);
            standpoints.push((life, from));
        }
        let mut last = self.runner().last_runs(viewer, &standpoints).await?;
        for listed in &mut automations {
            listed.last = last.remove(&listed.automation.id);
        }
        Ok(Listed { automations, next: visible.next })
    }

    /// How the sites of these are governed: one, but for what is offered.
    async fn governing_all(&self, lives: &[Life]) -> Result<BTreeMap<SiteId, Arc<Governing>>> {
        let sites: BTreeSet<&SiteId> = lives.iter().map(|life| &life.automation.site).collect();
        let mut governing = BTreeMap::new();
        let mut tx = self.store().reader().begin().await?;
        for site in sites {
            governing.insert(site.clone(), self.runner().governing(&mut tx, site).await?);
        }
        Ok(governing)
    }

    async fn names_of_plugins(&self, page: &Page<'_>) -> Result<BTreeMap<String, String>> {
        let digests = page.versions.values().map(Version::plugin).collect();
        store::listed::plugins(self.store().reader(), &page.standing.site, &digests).await
    }

    async fn one_listed(
        &self,
        page: &Page<'_>,
        life: &Life,
        version: Option<&Version>,
        plugin: Option<String>,
    ) -> Result<(ListedAutomation, Standpoint)> {
        let (viewer, standing) = (page.viewer, &page.standing);
        let Life { automation, consent } = life;
        let governing = Arc::clone(page.governing.get(&automation.site).ok_or(mandate_governance::Refused::Unknown)?);
        let inquiry = Inquiry { governing: &governing, roles: self.host().roles.as_ref(), at: page.at };
        let about = About { automation, versions: version.into_iter().collect() };
        let lacks = inquiry.lacks(viewer, &about.declared(&governing.settings)).await;
        let before = inquiry.before(viewer, standing, &about, false, lacks.is_empty()).await?;
        let may: BTreeSet<Act> =
            Act::ALL.iter().copied().filter(|act| inquiry.decide(*act, &before).is_allow()).collect();
        let moves = moves(&governing.settings, automation, &inquiry.acquires_as(viewer, standing));
        let offered = automation.offered.as_ref().is_some_and(|to| to == viewer || standing.speaks_for(to));
        let decides = offered || DECIDING.iter().any(|act| may.contains(act)) || !moves.is_disjoint(&may);
        let mut seen = Seen { roles: self.host().roles.as_ref(), who: viewer, hidden: false };
        let trigger = match version {
            Some(version) if decides => seen.whole(version).await?.then(|| version.trigger().clone()),
            _ => None,
        };
        let stands = Stands::of(automation, consent.is_some());
        let mut shown = automation.clone();
        super::withhold(&mut shown, decides);
        let listed = ListedAutomation { automation: shown, stands, plugin, trigger, may, last: None };
        let roles = Arc::clone(&self.host().roles);
        let (standing, version) = (standing.clone(), version.cloned());
        Ok((listed, Standpoint { standing, version, governing: Arc::clone(&governing), before, roles }))
    }
}
