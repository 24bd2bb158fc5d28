//! Whether somebody may know of all that a version names.

use std::collections::BTreeSet;

use mandate_governance::{Lack, Life, Refused, Version, footprint};
use mandate_model::PrincipalId;

use super::facts::About;
use crate::{error::Result, runner::Runner};

impl Runner {
    /// Refuses whoever may not know of something that the version touches: a copy would show it to them whole (A04).
    pub(crate) async fn knows_whole(&self, life: &Life, actor: &PrincipalId, version: &Version) -> Result<()> {
        for power in footprint(version) {
            if !self.host.roles.knows(actor, &power).await? {
                let mut tx = self.store.reader().begin().await?;
                let governing = self.governing(&mut tx, &life.automation.site).await?;
                drop(tx);
                let lacks = vec![Lack::hidden(actor.clone())];
                let refused = Refused::Lacks { lacks, granters: BTreeSet::new() };
                let about = About { automation: &life.automation, versions: vec![version] };
                return Err(self.explained(refused, &self.inquiry(&governing), actor, &about).await.into());
            }
        }
        Ok(())
    }
}
