//! What one version changes against another, as far as somebody may know it.

use mandate_governance::{Changes, Version};
use mandate_model::{Power, PrincipalId};
use serde::Serialize;

use crate::{error::Result, roles::Roles};

/// What changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShownChanges {
    /// Powers that it asks for besides.
    pub asks: Vec<String>,
    /// Powers that it asks for no longer.
    pub no_longer_asks: Vec<String>,
    /// Recipients who are told besides.
    pub tells: Vec<String>,
    /// Recipients who are told no longer.
    pub no_longer_tells: Vec<String>,
    /// People besides to whom it sends what it finds as whom it runs as.
    pub sends_to: Vec<String>,
    /// People to whom it sends that no longer.
    pub no_longer_sends_to: Vec<String>,
    /// Whether it comes to tell what it finds as whom it runs as, or each as themself; `None`: as before.
    pub as_run_as: Option<bool>,
    /// Whether another plugin runs.
    pub plugin: bool,
    /// Its other settings, if they are others; not where something is hidden, since they name what it works on.
    pub settings: Option<String>,
    /// Whether it listens to something else.
    pub trigger: bool,
    /// There is more that they may not know of.
    pub hidden: bool,
}

impl ShownChanges {
    /// What `changes` say to a person of what comes to be `new`.
    pub(super) async fn of(roles: &dyn Roles, who: &PrincipalId, changes: &Changes, new: &Version) -> Result<Self> {
        let (asks, more_hidden) = known(roles, who, &changes.more).await?;
        let (no_longer_asks, fewer_hidden) = known(roles, who, &changes.fewer).await?;
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
            settings: (changes.settings && !hidden).then(|| new.settings().to_owned()),
            trigger: changes.trigger,
            hidden,
        })
    }

    /// In words, one line each.
    pub fn lines(&self) -> Vec<String> {
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
    roles: &dyn Roles,
    who: &PrincipalId,
    powers: impl IntoIterator<Item = &'p Power> + Send,
) -> Result<(Vec<String>, bool)> {
    let (mut words, mut hidden) = (vec![], false);
    let powers: Vec<&Power> = powers.into_iter().collect();
    for power in powers {
        if roles.knows(who, power).await? {
            words.push(power.to_string());
        } else {
            hidden = true;
        }
    }
    Ok((words, hidden))
}
