//! An automation, and the consent that lets it act.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, AutomationKind, PrincipalId, SiteId, VersionId};
use serde::{Deserialize, Serialize};

/// Whether an automation is meant to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nobody turned it on, or somebody turned it off.
    Off,
    /// Turned on. It runs only with consent to the published version.
    On,
    /// The host stopped it; it is restarted by hand, with consent anew (VEN-21).
    Stopped,
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Stopped => "stopped",
        }
    }
}

/// An automation. It belongs to one site for ever, and runs as at most one principal at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Automation {
    /// Its id.
    pub id: AutomationId,
    /// Its site; never changes (FIL-35).
    pub site: SiteId,
    /// Its workspace, if the site has any; never changes.
    pub workspace: Option<String>,
    /// Private, or seen by everyone in its workspace.
    pub kind: AutomationKind,
    /// What it is called.
    pub name: String,
    /// Whose rights it acts with; `None`: nobody's yet (VEN-02), so it cannot run.
    pub run_as: Option<PrincipalId>,
    /// To whom the principal that it runs as offers it.
    pub offered: Option<PrincipalId>,
    /// Who may manage it besides `run_as`; this gives none of them its authority.
    pub managers: BTreeSet<PrincipalId>,
    /// Who may see it.
    pub members: BTreeSet<PrincipalId>,
    /// Who made it; never changes, gives no power.
    pub creator: PrincipalId,
    /// Whose copy it is (FIL-28).
    pub cloned_from: Option<AutomationId>,
    /// Whether it is meant to run.
    pub state: State,
    /// Whether the operator set it up, for instance as it was in another product; never changes. Only then there may be a consent
    /// from there (VEN-14).
    #[serde(default)]
    pub planted: bool,
    /// Whether it was ever turned on here.
    pub turned_on: bool,
    /// The version that would run; `None`: nothing was published yet.
    pub published: Option<VersionId>,
    /// Final: what is deleted never runs or changes again (FIL-31).
    pub deleted: bool,
}

impl Automation {
    /// Whether it runs as `principal`.
    pub fn runs_as(&self, principal: &PrincipalId) -> bool {
        self.run_as.as_ref() == Some(principal)
    }
}

/// `principal` lets exactly `version` act for them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Consent {
    /// Who lets it.
    pub principal: PrincipalId,
    /// What they let.
    pub version: VersionId,
    /// Who said so: the principal, or for a team or a site a person who holds `consent-for` on it.
    pub by: PrincipalId,
    /// When: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Taken over from another product by a site admin (VEN-14); ends at the latest when it is turned off.
    pub grandfathered: bool,
}

/// All that the life of one automation depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Life {
    /// The automation.
    pub automation: Automation,
    /// The consent that holds now; an ended one is forgotten here and kept by the history of happenings.
    pub consent: Option<Consent>,
}

/// An automation as an operator sets it up, for instance from a fixture: nobody was asked, so nobody's rights count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// Its site.
    pub site: SiteId,
    /// Its workspace.
    pub workspace: Option<String>,
    /// Private or main.
    pub kind: AutomationKind,
    /// What it is called.
    pub name: String,
    /// Whose rights it acts with; also its creator.
    pub run_as: PrincipalId,
    /// Who manages it besides.
    pub managers: BTreeSet<PrincipalId>,
    /// Who may see it.
    pub members: BTreeSet<PrincipalId>,
}

impl Life {
    /// An automation as planted: off, nothing published, without consent.
    pub fn planted(id: AutomationId, planted: Planted) -> Self {
        let Planted { site, workspace, kind, name, run_as, managers, members } = planted;
        let automation = Automation {
            id,
            site,
            workspace,
            kind,
            name,
            creator: run_as.clone(),
            run_as: Some(run_as),
            offered: None,
            managers,
            members,
            cloned_from: None,
            state: State::Off,
            planted: true,
            turned_on: false,
            published: None,
            deleted: false,
        };
        Self { automation, consent: None }
    }

    /// A planted automation that is on: the operator says that the principal that it runs as let `version` act for them.
    #[must_use]
    pub fn turned_on(mut self, version: VersionId, at: i64) -> Self {
        self.automation.published = Some(version.clone());
        self.automation.state = State::On;
        self.automation.turned_on = true;
        let principal = self.automation.run_as.clone();
        self.consent = principal.map(|principal| {
            let by = principal.clone();
            Consent { principal, version, by, at, grandfathered: false }
        });
        self
    }
}
