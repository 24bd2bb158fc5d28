//! What a part is given, and what comes of it.

use std::{collections::BTreeSet, sync::Arc};

use mandate_model::{Effect, Entry, Event, Finding, Message, Outcome, Powers, PrincipalId, RunId};

use crate::{
    limits::Limits,
    platform::{Platform, Standing},
    plugin::Plugin,
    replay::Answers,
};

/// What a part of a run is given, except whom it is for.
#[derive(Clone)]
pub struct Assignment<P = Arc<Plugin>> {
    /// What runs: a loaded plugin, or what a host makes one of.
    pub plugin: P,
    /// Consent ∩ imports ∩ manifest.
    pub powers: Arc<Powers>,
    /// The automation's settings: a JSON object that satisfies the manifest's schema.
    pub settings: Arc<str>,
    /// What happened.
    pub event: Event,
    /// The run.
    pub run: RunId,
    /// Where data lives.
    pub platform: Platform,
    /// What each part may use.
    pub limits: Limits,
    /// Whether the part may still go on.
    pub standing: Arc<dyn Standing>,
    /// Who answers: the platform, or in a replay a journal.
    pub answers: Answers,
    /// Whom an act part tells about each finding, where notifications are evaluated as run_as (ONE-09); empty: nobody. No guest
    /// learns who they are, or how many.
    pub tells: Arc<BTreeSet<PrincipalId>>,
}

impl<P> Assignment<P> {
    /// The same, of another form of what runs.
    pub fn with<Q>(self, plugin: Q) -> Assignment<Q> {
        let Self { plugin: _, powers, settings, event, run, platform, limits, standing, answers, tells } = self;
        Assignment { plugin, powers, settings, event, run, platform, limits, standing, answers, tells }
    }
}

/// What a part used; data of its principal, like its journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    /// Fuel of all its calls together.
    pub fuel: u64,
    /// Host calls.
    pub host_calls: u32,
    /// Bytes given to the guest by host calls.
    pub bytes_to_guest: u64,
}

/// The record of a part, whatever its outcome.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Every host call, in order.
    pub journal: Vec<Entry>,
    /// What it used.
    pub usage: Usage,
}

/// One finding of an act part, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Acted {
    /// What the condition found, as run_as.
    pub finding: Finding,
    /// Whether acting on it succeeded.
    pub outcome: Outcome,
}

/// What came of an act part.
#[derive(Debug, Clone, PartialEq)]
pub struct ActReport {
    /// How the part ended: of `evaluate`, or of the finding after which nothing of the part counts. Another finding that
    /// failed is told in `acted` and does not fail the part.
    pub outcome: Outcome,
    /// Each finding, in order.
    pub acted: Vec<Acted>,
    /// The staged effects of the findings that succeeded, in order: of each finding its changes, then its messages in order of
    /// whom they are for. Empty if nothing of the part counts.
    pub effects: Vec<Effect>,
    /// What happened on the way.
    pub record: Record,
}

/// What came of a notify part.
#[derive(Debug, Clone, PartialEq)]
pub struct NotifyReport {
    /// How the part ended. Other findings go on when one fails; the first failure is told here.
    pub outcome: Outcome,
    /// Messages with the keys of their findings, in order; empty if nothing of the part counts.
    pub messages: Vec<(String, Message)>,
    /// What happened on the way.
    pub record: Record,
}
