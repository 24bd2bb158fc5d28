//! An automation, and the consent that lets it act.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, PrincipalId, SiteId, VersionId};
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

/// An automation. It belongs to one site for ever, and runs as exactly one principal at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Automation {
    /// Its id.
    pub id: AutomationId,
    /// Its site; never changes.
    pub site: SiteId,
    /// What it is called.
    pub name: String,
    /// Whose rights it acts with. A person.
    pub run_as: PrincipalId,
    /// People who may manage it besides `run_as`; this gives none of them its authority.
    pub managers: BTreeSet<PrincipalId>,
    /// Who made it; never changes, gives no power.
    pub creator: PrincipalId,
    /// Whether it is meant to run.
    pub state: State,
    /// The version that would run; `None`: nothing was published yet.
    pub published: Option<VersionId>,
    /// Final: what is deleted never runs or changes again (FIL-31).
    pub deleted: bool,
}

impl Automation {
    /// Whether `actor` may publish, turn off, hand over and delete.
    pub fn manages(&self, actor: &PrincipalId) -> bool {
        self.run_as == *actor || self.managers.contains(actor)
    }
}

/// `principal` lets exactly `version` act for them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Consent {
    /// Who lets it.
    pub principal: PrincipalId,
    /// What they let.
    pub version: VersionId,
    /// When: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
}

/// All that the life of one automation depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Life {
    /// The automation.
    pub automation: Automation,
    /// The consent that holds now; an ended one is forgotten here and kept by the history of happenings.
    pub consent: Option<Consent>,
}
