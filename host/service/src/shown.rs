//! An automation as one person may see it: what a page, a terminal and the API show before somebody decides on it. What they may
//! not know of is left out here, once, for all of them.

mod changes;
mod listed;
mod sends;
mod version;
mod versions;
pub mod words;

use std::collections::BTreeSet;

use mandate_governance::{Automation, Changes, Consent, Happening, Lack, State, Version, changes, settings::Transfer};
use mandate_model::{AutomationId, PrincipalId, VersionId};
use mandate_policy::Act;
use serde::Serialize;

pub use self::{
    changes::ShownChanges,
    listed::{Listed, ListedAutomation, Only, Stands},
    sends::Sends,
    version::{ShownVersion, Whole},
    versions::{PastVersion, PastVersions},
};
use crate::{automations::Prospect, error::Result, governing::lacks::known_to, service::Service};

/// Acts on which somebody decides by what a version is: whoever may do one is shown it whole.
const DECIDING: [Act; 4] = [Act::Edit, Act::Enable, Act::Consent, Act::Take];

/// An automation as one person may see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AutomationPage {
    /// Who, where, in which state. What others must not learn by it is left out.
    pub automation: Automation,
    /// The consent that holds; for who decides on it.
    pub consent: Option<Consent>,
    /// How it stands, for whoever sees it.
    pub stands: Stands,
    /// Whether what is published has no consent.
    pub waits: bool,
    /// What would run.
    pub version: Option<ShownVersion>,
    /// Declared powers that its principal or this person lacks, in words.
    pub lacks: BTreeSet<String>,
    /// When and why the host stopped it, while it is stopped.
    pub stopped: Option<Stop>,
    /// Who could give what is lacking, of those whom this person may know; for who decides on it, where anything is.
    pub granters: BTreeSet<PrincipalId>,
    /// What is new against what its principal let last; for who decides on it.
    pub changes: Option<ShownChanges>,
    /// Whether its principal let none before: then all of it is new.
    #[serde(skip)]
    pub first: bool,
    /// What this person may do with it.
    pub may: BTreeSet<Act>,
    /// Which of these make it run as them, or as whom they act for: refused until that is confirmed (FND-18).
    pub moves: BTreeSet<Act>,
    /// Whom these make it run as.
    pub acquires_as: PrincipalId,
    /// How it can come to run as somebody else in this site, besides by those.
    pub ways: BTreeSet<Transfer>,
    /// What happened to it, in order.
    pub happened: Vec<Happened>,
}

/// That the host stopped it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stop {
    /// When: microseconds since 1970.
    pub at: i64,
    /// What whom it runs as lost, without the names of what the viewer may not know of.
    pub lost: Vec<Lack>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// When: microseconds since 1970.
    pub at: i64,
    /// `None`: the host, or its operator.
    pub by: Option<PrincipalId>,
    /// In words.
    pub what: String,
    /// Whether a version was published by it.
    #[serde(skip)]
    pub publishes: bool,
}

impl Service {
    /// An automation as `viewer` may see it; refused like what does not exist, if they may not.
    pub async fn shown_to(&self, id: &AutomationId, viewer: &PrincipalId) -> Result<AutomationPage> {
        let prospect = self.prospect(id, viewer).await?;
        let decides = self.decides(&prospect, viewer).await?;
        let Prospect {
            life,
            version,
            as_run_as,
            changes,
            lacks,
            run_as_lacks,
            may,
            moves,
            ways,
            acquires_as,
            first,
            ..
        } = prospect;
        let changes = match (&changes, &version) {
            (Some(changes), Some(version)) if decides => Some(self.shown_changes(viewer, changes, version).await?),
            _ => None,
        };
        let version = match &version {
            Some(version) => Some(self.shown(viewer, version, &life.automation, as_run_as, decides).await?),
            None => None,
        };
        let (happened, stopped) = self.happened(id, viewer, decides).await?;
        let stopped = stopped.filter(|_| life.automation.state == State::Stopped);
        let lost = stopped.iter().flat_map(|stop| &stop.lost);
        let lacking: Vec<Lack> = run_as_lacks.iter().chain(&lacks).chain(lost).cloned().collect();
        let granters = if decides { self.granters(viewer, &life.automation, &lacking).await? } else { BTreeSet::new() };
        let mut page = AutomationPage {
            stopped,
            granters,
            stands: Stands::of(&life.automation, life.consent.is_some()),
            waits: version.is_some() && life.consent.is_none(),
            consent: life.consent,
            automation: life.automation,
            version,
            lacks: run_as_lacks.iter().chain(&lacks).map(Lack::to_string).collect(),
            changes,
            first,
            may,
            moves,
            acquires_as,
            ways,
            happened,
        };
        page.withhold(decides);
        Ok(page)
    }

    /// What `new` changes against `old`, as far as `viewer` may know it.
    pub async fn difference(&self, viewer: &PrincipalId, old: Option<&Version>, new: &Version) -> Result<ShownChanges> {
        self.shown_changes(viewer, &changes(old, new), new).await
    }

    async fn shown_changes(&self, viewer: &PrincipalId, changes: &Changes, new: &Version) -> Result<ShownChanges> {
        ShownChanges::of(self.host().roles.as_ref(), viewer, changes, new).await
    }

    /// Whether somebody decides by what the version is: then they are shown it whole.
    async fn decides(&self, prospect: &Prospect, viewer: &PrincipalId) -> Result<bool> {
        let may = |act: &Act| prospect.may.contains(act);
        // What they confirm where an act moves it is a consent, too.
        Ok(DECIDING.iter().any(may)
            || !prospect.moves.is_empty()
            || self.offered(&prospect.life.automation, viewer).await?)
    }

    /// Whether it is offered to them, or to whom they speak for.
    async fn offered(&self, automation: &Automation, viewer: &PrincipalId) -> Result<bool> {
        let Some(to) = &automation.offered else { return Ok(false) };
        let standing = self.host().roles.standing(viewer).await?;
        Ok(to == viewer || standing.is_some_and(|standing| standing.consents_for.contains(to)))
    }

    /// What happened, in order, and when it was stopped last.
    async fn happened(
        &self,
        id: &AutomationId,
        viewer: &PrincipalId,
        versions: bool,
    ) -> Result<(Vec<Happened>, Option<Stop>)> {
        let (mut all, mut stopped) = (vec![], None);
        for (at, by, mut happening) in self.happenings(id).await? {
            if let Happening::Stopped { lost } = &mut happening {
                *lost = known_to(self.host().roles.as_ref(), viewer, std::mem::take(lost)).await?;
                stopped = Some(Stop { at, lost: lost.clone() });
            }
            let publishes = matches!(happening, Happening::Published { .. });
            all.push(Happened { at, by, what: words::happening(&happening, versions), publishes });
        }
        Ok((all, stopped))
    }

    /// Who could give what is lacking.
    async fn granters(
        &self,
        viewer: &PrincipalId,
        automation: &Automation,
        lacking: &[Lack],
    ) -> Result<BTreeSet<PrincipalId>> {
        if lacking.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut tx = self.store().reader().begin().await?;
        let governing = self.runner().governing(&mut tx, &automation.site).await?;
        drop(tx);
        Ok(self.runner().inquiry(&governing).could_give(viewer, lacking, automation).await?)
    }
}

impl AutomationPage {
    /// The version that would run, for who decides on it.
    pub fn version_id(&self) -> Option<&VersionId> {
        self.version.as_ref().and_then(|version| version.whole.as_ref()).map(|whole| &whole.version)
    }

    fn withhold(&mut self, decides: bool) {
        withhold(&mut self.automation, decides);
        // That is another one's beginning.
        self.may.remove(&Act::Create);
        if !decides {
            self.consent = None;
        }
    }
}

/// A version's id is a digest over its recipients too, and another automation is its own secret.
fn withhold(automation: &mut Automation, decides: bool) {
    automation.cloned_from = None;
    if !decides {
        automation.published = None;
    }
}
