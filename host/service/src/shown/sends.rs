//! What a version sends to whom of what it finds as whom it runs as: the declassification that is consented to (ONE-09).

use std::collections::BTreeSet;

use mandate_governance::{Automation, Version};
use mandate_model::{PrincipalId, PrincipalKind, Recipient};
use serde::Serialize;

use super::words::runs_as;

/// As whom recipients are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sends {
    /// Whose sight it is that is sent; `None`: nobody's yet.
    pub seen_as: Option<PrincipalId>,
    /// To whom; `None`: the version was made where each is told as themself.
    pub to: Option<BTreeSet<PrincipalId>>,
    /// Columns that name others besides, at each run.
    pub columns: BTreeSet<String>,
    /// Whether it has teams: who joins one later is not told.
    pub teams: bool,
    /// Whether the site evaluates notifications as whom automations run as, now.
    pub chosen: bool,
}

impl Sends {
    /// `None`: neither the version nor the site says anything of it, or nobody is told.
    pub(super) fn of(version: &Version, automation: &Automation, chosen: bool) -> Option<Self> {
        let to = version.people().cloned();
        if (to.is_none() && !chosen) || version.recipients().is_empty() {
            return None;
        }
        let column = |recipient: &Recipient| match recipient {
            Recipient::Column(column) => Some(column.clone()),
            Recipient::Principal(_) => None,
        };
        let team =
            |recipient: &Recipient| matches!(recipient, Recipient::Principal(id) if id.kind() == PrincipalKind::Team);
        Some(Self {
            seen_as: automation.run_as.clone(),
            to,
            columns: version.recipients().iter().filter_map(column).collect(),
            teams: version.recipients().iter().any(team),
            chosen,
        })
    }

    /// In words, one line each.
    pub fn lines(&self) -> Vec<String> {
        let Some(to) = &self.to else {
            let line =
                "nothing that it finds as whom it runs as: each is told as themself, until it is published again";
            return vec![line.to_owned()];
        };
        let seen_as = runs_as(self.seen_as.as_ref());
        let mut lines = vec![format!("what it finds as {seen_as} is sent to: {}", names(to))];
        lines.extend(
            self.columns.iter().map(|column| format!("and to whom `{column}` of the row names, as {seen_as} reads it")),
        );
        if self.teams {
            lines.push("not to who joins a team later: publish it again, and consent to that, to tell them".to_owned());
        }
        if !self.chosen {
            lines.push("nothing of that now: this site has each told as themself".to_owned());
        }
        lines
    }
}

fn names(people: &BTreeSet<PrincipalId>) -> String {
    let names: Vec<String> = people.iter().map(ToString::to_string).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}
