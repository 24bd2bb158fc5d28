//! On, off, consent, run-now, and the end.

use mandate_model::{PrincipalId, VersionId};

use super::Step;
use crate::{
    Acquisition, Ask, Consent, Happening, Lack, Refused, State, may_run,
    settings::{Acquire, Prompt, Then},
};

impl Step<'_> {
    /// Refuses where declared powers are missing that the act needs. Turning off never does.
    pub(super) fn precheck(&self, ask: &Ask) -> Result<(), Refused> {
        let checks = ask.prechecks(self.life.automation.published.is_none());
        let checked = checks.iter().any(|check| self.facts.settings.precheck.contains(check));
        if checked {
            self.complete(&self.facts.lacks)?;
        }
        // A restart is refused while the power is missing, in every preset (VEN-21), and so is what would be stopped at once.
        let stops = self.facts.settings.on_denied.then == Then::Stop;
        if matches!(ask, Ask::Enable { .. }) && (stops || self.life.automation.state == State::Stopped) {
            self.complete(&self.facts.run_as_lacks)?;
        }
        Ok(())
    }

    fn complete(&self, lacks: &[Lack]) -> Result<(), Refused> {
        if lacks.is_empty() {
            return Ok(());
        }
        Err(Refused::Lacks { lacks: lacks.to_vec(), granters: self.facts.granters.clone() })
    }

    /// Turns it on. Whoever speaks for the principal that it runs as lets the version act thereby (VEN-12); anybody else only
    /// turns the switch, and it waits until that principal lets it (ONE-07, A05).
    pub(super) fn enable(&mut self, version: &VersionId, acquisition: Option<&Acquisition>) -> Result<(), Refused> {
        let published = self.life.automation.published.as_ref().ok_or(Refused::Unpublished)?;
        if published != version {
            return Err(Refused::NotPublished { version: version.clone(), published: published.clone() });
        }
        self.acquire(&[Acquire::FirstEnable, Acquire::Toggle], acquisition)?;
        let run_as = self.life.automation.run_as.as_ref();
        let run_as = run_as.ok_or(Refused::RunsAsNobody("whoever takes it decides that"))?;
        // An acquisition is a consent already.
        if acquisition.is_none() && self.facts.speaks_for(self.actor, run_as) {
            self.let_act(version)?;
        }
        self.turn(State::On, Happening::Enabled);
        self.life.automation.turned_on = true;
        Ok(())
    }

    /// Turns it off. The consent ends where it is asked for each time, where the principal itself turned it off so that nobody
    /// else can turn it on again for them, and where it was grandfathered (VEN-14). Where turning off changes whom it runs as,
    /// that lets nothing act, so it needs no right to consent.
    pub(super) fn disable(&mut self, acquisition: Option<&Acquisition>) -> Result<(), Refused> {
        let grandfathered = self.life.consent.as_ref().is_some_and(|consent| consent.grandfathered);
        let theirs = self.speaker().is_ok();
        if self.prompts(Prompt::Enable) || theirs || grandfathered {
            self.end_consent();
        }
        if let Some(acquisition) = self.acquired(&[Acquire::Toggle], acquisition)? {
            self.change_to(&self.facts.acquires_as, acquisition)?;
        }
        self.turn(State::Off, Happening::Disabled);
        Ok(())
    }

    fn turn(&mut self, state: State, happening: Happening) {
        if self.life.automation.state != state {
            self.life.automation.state = state;
            self.happened.push(happening);
        }
    }

    pub(super) fn consent(&mut self, version: &VersionId) -> Result<(), Refused> {
        self.let_act(version)
    }

    pub(super) fn revoke(&mut self) -> Result<(), Refused> {
        self.speaker()?;
        self.end_consent();
        Ok(())
    }

    /// Only on an automation that runs (FIL-30).
    pub(super) fn run_now(&mut self) -> Result<(), Refused> {
        let published = self.life.automation.published.clone().ok_or(Refused::Unpublished)?;
        may_run(&self.life.automation, &published, self.life.consent.as_ref())?;
        self.happened.push(Happening::RanNow);
        Ok(())
    }

    /// A consent given in another product, recorded by a site admin: only for one that the operator set up as it was there, or an
    /// admin could have what they just made act for anybody; and never for one that was turned on here.
    pub(super) fn migrate(&mut self, version: &VersionId, ran_as: Option<&PrincipalId>) -> Result<(), Refused> {
        if !self.life.automation.planted {
            return Err(Refused::MadeHere);
        }
        let run_as = self.life.automation.run_as.clone();
        let principal = run_as.clone().ok_or(Refused::RunsAsNobody("whoever takes it decides that"))?;
        if ran_as.is_some_and(|ran_as| *ran_as != principal) {
            return Err(Refused::Stale { expected: ran_as.cloned(), actual: run_as });
        }
        if self.life.automation.turned_on {
            return Err(Refused::NotMigrated { run_as: principal });
        }
        let published = self.life.automation.published.as_ref().ok_or(Refused::Unpublished)?;
        if published != version {
            return Err(Refused::NotPublished { version: version.clone(), published: published.clone() });
        }
        self.end_consent();
        let (by, at) = (self.actor.clone(), self.facts.at);
        self.life.consent =
            Some(Consent { principal: principal.clone(), version: version.clone(), by, at, grandfathered: true });
        self.happened.push(Happening::Migrated { principal, version: version.clone() });
        self.turn(State::On, Happening::Enabled);
        self.life.automation.turned_on = true;
        Ok(())
    }

    pub(super) fn delete(&mut self) {
        self.end_consent();
        self.end_offer();
        self.life.automation.state = State::Off;
        self.life.automation.deleted = true;
        self.happened.push(Happening::Deleted);
    }
}
