//! The reducer: the only place where the state of an automation changes.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, PrincipalId, PrincipalKind, SiteId, VersionId};

use crate::{Automation, Command, Consent, Happening, Life, Refused, State};

/// What becomes of `life` (`None`: there is no such automation yet) by `command`, and what happened; nothing happened where
/// it already was as asked. On an error nothing changes.
pub fn apply(life: Option<&Life>, command: &Command) -> Result<(Life, Vec<Happening>), Refused> {
    if let Command::Create { actor, id, site, name, run_as, managers } = command {
        return match life {
            Some(life) => Err(Refused::Exists(life.automation.id.clone())),
            None => create(actor, id, site, name, run_as, managers),
        };
    }
    let mut step = Step::new(life.ok_or(Refused::Unknown)?)?;
    match command {
        Command::Create { .. } => {}
        Command::Publish { actor, version } => step.publish(actor, version)?,
        Command::Enable { actor, version, at } => step.enable(actor, version, *at)?,
        Command::Disable { actor } => step.disable(actor)?,
        Command::Revoke { actor } => step.revoke(actor)?,
        Command::RunAsChange { actor, expected, new } => step.change_run_as(actor, expected, new)?,
        Command::Stop => step.stop(),
        Command::Delete { actor } => step.delete(actor)?,
    }
    Ok((step.life, step.happened))
}

fn create(
    actor: &PrincipalId,
    id: &AutomationId,
    site: &SiteId,
    name: &str,
    run_as: &PrincipalId,
    managers: &BTreeSet<PrincipalId>,
) -> Result<(Life, Vec<Happening>), Refused> {
    std::iter::once(run_as).chain(managers).try_for_each(person)?;
    let automation = Automation {
        id: id.clone(),
        site: site.clone(),
        name: name.to_owned(),
        run_as: run_as.clone(),
        managers: managers.clone(),
        creator: actor.clone(),
        state: State::Off,
        published: None,
        deleted: false,
    };
    Ok((Life { automation, consent: None }, vec![Happening::Created]))
}

fn person(principal: &PrincipalId) -> Result<(), Refused> {
    match principal.kind() {
        PrincipalKind::User => Ok(()),
        PrincipalKind::Team | PrincipalKind::Site => Err(Refused::NotAPerson(principal.clone())),
    }
}

/// One command on its way.
struct Step {
    life: Life,
    happened: Vec<Happening>,
}

impl Step {
    fn new(life: &Life) -> Result<Self, Refused> {
        if life.automation.deleted {
            return Err(Refused::Deleted);
        }
        Ok(Self { life: life.clone(), happened: vec![] })
    }

    fn manager(&self, actor: &PrincipalId) -> Result<(), Refused> {
        if self.life.automation.manages(actor) {
            return Ok(());
        }
        Err(Refused::NotAManager { actor: actor.clone(), run_as: self.life.automation.run_as.clone() })
    }

    /// Consent binds whom it runs as, so nobody else gives it or takes it back.
    fn only_run_as(&self, actor: &PrincipalId) -> Result<(), Refused> {
        if self.life.automation.run_as == *actor {
            return Ok(());
        }
        Err(Refused::OnlyRunAs { actor: actor.clone(), run_as: self.life.automation.run_as.clone() })
    }

    fn end_consent(&mut self) {
        if let Some(Consent { principal, version, .. }) = self.life.consent.take() {
            self.happened.push(Happening::ConsentEnded { principal, version });
        }
    }

    fn turn(&mut self, state: State, happening: Happening) {
        if self.life.automation.state != state {
            self.life.automation.state = state;
            self.happened.push(happening);
        }
    }

    fn publish(&mut self, actor: &PrincipalId, version: &VersionId) -> Result<(), Refused> {
        self.manager(actor)?;
        if self.life.automation.published.as_ref() != Some(version) {
            self.end_consent();
            self.life.automation.published = Some(version.clone());
            self.happened.push(Happening::Published { version: version.clone() });
        }
        Ok(())
    }

    fn enable(&mut self, actor: &PrincipalId, version: &VersionId, at: i64) -> Result<(), Refused> {
        self.only_run_as(actor)?;
        let published = self.life.automation.published.as_ref().ok_or(Refused::Unpublished)?;
        if published != version {
            return Err(Refused::NotPublished { version: version.clone(), published: published.clone() });
        }
        self.life.consent = Some(Consent { principal: actor.clone(), version: version.clone(), at });
        self.happened.push(Happening::Consented { principal: actor.clone(), version: version.clone() });
        self.turn(State::On, Happening::Enabled);
        Ok(())
    }

    fn disable(&mut self, actor: &PrincipalId) -> Result<(), Refused> {
        self.manager(actor)?;
        self.turn(State::Off, Happening::Disabled);
        Ok(())
    }

    fn revoke(&mut self, actor: &PrincipalId) -> Result<(), Refused> {
        self.only_run_as(actor)?;
        self.end_consent();
        Ok(())
    }

    fn change_run_as(&mut self, actor: &PrincipalId, expected: &PrincipalId, new: &PrincipalId) -> Result<(), Refused> {
        self.manager(actor)?;
        person(new)?;
        let run_as = self.life.automation.run_as.clone();
        if run_as != *expected {
            return Err(Refused::Stale { expected: expected.clone(), actual: run_as });
        }
        if *actor != run_as && actor != new {
            return Err(Refused::NotTheirs { actor: actor.clone(), new: new.clone(), run_as });
        }
        if run_as != *new {
            self.end_consent();
            self.turn(State::Off, Happening::Disabled);
            self.life.automation.run_as = new.clone();
            self.happened.push(Happening::RunAsChanged { from: run_as, to: new.clone() });
        }
        Ok(())
    }

    /// What is off stays off: stopping is no way to look as if it had been on.
    fn stop(&mut self) {
        if self.life.automation.state == State::On {
            self.turn(State::Stopped, Happening::Stopped);
        }
    }

    fn delete(&mut self, actor: &PrincipalId) -> Result<(), Refused> {
        self.manager(actor)?;
        self.end_consent();
        self.turn(State::Off, Happening::Disabled);
        self.life.automation.deleted = true;
        self.happened.push(Happening::Deleted);
        Ok(())
    }
}
