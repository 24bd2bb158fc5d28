//! Retry: what failed of a run for good is tried again, because an administrator of the site says so.
//!
//! No setting of a site says who may, and being let edit or run an automation is not it: a part that was given up acts as somebody at
//! a time that they did not choose, and perhaps long after. So it is left to who answers for the whole site; the operator has
//! [`Service::revive`](crate::Service::revive). What they are not shown is not tried: whether it failed is not theirs to find out.

use mandate_model::{PrincipalId, RunId};

use super::{Shown, sight::Look};
use crate::{
    error::{Result, ServiceError},
    runner::Runner,
    store::{
        self,
        audit::{self, entry::Audited},
        part::{PartKind, PartState},
    },
};

impl Runner {
    /// Tries again what failed of a run for good, as far as `viewer` is shown that it did; whether there was anything. Rights, consent
    /// and recipients are asked again, as always.
    pub(crate) async fn retry(&self, viewer: &PrincipalId, id: &RunId) -> Result<bool> {
        let look = self.look(viewer, id).await?;
        if !self.administers(&look).await? {
            return Err(ServiceError::MayNotRetry);
        }
        let failed = self.failed(&look).await?;
        if failed.is_empty() {
            return Ok(false);
        }
        let now = self.host.clock.now();
        let mut tx = self.store.begin().await?;
        let mut any = false;
        for id in &failed {
            any |= store::run::revive(&mut tx, now, Some(id)).await?;
        }
        if any {
            let (automation, run) = (look.context.run.automation.clone(), id.clone());
            audit::append(&mut tx, &Audited::Retried { automation, run, actor: viewer.clone() }, now).await?;
        }
        tx.commit().await?;
        Ok(any)
    }

    /// Whether there is something that `viewer` may have tried again.
    pub(crate) async fn may_retry(&self, viewer: &PrincipalId, id: &RunId) -> Result<bool> {
        let look = self.look(viewer, id).await?;
        Ok(self.administers(&look).await? && !self.failed(&look).await?.is_empty())
    }

    async fn administers(&self, look: &Look) -> Result<bool> {
        let standing = self.host.roles.standing(&look.viewer).await?;
        let site = &look.context.life.automation.site;
        Ok(standing.is_some_and(|standing| standing.active && standing.site == *site && standing.is_site_admin()))
    }

    /// The run and its parts that were given up, of which the viewer is shown that they were. What may have been done is for the
    /// operator to settle.
    async fn failed(&self, look: &Look) -> Result<Vec<String>> {
        let (run, mut failed) = (&look.context.run, vec![]);
        let view = self.page(look).await?;
        if run.is_dead() && view.withheld.as_ref().and_then(Shown::get).is_some() {
            failed.push(run.id.to_string());
        }
        for part in &look.own {
            let shown = self.own_redacted(look, part).await?;
            if shown.state == PartState::Dead && shown.hidden.is_none() {
                failed.push(part.id.clone());
            }
        }
        for part in store::part::others(self.store.reader(), &look.viewer, &run.id, PartKind::Act).await? {
            let principal = part.principal()?;
            let shown = view.others.get().into_iter().flatten().find(|shown| shown.principal == principal);
            if shown.and_then(|shown| shown.rest.get()).is_some_and(|rest| rest.state == PartState::Dead) {
                failed.push(part.id.clone());
            }
        }
        Ok(failed)
    }
}
