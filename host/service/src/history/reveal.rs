//! Reveal: what recipients were told, shown to somebody else on the record. What is shown stays redacted by what the viewer could read
//! themself: revealing lifts that a notify part is its recipient's alone, and nothing else.

use mandate_governance::Happening;
use mandate_model::{PrincipalId, RunId};
use mandate_policy::{Act, Decision};

use super::{RunView, Sight};
use crate::{
    error::{Result, ServiceError},
    runner::Runner,
    store::{self, part::PartKind},
};

/// Most bytes of a reason.
const REASON: usize = 500;

impl Runner {
    /// Whether a viewer who gives a reason is shown the notify parts of others.
    pub(crate) async fn may_reveal(&self, viewer: &PrincipalId, id: &RunId) -> Result<bool> {
        let look = self.look(viewer, id).await?;
        let from = self.standpoint(&look.context.life, viewer).await?;
        Ok(look.sight == Sight::Redacted && from.is_some_and(|from| from.reveals() == Decision::Allow))
    }

    /// One run with the notify parts of everybody who may know of the event. That `viewer` asked, and why, is kept with the
    /// automation before anything is read, and stays whatever is shown.
    pub(crate) async fn reveal(&self, viewer: &PrincipalId, id: &RunId, reason: &str) -> Result<RunView> {
        let look = self.look(viewer, id).await?;
        if look.sight != Sight::Redacted {
            return Err(ServiceError::NoRun(id.to_string()));
        }
        let life = &look.context.life;
        let from = self.standpoint(life, viewer).await?;
        match from.map(|from| from.reveals()) {
            Some(Decision::Allow) => {}
            Some(Decision::Deny(why)) => return Err(self.refused(life, viewer, Act::RevealHistory, why).await?.into()),
            None => return Err(ServiceError::NoRun(id.to_string())),
        }
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > REASON {
            return Err(ServiceError::RevealReason(REASON));
        }
        let revealed = Happening::Revealed { run: id.clone(), reason: reason.to_owned() };
        let mut tx = self.store.begin().await?;
        store::automation::record(&mut tx, &life.automation.id, Some(viewer), &revealed, self.host.clock.now()).await?;
        tx.commit().await?;
        let mut view = self.page(&look).await?;
        view.revealed = self.of_others(&look, PartKind::Notify).await?;
        Ok(view)
    }
}
