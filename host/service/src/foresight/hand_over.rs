//! Everything that runs as somebody, handed over at once: before they leave, or after (MON-29, FIL-42).

use mandate_governance::{Ask, Refused, SiteChoices};
use mandate_model::{AutomationId, PrincipalId, SiteId};

use crate::{
    error::{Result, ServiceError},
    service::Service,
    store,
};

/// What was handed over, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// To whom.
    pub to: PrincipalId,
    /// Each automation that the actor may see, in order of their ids, with why it stays if it does.
    pub automations: Vec<(AutomationId, Result<(), Refused>)>,
}

impl Service {
    /// Moves each automation that runs as `from` and that `actor` may see to `to`, or else to the actor's site's default
    /// successor, for whom it is off until they turn it on. Each is a command of its own: what is refused stays as it was, and
    /// says why; the others are moved. Both are told.
    pub async fn hand_over(
        &self,
        actor: &PrincipalId,
        from: &PrincipalId,
        to: Option<&PrincipalId>,
    ) -> Result<HandedOver> {
        let to = match to {
            Some(to) if self.host().platform.directory.principal(to).await?.is_none() => {
                return Err(ServiceError::NoSuccessor(to.clone()));
            }
            Some(to) => to.clone(),
            None => self.default_successor(actor, from).await?,
        };
        let mut automations = vec![];
        for life in store::automation::all(self.store().reader()).await? {
            if life.automation.deleted || !life.automation.runs_as(from) {
                continue;
            }
            let id = life.automation.id;
            let ask = Ask::Move { expected: Some(from.clone()), new: to.clone() };
            match self.ask(&id, actor, ask).await {
                Ok(_) => automations.push((id, Ok(()))),
                // Not theirs to know of.
                Err(ServiceError::Refused(Refused::Unknown)) => {}
                Err(ServiceError::Refused(refused)) => automations.push((id, Err(refused))),
                Err(error) => return Err(error),
            }
        }
        Ok(HandedOver { to, automations })
    }

    /// Who takes over from `from` in the actor's site where nobody is named. They are looked at again: they may have left since.
    async fn default_successor(&self, actor: &PrincipalId, from: &PrincipalId) -> Result<PrincipalId> {
        let none = ServiceError::NoDefaultSuccessor;
        let standing = self.host().roles.standing(actor).await?;
        let site = standing.ok_or(none("this site has no default successor"))?.site;
        let successor = self.choices(&site).await?.successor.ok_or(none("this site has no default successor"))?;
        if successor == *from {
            return Err(none("the default successor of this site is whom it is taken from"));
        }
        if !self.can_succeed(&site, &successor).await? {
            return Err(none("the default successor of this site is not there any more, or deactivated"));
        }
        Ok(successor)
    }

    /// Refuses a default successor who could not take anything over.
    pub(crate) async fn check_successor(&self, site: &SiteId, choices: &SiteChoices) -> Result<()> {
        match &choices.successor {
            Some(successor) if !self.can_succeed(site, successor).await? => {
                Err(ServiceError::NoSuccessor(successor.clone()))
            }
            _ => Ok(()),
        }
    }

    async fn can_succeed(&self, site: &SiteId, person: &PrincipalId) -> Result<bool> {
        let standing = self.host().roles.standing(person).await?;
        Ok(standing.is_some_and(|standing| standing.active && standing.site == *site))
    }
}
