//! The automations that somebody may see: all, those of which something holds, and the main ones for a pane beside pages (MON-06).

use std::{collections::BTreeSet, num::NonZeroUsize};

use mandate_governance::{Life, settings};
use mandate_model::{AutomationId, AutomationKind, PrincipalId};

use crate::{error::Result, service::Service, shown::Only, store};

/// Some of the automations that a person may see.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Visible {
    /// In order of their ids.
    pub automations: Vec<Life>,
    /// After which one to go on; `None`: these are the last.
    pub next: Option<AutomationId>,
    /// How many automations were read from the store.
    pub read: usize,
    /// About how many of them policies were asked one by one, because no predicate says what the policies ask.
    pub asked: usize,
}

impl Visible {
    /// As many as are listed at once, if nothing speaks for another number.
    pub const PAGE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(499);
}

impl Service {
    /// The first automations after `after` that `viewer` may see, `limit` of them at most, in order of their ids; deleted ones too,
    /// for their history. What the database can tell not to be visible is not read.
    pub async fn visible(
        &self,
        viewer: &PrincipalId,
        after: Option<&AutomationId>,
        limit: NonZeroUsize,
    ) -> Result<Visible> {
        self.visible_only(viewer, None, after, limit).await
    }

    /// [`Service::visible`] of those that are not deleted and of which `only` holds; `None`: of all.
    pub(crate) async fn visible_only(
        &self,
        viewer: &PrincipalId,
        only: Option<&Only>,
        after: Option<&AutomationId>,
        limit: NonZeroUsize,
    ) -> Result<Visible> {
        let mut visible = Visible::default();
        let Some(sight) = self.runner().sight(viewer).await? else { return Ok(visible) };
        let mut after = after.cloned();
        loop {
            let page = store::listing::page(self.store().reader(), &sight, only, after.as_ref(), limit.get()).await?;
            let last = page.len() < limit.get();
            visible.read = visible.read.saturating_add(page.len());
            for (id, readable) in page {
                after = Some(id);
                let Some((life, sure)) = readable else { continue };
                visible.asked = visible.asked.saturating_add(usize::from(!sure));
                if sure || self.runner().sees_automation(&life, viewer).await? {
                    visible.automations.push(life);
                }
                if visible.automations.len() == limit.get() {
                    visible.next = after;
                    return Ok(visible);
                }
            }
            if last {
                return Ok(visible);
            }
        }
    }

    /// All that `viewer` may see, in order of their ids, page by page: never more than a page is held at once.
    pub async fn each_visible(&self, viewer: &PrincipalId, mut each: impl FnMut(Life)) -> Result<()> {
        let mut after = None;
        loop {
            let page = self.visible(viewer, after.as_ref(), Visible::PAGE).await?;
            page.automations.into_iter().for_each(&mut each);
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// The ids of all that `viewer` may see.
    pub async fn all_visible(&self, viewer: &PrincipalId) -> Result<BTreeSet<AutomationId>> {
        let mut all = BTreeSet::new();
        self.each_visible(viewer, |life| all.extend(Some(life.automation.id))).await?;
        Ok(all)
    }

    /// The first `limit` main automations that `viewer` may see, in order of their ids, none of them deleted; none where the site does
    /// not show main ones to who looks into their workspace.
    pub async fn visible_main(&self, viewer: &PrincipalId, limit: NonZeroUsize) -> Result<Vec<Life>> {
        let (mut found, mut after) = (vec![], None);
        let Some(standing) = self.host().roles.standing(viewer).await? else { return Ok(found) };
        let settings = self.choices(&standing.site).await?.effective()?;
        if !settings.visible_if.contains(&settings::Visible::MainWorkspace) {
            return Ok(found);
        }
        let Some(sight) = self.runner().sight(viewer).await? else { return Ok(found) };
        let sight = sight.main_alone();
        while found.len() < limit.get() {
            let page = store::listing::page(self.store().reader(), &sight, None, after.as_ref(), limit.get()).await?;
            let last = page.len() < limit.get();
            for (id, readable) in page {
                after = Some(id);
                // Where SQL does not say what is seen, other kinds are read, too.
                let main =
                    |(life, _): &(Life, bool)| life.automation.kind == AutomationKind::Main && !life.automation.deleted;
                let Some((life, sure)) = readable.filter(main) else { continue };
                if found.len() < limit.get() && (sure || self.runner().sees_automation(&life, viewer).await?) {
                    found.push(life);
                }
            }
            if last {
                break;
            }
        }
        Ok(found)
    }
}
