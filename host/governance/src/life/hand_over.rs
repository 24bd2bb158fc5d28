//! How an automation comes to run as somebody else: taken, offered and accepted, or moved.

use mandate_model::PrincipalId;

use super::{Step, owner_kind};
use crate::{
    Acquisition, Happening, Refused, State,
    settings::{Acquire, Transfer},
};

impl Step<'_> {
    fn by(&self, transfer: Transfer, word: &'static str) -> Result<(), Refused> {
        if self.facts.settings.transfer.contains(&transfer) { Ok(()) } else { Err(Refused::NoTransfer(word)) }
    }

    /// For oneself, with consent to what is published; it goes on as it was, on their behalf (VEN-03 to VEN-05).
    pub(super) fn pull(&mut self, acquisition: &Acquisition) -> Result<(), Refused> {
        self.by(Transfer::Pull, "pull")?;
        if !self.facts.settings.acquire_on.contains(&Acquire::Take) {
            return Err(Refused::DoesNotMove);
        }
        self.become_run_as(&self.facts.acquires_as, acquisition)
    }

    pub(super) fn offer(&mut self, to: Option<&PrincipalId>) -> Result<(), Refused> {
        self.by(Transfer::Offer, "offer")?;
        self.speaker()?;
        if let Some(to) = to {
            owner_kind(to, self.facts)?;
        }
        if self.life.automation.offered.as_ref() == to {
            return Ok(());
        }
        self.end_offer();
        if let Some(to) = to {
            self.life.automation.offered = Some(to.clone());
            self.happened.push(Happening::Offered { to: to.clone() });
        }
        Ok(())
    }

    /// To whom it is offered, if the actor speaks for them.
    fn offered(&self) -> Result<PrincipalId, Refused> {
        let to_them = |to: &&PrincipalId| self.facts.speaks_for(self.actor, to);
        let offered = self.life.automation.offered.as_ref().filter(to_them);
        offered.cloned().ok_or_else(|| Refused::NotOffered(self.actor.clone()))
    }

    /// For whom it is offered to, be that a team or a site, and never for another for whom the actor speaks.
    pub(super) fn accept(&mut self, acquisition: &Acquisition) -> Result<(), Refused> {
        let offered = self.offered()?;
        self.become_run_as(&offered, acquisition)
    }

    pub(super) fn decline(&mut self) -> Result<(), Refused> {
        self.offered()?;
        self.end_offer();
        Ok(())
    }

    /// To somebody who has not been asked: it is off, without consent, until they turn it on.
    pub(super) fn hand_to(&mut self, expected: Option<&PrincipalId>, new: &PrincipalId) -> Result<(), Refused> {
        self.by(Transfer::Move, "move")?;
        let before = self.life.automation.run_as.clone();
        self.change_run_as(expected, new)?;
        if before.as_ref() != Some(new) && self.life.automation.state == State::On {
            self.life.automation.state = State::Off;
            self.happened.push(Happening::Disabled);
        }
        Ok(())
    }
}
