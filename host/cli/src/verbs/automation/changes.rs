//! What one version changes against another, as far as somebody may know it.

use mandate_governance::{Changes, Version, changes};
use mandate_model::{Power, PrincipalId, VersionId};
use mandate_service::Roles as _;
use serde::Serialize;

use super::ask::refused;
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// What changes.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    asks: Vec<String>,
    no_longer_asks: Vec<String>,
    tells: Vec<String>,
    no_longer_tells: Vec<String>,
    sends_to: Vec<String>,
    no_longer_sends_to: Vec<String>,
    as_run_as: Option<bool>,
    plugin: bool,
    settings: Option<String>,
    trigger: bool,
    /// There is more that they may not know of.
    hidden: bool,
}

impl Told {
    /// What `changes` say to a person of what comes to be `new`.
    pub(super) async fn of(home: &Home, who: &PrincipalId, changes: &Changes, new: &Version) -> CliResult<Self> {
        let (asks, more_hidden) = known(home, who, &changes.more).await?;
        let (no_longer_asks, fewer_hidden) = known(home, who, &changes.fewer).await?;
        let hidden = more_hidden || fewer_hidden;
        Ok(Self {
            asks,
            no_longer_asks,
            tells: changes.told.iter().map(ToString::to_string).collect(),
            no_longer_tells: changes.untold.iter().map(ToString::to_string).collect(),
            sends_to: changes.sent.iter().map(ToString::to_string).collect(),
            no_longer_sends_to: changes.unsent.iter().map(ToString::to_string).collect(),
            as_run_as: changes.as_run_as,
            plugin: changes.plugin,
            // Settings name what it works on.
            settings: (changes.settings && !hidden).then(|| new.settings().to_owned()),
            trigger: changes.trigger,
            hidden,
        })
    }

    /// In words, one line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let each = |words: &str, all: &[String]| all.iter().map(|one| format!("{words} {one}")).collect::<Vec<_>>();
        let mut lines = each("asks to", &self.asks);
        lines.extend(each("no longer asks to", &self.no_longer_asks));
        lines.extend(each("tells", &self.tells));
        lines.extend(each("no longer tells", &self.no_longer_tells));
        let as_whom = |run_as| if run_as { "tells what it finds as whom it runs as" } else { "tells each as themself" };
        lines.extend(self.as_run_as.map(|run_as| as_whom(run_as).to_owned()));
        lines.extend(each("sends that to", &self.sends_to));
        lines.extend(each("no longer sends that to", &self.no_longer_sends_to));
        lines.extend(self.settings.iter().map(|settings| format!("other settings: {settings}")));
        let flags = [
            (self.plugin, "another plugin"),
            (self.trigger, "another trigger"),
            (self.hidden, "something that you may not know of"),
        ];
        lines.extend(flags.into_iter().filter(|(set, _)| *set).map(|(_, words)| words.to_owned()));
        if lines.is_empty() {
            lines.push("nothing".to_owned());
        }
        lines
    }
}

/// The powers of which a person may know, in words, and whether there are others.
async fn known<'p>(
    home: &Home,
    who: &PrincipalId,
    powers: impl IntoIterator<Item = &'p Power>,
) -> CliResult<(Vec<String>, bool)> {
    let (mut words, mut hidden) = (vec![], false);
    for power in powers {
        if knows(home, who, power).await? {
            words.push(power.to_string());
        } else {
            hidden = true;
        }
    }
    Ok((words, hidden))
}

/// Whether a person may know that what the power is about exists.
pub(super) async fn knows(home: &Home, who: &PrincipalId, power: &Power) -> CliResult<bool> {
    home.embedded.knows(who, power).await.map_err(CliError::unavailable)
}

/// The two sides of a stale draft: what others published since it was begun, and what it changes itself. `draft`: what it would
/// be published as, if it would.
pub(super) async fn both_sides(
    home: &Home,
    who: &PrincipalId,
    base: Option<&VersionId>,
    published: Option<&VersionId>,
    draft: Option<&Version>,
) -> CliResult {
    let base = version(home, base).await?;
    if let Some(published) = version(home, published).await? {
        outln!("since your draft was begun, others published:");
        side(home, who, base.as_ref(), &published).await?;
    }
    if let Some(draft) = draft {
        outln!("your draft changes:");
        side(home, who, base.as_ref(), draft).await?;
    }
    Ok(())
}

/// What `new` changes against `old`.
pub(super) async fn side(home: &Home, who: &PrincipalId, old: Option<&Version>, new: &Version) -> CliResult {
    for line in Told::of(home, who, &changes(old, new), new).await?.lines() {
        outln!("  {}", inert(&line));
    }
    Ok(())
}

async fn version(home: &Home, id: Option<&VersionId>) -> CliResult<Option<Version>> {
    match id {
        Some(id) => home.service.published(id).await.map(Some).map_err(refused),
        None => Ok(None),
    }
}
