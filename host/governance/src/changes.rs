//! What one version changes against another: what a consent page, a publisher and the editor of a stale draft are shown.

use std::collections::BTreeSet;

use mandate_model::Recipient;

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
    Changes {
        more: after.difference(&before).cloned().collect(),
        fewer: before.difference(&after).cloned().collect(),
        told: new.recipients().difference(recipients).cloned().collect(),
        untold: recipients.difference(new.recipients()).cloned().collect(),
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
