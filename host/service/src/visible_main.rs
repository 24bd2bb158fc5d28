//! The main automations that somebody may see, for a pane beside pages (MON-06).

use std::num::NonZeroUsize;

use mandate_governance::{Life, settings::Visible};
use mandate_model::{AutomationKind, PrincipalId};

use crate::{error::Result, service::Service, store};

impl Service {
    /// The first `limit` main automations that `viewer` may see, in order of their ids, none of them deleted; none where the site does
    /// not show main ones to who looks into their workspace.
    pub async fn visible_main(&self, viewer: &PrincipalId, limit: NonZeroUsize) -> Result<Vec<Life>> {
        let (mut found, mut after) = (vec![], None);
        let Some(standing) = self.host().roles.standing(viewer).await? else { return Ok(found) };
        let settings = self.choices(&standing.site).await?.effective()?;
        if !settings.visible_if.contains(&Visible::MainWorkspace) {
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
