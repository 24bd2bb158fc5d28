//! A version, as one person may see it.

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::{Automation, Version};
use mandate_model::{ColumnSet, PluginDigest, Power, Powers, PrincipalId, Recipient, Trigger, VersionId};
use serde::Serialize;

use super::sends::Sends;
use crate::{error::Result, roles::Roles, service::Service};

/// What would run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownVersion {
    /// What the plugin calls itself, with its version.
    pub plugin: String,
    /// What the plugin is.
    pub digest: PluginDigest,
    /// Those powers of which the person may know.
    pub powers: Powers,
    /// There are others.
    pub hidden: bool,
    /// The rest, for who decides on it.
    pub whole: Option<Whole>,
}

/// All the rest of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Whole {
    /// Its digest.
    pub version: VersionId,
    /// Whom it tells.
    pub recipients: BTreeSet<Recipient>,
    /// As whom they are told; `None`: there is nothing to say but that each is as themself.
    pub sends: Option<Sends>,
    /// What it listens to, and its settings as JSON; not for who may not know of all that they name.
    pub works_on: Option<(Trigger, String)>,
}

impl Service {
    /// The version of `automation` that would run, for `who`; `as_run_as`: the site evaluates notifications so now; `whole`: they
    /// decide on it.
    pub(super) async fn shown(
        &self,
        who: &PrincipalId,
        version: &Version,
        automation: &Automation,
        as_run_as: bool,
        whole: bool,
    ) -> Result<ShownVersion> {
        let digest = version.plugin().clone();
        let plugin = self.plugin(&automation.site, digest.as_str()).await?;
        let manifest = &plugin.described.manifest;
        let mut seen = Seen { roles: self.host().roles.as_ref(), who, hidden: false };
        let powers = seen.powers(version.powers()).await?;
        seen.trigger(version.trigger()).await?;
        let hidden = seen.hidden;
        let works_on = (!hidden).then(|| (version.trigger().clone(), version.settings().to_owned()));
        let sends = Sends::of(version, automation, as_run_as);
        let rest = || Whole { version: version.id(), recipients: version.recipients().clone(), sends, works_on };
        Ok(ShownVersion {
            plugin: format!("{} {}", manifest.name, manifest.version),
            digest,
            powers,
            hidden,
            whole: whole.then(rest),
        })
    }
}

/// What one person may know of powers.
pub(super) struct Seen<'a> {
    pub(super) roles: &'a dyn Roles,
    pub(super) who: &'a PrincipalId,
    pub(super) hidden: bool,
}

impl Seen<'_> {
    async fn knows(&mut self, power: &Power) -> Result<bool> {
        let knows = self.roles.knows(self.who, power).await?;
        self.hidden |= !knows;
        Ok(knows)
    }

    /// Whether they may know of all that a version works on.
    pub(super) async fn whole(&mut self, version: &Version) -> Result<bool> {
        self.powers(version.powers()).await?;
        self.trigger(version.trigger()).await?;
        Ok(!self.hidden)
    }

    async fn trigger(&mut self, trigger: &Trigger) -> Result<()> {
        let Some(dataset) = trigger.dataset() else { return Ok(()) };
        self.knows(&Power::Read { dataset: dataset.to_owned() }).await?;
        for filter in trigger.only() {
            let column = filter.column.clone();
            self.knows(&Power::ReadColumn { dataset: dataset.to_owned(), column }).await?;
        }
        Ok(())
    }

    async fn powers(&mut self, all: &Powers) -> Result<Powers> {
        Ok(Powers {
            reads: self.datasets(&all.reads, |dataset| Power::Read { dataset }).await?,
            writes: self.datasets(&all.writes, |dataset| Power::Write { dataset }).await?,
            reads_folders: self.names(&all.reads_folders, |pattern| Power::ReadFolder { pattern }).await?,
            writes_folders: self.names(&all.writes_folders, |pattern| Power::WriteFolder { pattern }).await?,
            operations: self.names(&all.operations, |name| Power::Operation { name }).await?,
        })
    }

    async fn datasets(
        &mut self,
        all: &BTreeMap<String, ColumnSet>,
        power: impl Fn(String) -> Power + Send,
    ) -> Result<BTreeMap<String, ColumnSet>> {
        let mut known = BTreeMap::new();
        for (dataset, columns) in all {
            if self.knows(&power(dataset.clone())).await? {
                known.insert(dataset.clone(), columns.clone());
            }
        }
        Ok(known)
    }

    async fn names(
        &mut self,
        all: &BTreeSet<String>,
        power: impl Fn(String) -> Power + Send,
    ) -> Result<BTreeSet<String>> {
        let mut known = BTreeSet::new();
        for name in all {
            if self.knows(&power(name.clone())).await? {
                known.insert(name.clone());
            }
        }
        Ok(known)
    }
}
