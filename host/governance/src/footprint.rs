//! The footprint of a version: everything that it declares to touch, one power at a time, so that rules "for all of them"
//! (FIL-07, FIL-08, FIL-13, VEN-18) are folds over a list.

use std::collections::BTreeSet;

use mandate_model::{ColumnSet, Power, Powers, PrincipalId, RowFilter};
use serde::{Deserialize, Serialize};

use crate::{Settings, Version};

/// The footprint of a version, in order: what its powers name, and the dataset that it
/// listens to, with the columns that its trigger looks at.
pub fn footprint(version: &Version) -> BTreeSet<Power> {
    let Powers { reads, writes, reads_folders, writes_folders, operations } = version.powers();
    let mut powers = BTreeSet::new();
    if let Some(heard) = version.trigger().dataset() {
        let column =
            |filter: &RowFilter| Power::ReadColumn { dataset: heard.to_owned(), column: filter.column.clone() };
        powers.insert(Power::Read { dataset: heard.to_owned() });
        powers.extend(version.trigger().only().iter().map(column));
    }
    for (dataset, columns) in reads {
        powers.insert(Power::Read { dataset: dataset.clone() });
        powers.extend(named(columns).map(|column| Power::ReadColumn { dataset: dataset.clone(), column }));
    }
    for (dataset, columns) in writes {
        powers.insert(Power::Write { dataset: dataset.clone() });
        powers.extend(named(columns).map(|column| Power::WriteColumn { dataset: dataset.clone(), column }));
    }
    powers.extend(reads_folders.iter().map(|pattern| Power::ReadFolder { pattern: pattern.clone() }));
    powers.extend(writes_folders.iter().map(|pattern| Power::WriteFolder { pattern: pattern.clone() }));
    powers.extend(operations.iter().map(|name| Power::Operation { name: name.clone() }));
    powers
}

fn named(columns: &ColumnSet) -> impl Iterator<Item = String> {
    let names = match columns {
        ColumnSet::All => BTreeSet::new(),
        ColumnSet::Named(names) => names.clone(),
    };
    names.into_iter()
}

/// What the principal that a version runs as must hold. Where recipients are evaluated as themselves, columns to read are no part
/// of it: each is shown those that they may see. Where messages are made as run_as they are, of every version: also one that was made
/// before the site chose so is held to it, though its recipients are still evaluated as themselves.
pub fn needs(version: &Version, settings: &Settings) -> BTreeSet<Power> {
    let mut powers = footprint(version);
    if !settings.evaluate_as.is_run_as() {
        powers.retain(|power| !matches!(power, Power::ReadColumn { .. }));
    }
    powers
}

/// A declared power that somebody does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lack {
    /// Who lacks it.
    pub principal: PrincipalId,
    /// What; `None` where whoever is told may not know that it exists (A04).
    pub power: Option<Power>,
    /// Whether nobody can say now if they have it (A13): it lets nobody act, and is no loss.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undecided: bool,
}

impl Lack {
    /// That somebody does not have this power.
    pub fn of(principal: &PrincipalId, power: &Power) -> Self {
        Self { principal: principal.clone(), power: Some(power.clone()), undecided: false }
    }

    /// That nobody can say now whether they have it.
    pub fn undecided(principal: &PrincipalId, power: &Power) -> Self {
        Self { undecided: true, ..Self::of(principal, power) }
    }

    /// That they lack something of which whoever is told may not know.
    pub fn hidden(principal: PrincipalId) -> Self {
        Self { principal, power: None, undecided: false }
    }
}

impl std::fmt::Display for Lack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.power {
            Some(power) if self.undecided => write!(f, "cannot decide whether `{}` may {power}", self.principal),
            Some(power) => write!(f, "`{}` may not {power}", self.principal),
            None => write!(f, "`{}` lacks something that you may not know of", self.principal),
        }
    }
}
