//! Powers that an automation declares and does not use. Counted from act parts alone: what a notify part read would tell who reads.

use std::collections::BTreeSet;

use mandate_governance::{Refused, footprint};
use mandate_model::{AutomationId, Entry, Label, Power, PrincipalId, Resource, RunId, Trigger, Verdict, VersionId};
use serde::Serialize;

use super::{Sight, list::MOST_RUNS};
use crate::{
    error::{Result, ServiceError},
    governing::{facts::OfHistory, standpoint::Standpoint},
    runner::Runner,
    store::{self, part::PartKind},
};

/// What was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unused {
    /// How many act parts were counted: those of the last runs of the published version that the viewer may see whole. A part of which
    /// something is hidden counts for nothing, or its absence would tell what it read.
    pub counted: u32,
    /// Declared powers that none of these used, in order, without those that the viewer may not know of. Of a power to read or change
    /// every column, only the dataset counts.
    pub powers: BTreeSet<Power>,
}

impl Runner {
    /// Which powers of the published version no act part of its last runs used: at most `runs` of them, and [`MOST_RUNS`].
    pub(crate) async fn unused(&self, viewer: &PrincipalId, id: &AutomationId, runs: u32) -> Result<Unused> {
        let life = store::automation::known(self.store.reader(), id).await?;
        let from = self.standpoint(&life, viewer).await?.filter(Standpoint::sees).ok_or(Refused::Unknown)?;
        if !from.history(OfHistory::Run) && !from.history(OfHistory::CoveredRun) {
            let why = "they may not see what ran".to_owned();
            return Err(self.refused(&life, viewer, mandate_policy::Act::ViewHistory, why).await?.into());
        }
        let version = from.version.ok_or(Refused::Unpublished)?;
        let of = BTreeSet::from([id.clone()]);
        let ids = store::run::page(self.store.reader(), viewer, &of, Some(id), None, runs.min(MOST_RUNS));
        let mut unused = Unused { counted: 0, powers: footprint(&version) };
        if let Trigger::Row { dataset, .. } = version.trigger() {
            // Listening uses it.
            unused.powers.remove(&Power::Read { dataset: dataset.clone() });
        }
        for run in ids.await? {
            for used in self.used_in(viewer, &run, &version.id()).await? {
                unused.counted += 1;
                unused.powers.retain(|power| !used.contains(power));
            }
        }
        let mut known = BTreeSet::new();
        for power in unused.powers {
            if self.host.roles.knows(viewer, &power).await? {
                known.insert(power);
            }
        }
        Ok(Unused { powers: known, ..unused })
    }

    /// The powers that each act part of a run used which the viewer sees whole; none, if the run is of another version.
    async fn used_in(&self, viewer: &PrincipalId, run: &RunId, version: &VersionId) -> Result<Vec<BTreeSet<Power>>> {
        let look = match self.look(viewer, run).await {
            Err(ServiceError::NoRun(_)) => return Ok(vec![]),
            Err(error) if error.is_broken() => return Ok(vec![]),
            look => look?,
        };
        let mut all = vec![];
        if look.context.run.version != *version {
            return Ok(all);
        }
        for part in store::part::of_kind(self.store.reader(), run, PartKind::Act).await? {
            let (principal, journal) = (part.principal()?, store::part::journal(self.store.reader(), &part.id).await?);
            let theirs = look.sight == Sight::Redacted && look.eyes.act && look.eyes.names;
            let may = if principal == *viewer { !look.own.is_empty() } else { theirs };
            if may && look.eyes.entries(&principal, &journal).await == journal.len() {
                all.push(journal.iter().flat_map(used).collect());
            }
        }
        Ok(all)
    }
}

/// The powers that a call used: what was denied or wrong used none.
fn used(entry: &Entry) -> BTreeSet<Power> {
    let mut powers = BTreeSet::new();
    if entry.verdict == Verdict::Allowed {
        entry.labels.all(|label| {
            powers.extend(of(&entry.interface, label));
            true
        });
    }
    powers
}

fn of(interface: &str, label: &Label) -> Vec<Power> {
    let (dataset, columns) = match &label.resource {
        Resource::Dataset { dataset, columns } | Resource::Rows { dataset, columns, .. } => (dataset.clone(), columns),
        Resource::Operation(name) => return vec![Power::Operation { name: name.clone() }],
        _ => return vec![],
    };
    let columns = columns.iter().cloned();
    match interface {
        "rows" => std::iter::once(Power::Read { dataset: dataset.clone() })
            .chain(columns.map(|column| Power::ReadColumn { dataset: dataset.clone(), column }))
            .collect(),
        "rows-write" => std::iter::once(Power::Write { dataset: dataset.clone() })
            .chain(columns.map(|column| Power::WriteColumn { dataset: dataset.clone(), column }))
            .collect(),
        _ => vec![],
    }
}
