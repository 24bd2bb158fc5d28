//! A version, as one person may see it.

mod sends;

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::{Automation, Version};
use mandate_model::{ColumnSet, PluginDigest, Power, Powers, PrincipalId, Recipient, Trigger, VersionId};
use serde::Serialize;

use self::sends::Sends;
use super::super::{changes::knows, words};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// What would run.
#[derive(Debug, Serialize)]
pub(in super::super) struct Shown {
    plugin: String,
    digest: PluginDigest,
    /// Those of which the person may know.
    powers: Powers,
    /// There are others.
    hidden: bool,
    /// For who decides on it.
    whole: Option<Whole>,
}

/// All the rest of a version.
#[derive(Debug, Serialize)]
struct Whole {
    version: VersionId,
    recipients: BTreeSet<Recipient>,
    /// As whom they are told; `None`: there is nothing to say but that each is as themself.
    sends: Option<Sends>,
    /// What it works on, in words of the settings; not for who may not know of all of it.
    works_on: Option<(Trigger, String)>,
}

impl Shown {
    /// The version of `automation` that would run, for `who`; `as_run_as`: the site evaluates notifications so now; `whole`: they
    /// decide on it.
    pub(in super::super) async fn of(
        home: &Home,
        who: &PrincipalId,
        version: &Version,
        automation: &Automation,
        as_run_as: bool,
        whole: bool,
    ) -> CliResult<Self> {
        let digest = version.plugin().clone();
        let plugin = home.service.plugin(home.embedded.site(), digest.as_str()).await.map_err(CliError::input)?;
        let manifest = &plugin.described.manifest;
        let mut seen = Seen { home, who, hidden: false };
        let powers = seen.powers(version.powers()).await?;
        if let Some(dataset) = version.trigger().dataset() {
            seen.knows(&Power::Read { dataset: dataset.to_owned() }).await?;
        }
        for filter in version.trigger().only() {
            let dataset = version.trigger().dataset().unwrap_or_default().to_owned();
            seen.knows(&Power::ReadColumn { dataset, column: filter.column.clone() }).await?;
        }
        let hidden = seen.hidden;
        let works_on = (!hidden).then(|| (version.trigger().clone(), version.settings().to_owned()));
        let sends = Sends::of(version, automation, as_run_as);
        let rest = || Whole { version: version.id(), recipients: version.recipients().clone(), sends, works_on };
        Ok(Self {
            plugin: format!("{} {}", manifest.name, manifest.version),
            digest,
            powers,
            hidden,
            whole: whole.then(rest),
        })
    }

    /// Prints it.
    pub(super) fn print(&self) {
        if let Some(whole) = &self.whole {
            outln!("  version  {}", whole.version);
        }
        outln!("  plugin   {}, {}", inert(&self.plugin), self.digest);
        let Powers { reads, writes, reads_folders, writes_folders, operations } = &self.powers;
        for (verb, powers) in [("reads", reads), ("writes", writes)] {
            for (dataset, columns) in powers {
                outln!("  {verb:<8} {}: {}", inert(dataset), inert(&columns.to_string()));
            }
        }
        for (verb, names) in [("reads", reads_folders), ("writes", writes_folders), ("invokes", operations)] {
            for name in names {
                outln!("  {verb:<8} {}", inert(name));
            }
        }
        if self.hidden {
            outln!("  more     that you may not know of");
        }
        self.whole.iter().for_each(Whole::print);
    }
}

impl Whole {
    fn print(&self) {
        outln!("  tells    {}", words::names(&self.recipients, "nobody"));
        self.sends.iter().flat_map(Sends::lines).for_each(|line| outln!("  sends    {}", inert(&line)));
        if let Some((trigger, settings)) = &self.works_on {
            outln!("  hears    {}", inert(&words::trigger(trigger)));
            outln!("  settings {}", inert(settings));
        }
    }
}

/// What one person may know of powers.
struct Seen<'a> {
    home: &'a Home,
    who: &'a PrincipalId,
    hidden: bool,
}

impl Seen<'_> {
    async fn knows(&mut self, power: &Power) -> CliResult<bool> {
        let knows = knows(self.home, self.who, power).await?;
        self.hidden |= !knows;
        Ok(knows)
    }

    async fn powers(&mut self, all: &Powers) -> CliResult<Powers> {
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
        power: impl Fn(String) -> Power,
    ) -> CliResult<BTreeMap<String, ColumnSet>> {
        let mut known = BTreeMap::new();
        for (dataset, columns) in all {
            if self.knows(&power(dataset.clone())).await? {
                known.insert(dataset.clone(), columns.clone());
            }
        }
        Ok(known)
    }

    async fn names(&mut self, all: &BTreeSet<String>, power: impl Fn(String) -> Power) -> CliResult<BTreeSet<String>> {
        let mut known = BTreeSet::new();
        for name in all {
            if self.knows(&power(name.clone())).await? {
                known.insert(name.clone());
            }
        }
        Ok(known)
    }
}
