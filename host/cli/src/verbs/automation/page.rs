//! The consent page: an automation as one person may see it before they decide on it.

mod version;

use std::collections::BTreeSet;

use mandate_governance::{Automation, Consent, Happening, Lack};
use mandate_model::{AutomationId, PrincipalId};
use mandate_policy::Act;
use mandate_service::{Prospect, Roles as _};
use serde::Serialize;

use self::version::Shown;
use super::{
    ask::refused,
    changes::{Told, knows},
    words,
};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::{inert, runs_as, time},
};

/// Acts on which somebody decides by what a version is: whoever may do one is shown it whole.
const DECIDING: [Act; 4] = [Act::Edit, Act::Enable, Act::Consent, Act::Take];

/// What a person is shown.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    automation: Automation,
    consent: Option<Consent>,
    version: Option<Shown>,
    lacks: BTreeSet<String>,
    changes: Option<Told>,
    may: BTreeSet<Act>,
    happened: Vec<Happened>,
}

/// Something that happened.
#[derive(Debug, Serialize)]
struct Happened {
    at: i64,
    /// `None`: the host, or its operator.
    by: Option<PrincipalId>,
    what: String,
}

impl Page {
    /// The page of an automation, for `who`; refused like what does not exist, if they may not see it.
    pub(super) async fn of(home: &Home, id: &AutomationId, who: &PrincipalId) -> CliResult<Self> {
        let Prospect { life, version, as_run_as, changes, lacks, run_as_lacks, may, .. } =
            home.service.prospect(id, who).await.map_err(refused)?;
        let decides = DECIDING.iter().any(|act| may.contains(act)) || offered(home, &life.automation, who).await?;
        let changes = match (&changes, &version) {
            (Some(changes), Some(version)) if decides => Some(Told::of(home, who, changes, version).await?),
            _ => None,
        };
        let version = match &version {
            Some(version) => Some(Shown::of(home, who, version, &life.automation, as_run_as, decides).await?),
            None => None,
        };
        let mut page = Self {
            consent: life.consent,
            automation: life.automation,
            version,
            lacks: run_as_lacks.iter().chain(&lacks).map(Lack::to_string).collect(),
            changes,
            may,
            happened: happened(home, id, who, decides).await?,
        };
        page.withhold(decides);
        Ok(page)
    }

    /// A version's id is a digest over its recipients too, and another automation is its own secret.
    fn withhold(&mut self, decides: bool) {
        self.automation.cloned_from = None;
        // That is another one's beginning.
        self.may.remove(&Act::Create);
        if !decides {
            self.automation.published = None;
            self.consent = None;
        }
    }

    /// Prints it.
    pub(super) fn print(&self) {
        let automation = &self.automation;
        outln!("`{}`  {}", inert(&automation.name), automation.id);
        let place = automation.workspace.as_ref().map(|name| format!(", in the workspace {name}")).unwrap_or_default();
        outln!("  state    {}, {}{}", automation.state.as_str(), words::kind(automation.kind), inert(&place));
        outln!("  runs as  {}", runs_as(automation.run_as.as_ref()));
        if let Some(Consent { by, at, grandfathered, .. }) = &self.consent {
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
        match &self.version {
            Some(version) => version.print(),
            None => outln!("  version  none: nothing is published"),
        }
    }

    fn print_rest(&self) {
        for lack in &self.lacks {
            outln!("  lacks    {}", inert(lack));
        }
        if let Some(changes) = &self.changes {
            outln!("  changed, against what {} let last:", runs_as(self.automation.run_as.as_ref()));
            for line in changes.lines() {
                outln!("    {}", inert(&line));
            }
        }
        outln!("  you may  {}", words::names(&self.may, "nothing"));
        outln!("  happened");
        for Happened { at, by, what } in &self.happened {
            let by = by.as_ref().map_or_else(|| "the host".to_owned(), ToString::to_string);
            outln!("    {}  {by}: {}", time(*at), inert(what));
        }
    }
}

/// Whether it is offered to them, or to whom they speak for.
async fn offered(home: &Home, automation: &Automation, who: &PrincipalId) -> CliResult<bool> {
    let Some(to) = &automation.offered else { return Ok(false) };
    let standing = home.embedded.standing(who).await.map_err(CliError::unavailable)?;
    Ok(to == who || standing.is_some_and(|standing| standing.consents_for.contains(to)))
}

/// What happened, in order.
async fn happened(home: &Home, id: &AutomationId, who: &PrincipalId, versions: bool) -> CliResult<Vec<Happened>> {
    let mut all = vec![];
    for (at, by, mut happening) in home.service.happenings(id).await.map_err(refused)? {
        if let Happening::Stopped { lost } = &mut happening {
            withheld(home, who, lost).await?;
        }
        all.push(Happened { at, by, what: words::words(&happening, versions) });
    }
    Ok(all)
}

/// Leaves nothing of powers of which the person may not know.
async fn withheld(home: &Home, who: &PrincipalId, lost: &mut Vec<Lack>) -> CliResult {
    for lack in lost.iter_mut() {
        if let Some(power) = &lack.power
            && !knows(home, who, power).await?
        {
            lack.power = None;
        }
    }
    lost.dedup();
    Ok(())
}
