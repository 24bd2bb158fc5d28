//! Everything that runs as somebody, handed over at once: before they leave, or after (MON-29, FIL-42).

use mandate_governance::{Ask, Refused};
use mandate_model::{AutomationId, PrincipalId};

use crate::{
    error::{Result, ServiceError},
    service::Service,
    store,
};

impl Service {
    /// Moves each automation that runs as `from` and that `actor` may see to `to`, for whom it is off until they turn it on. Each
    /// is a command of its own: what is refused stays as it was, and says why; the others are moved. Both are told.
    pub async fn hand_over(
        &self,
        actor: &PrincipalId,
        from: &PrincipalId,
        to: &PrincipalId,
    ) -> Result<Vec<(AutomationId, Result<(), Refused>)>> {
        if self.host().platform.directory.principal(to).await?.is_none() {
            return Err(ServiceError::NoSuccessor(to.clone()));
        }
        let mut moved = vec![];
        for life in store::automation::all(self.store().reader()).await? {
            if life.automation.deleted || !life.automation.runs_as(from) {
                continue;
            }
            let id = life.automation.id;
            let ask = Ask::Move { expected: Some(from.clone()), new: to.clone() };
            match self.ask(&id, actor, ask).await {
                Ok(_) => moved.push((id, Ok(()))),
                // Not theirs to know of.
                Err(ServiceError::Refused(Refused::Unknown)) => {}
                Err(ServiceError::Refused(refused)) => moved.push((id, Err(refused))),
                Err(error) => return Err(error),
            }
        }
        Ok(moved)
    }
}
