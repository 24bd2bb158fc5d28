//! What the reducer must know besides the life itself. The caller works it out in the transaction of the command.

use std::collections::BTreeSet;

use mandate_model::PrincipalId;
use mandate_policy::Decision;

use crate::{Lack, Settings};

/// Verdicts and facts about one command, its actor and its automation, as of now.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The site's settings.
    pub settings: Settings,
    /// Whether the actor may do what [`Command::act`](crate::Command::act) asks.
    pub may: Decision,
    /// Whether the actor may see the automation: who may not is told that there is none.
    pub sees: bool,
    /// Whom an act of `acquire_on` makes it run as: the actor, or the site whose admin they are (FIL-39).
    pub acquires_as: PrincipalId,
    /// Teams and sites for which the actor may consent.
    pub consents_for: BTreeSet<PrincipalId>,
    /// Declared powers that the actor lacks, of the version that the command is about.
    pub lacks: Vec<Lack>,
    /// Declared powers that the principal that it runs as lacks, of the same version.
    pub run_as_lacks: Vec<Lack>,
    /// Who could give the actor what they lack, as far as the actor may know of them.
    pub granters: BTreeSet<PrincipalId>,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
}

impl Facts {
    /// Whether the actor may consent in the name of `principal`: it is themself, or a team or site for which they may.
    pub fn speaks_for(&self, actor: &PrincipalId, principal: &PrincipalId) -> bool {
        actor == principal || self.consents_for.contains(principal)
    }
}
