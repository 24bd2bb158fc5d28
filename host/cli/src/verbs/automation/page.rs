//! The consent page on a terminal: an automation as one person may see it before they decide on it.

mod version;

use mandate_governance::Consent;
use mandate_model::{AutomationId, PrincipalId};
use mandate_service::{AutomationPage, Happened};
use serde::Serialize;

use super::{ask::refused, words};
use crate::{
    failure::CliResult,
    home::Home,
    show::{inert, runs_as, time},
};

/// What a person is shown.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Page(AutomationPage);

impl Page {
    /// The page of an automation, for `who`; refused like what does not exist, if they may not see it.
    pub(super) async fn of(home: &Home, id: &AutomationId, who: &PrincipalId) -> CliResult<Self> {
        home.service.shown_to(id, who).await.map(Self).map_err(refused)
    }

    /// Prints it.
    pub(super) fn print(&self) {
        let automation = &self.0.automation;
        outln!("`{}`  {}", inert(&automation.name), automation.id);
        let place = automation.workspace.as_ref().map(|name| format!(", in the workspace {name}")).unwrap_or_default();
        outln!("  state    {}, {}{}", automation.state.as_str(), words::kind(automation.kind), inert(&place));
        outln!("  runs as  {}", runs_as(automation.run_as.as_ref()));
        if let Some(Consent { by, at, grandfathered, .. }) = &self.0.consent {
            let how = if *grandfathered { ", taken over from another product" } else { "" };
            outln!("  consent  by {by}, {}{how}", time(*at));
        }
        if let Some(to) = &automation.offered {
            outln!("  offered  to {to}");
        }
        outln!("  managers {}", words::names(&automation.managers, "nobody besides"));
        outln!("  members  {}", words::names(&automation.members, "nobody"));
        outln!("  creator  {}", automation.creator);
        self.print_version();
        self.print_rest();
    }

    /// Prints what would run.
    pub(super) fn print_version(&self) {
        match &self.0.version {
            Some(version) => version::print(version),
            None => outln!("  version  none: nothing is published"),
        }
    }

    fn print_rest(&self) {
        for lack in &self.0.lacks {
            outln!("  lacks    {}", inert(lack));
        }
        if let Some(changes) = &self.0.changes {
            outln!("  changed, against what {} let last:", runs_as(self.0.automation.run_as.as_ref()));
            for line in changes.lines() {
                outln!("    {}", inert(&line));
            }
        }
        outln!("  you may  {}", words::names(&self.0.may, "nothing"));
        outln!("  happened");
        for Happened { at, by, what, .. } in &self.0.happened {
            let by = by.as_ref().map_or_else(|| "the host".to_owned(), ToString::to_string);
            outln!("    {}  {by}: {}", time(*at), inert(what));
        }
    }
}
