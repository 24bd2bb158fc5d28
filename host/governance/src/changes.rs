//! What one version changes against another: what a consent page, a publisher and the editor of a stale draft are shown.

use std::collections::BTreeSet;

use mandate_model::{PrincipalId, Recipient};

use crate::{Power, Touches, Version, footprint};

/// The difference between two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Powers that the new one asks for and the old one did not (A10).
    pub more: BTreeSet<Power>,
    /// Powers that it no longer asks for.
    pub fewer: BTreeSet<Power>,
    /// Recipients whom it tells and the old one did not.
    pub told: BTreeSet<Recipient>,
    /// Recipients whom it no longer tells.
    pub untold: BTreeSet<Recipient>,
    /// People to whom it sends what it finds as run_as, and the old one did not (ONE-09).
    pub sent: BTreeSet<PrincipalId>,
    /// People to whom it no longer sends that.
    pub unsent: BTreeSet<PrincipalId>,
    /// Whether messages come to be made as run_as (`true`), or as each recipient (`false`); `None`: as before.
    pub as_run_as: Option<bool>,
    /// Whether another component runs.
    pub plugin: bool,
    /// Whether its settings differ.
    pub settings: bool,
    /// Whether it listens to something else.
    pub trigger: bool,
}

/// From `old` (`None`: there was none) to `new`.
pub fn changes(old: Option<&Version>, new: &Version) -> Changes {
    let before = old.map(footprint).unwrap_or_default();
    let after = footprint(new);
    let none = BTreeSet::new();
    let recipients = old.map_or(&none, Version::recipients);
    let people = |version: &Version| version.people().cloned().unwrap_or_default();
    let (sent_before, sent_after) = (old.map(people).unwrap_or_default(), people(new));
    let as_run_as = new.people().is_some();
    Changes {
        more: after.difference(&before).cloned().collect(),
        fewer: before.difference(&after).cloned().collect(),
        told: new.recipients().difference(recipients).cloned().collect(),
        untold: recipients.difference(new.recipients()).cloned().collect(),
        sent: sent_after.difference(&sent_before).cloned().collect(),
        unsent: sent_before.difference(&sent_after).cloned().collect(),
        as_run_as: (old.is_some_and(|old| old.people().is_some()) != as_run_as).then_some(as_run_as),
        plugin: old.is_none_or(|old| old.plugin() != new.plugin()),
        settings: old.is_none_or(|old| old.settings() != new.settings()),
        trigger: old.is_none_or(|old| old.trigger() != new.trigger()),
    }
}

impl Changes {
    /// What a publisher changes by it.
    pub fn touches(&self) -> Touches {
        if self.plugin || self.settings || self.trigger { Touches::Logic } else { Touches::Recipients }
    }
}
