//! Runs in a list: the latest first, page by page.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, PrincipalId, RunId};

use super::RunView;
use crate::{error::Result, governing::facts::OfHistory, runner::Runner, store};

/// Most runs of a page.
pub(super) const MOST_RUNS: u32 = 100;

impl Runner {
    /// The runs that `viewer` may know of, the latest first: at most `limit` (and [`MOST_RUNS`]), made before the run `after`.
    ///
    /// Runs are left out after they were looked at, so that a page is full wherever there are more.
    pub(crate) async fn history(
        &self,
        viewer: &PrincipalId,
        automation: Option<&AutomationId>,
        after: Option<&RunId>,
        limit: u32,
    ) -> Result<Vec<RunView>> {
        if let Some(after) = after {
            // A place in the list is told by a run that is theirs to know of, and by no other.
            self.look(viewer, after).await?;
        }
        let limit = limit.min(MOST_RUNS) as usize;
        let automations = self.histories(viewer, automation).await?;
        let (mut runs, mut after) = (vec![], after.cloned());
        while runs.len() < limit {
            let page =
                store::run::page(self.store.reader(), viewer, &automations, automation, after.as_ref(), MOST_RUNS);
            let page = page.await?;
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            for id in &page {
                if runs.len() < limit {
                    runs.extend(self.shown(viewer, id).await?);
                }
            }
        }
        Ok(runs)
    }

    /// The automations of which `viewer` may know more than their own parts: of these, or of all.
    pub(super) async fn histories(
        &self,
        viewer: &PrincipalId,
        of: Option<&AutomationId>,
    ) -> Result<BTreeSet<AutomationId>> {
        let mut histories = BTreeSet::new();
        for life in store::automation::all(self.store.reader()).await? {
            if of.is_some_and(|of| *of != life.automation.id) {
                continue;
            }
            let from = match self.standpoint(&life, viewer).await {
                Err(error) if error.is_broken() => continue,
                from => from?,
            };
            let any = [OfHistory::Run, OfHistory::CoveredRun, OfHistory::Whether];
            if from.is_some_and(|from| any.into_iter().any(|of| from.history(of))) {
                histories.insert(life.automation.id);
            }
        }
        Ok(histories)
    }
}
