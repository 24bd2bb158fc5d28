//! The reducer: the only place where the state of an automation changes.

mod create;
mod edit;
mod hand_over;
mod share;
mod switch;

use mandate_model::{PrincipalId, VersionId};
use mandate_policy::Decision;

use crate::{
    Acquisition, Ask, Command, Consent, Facts, Happening, Lack, Life, Refused, Settings, State,
    settings::{Acquire, Prompt, Then},
};

/// Longest name of an automation, in characters.
pub const MAX_NAME: usize = 200;

/// What becomes of `life` (`None`: there is no such automation yet) by `command`, and what happened; nothing happened where
/// it already was as asked. On an error nothing changes.
///
/// # Errors
/// Why it was refused.
pub fn apply(life: Option<&Life>, command: &Command, facts: &Facts) -> Result<(Life, Vec<Happening>), Refused> {
    match (command, life) {
        (Command::Asked { ask: Ask::Create { id, .. }, .. }, Some(_)) => Err(Refused::Exists(id.clone())),
        (Command::Asked { actor, ask: ask @ Ask::Create { .. } }, None) => create::create(actor, ask, facts),
        (_, None) => Err(Refused::Unknown),
        (Command::Asked { actor, ask }, Some(life)) => {
            let mut step = Step::new(life, actor, facts)?;
            step.allowed(command)?;
            step.take(ask)?;
            Ok((step.life, step.happened))
        }
        (Command::Lost { powers }, Some(life)) => Ok(lose(life, powers, &facts.settings)),
    }
}

/// A declared power is gone: per setting the automation stops, or only that run fails. What somebody lacks as whom it no longer
/// runs, when that is found, is nothing; nor is what nobody can say (A13).
pub fn lose(life: &Life, powers: &[Lack], settings: &Settings) -> (Life, Vec<Happening>) {
    let mut life = life.clone();
    let mut happened = vec![];
    let lost: Vec<Lack> = powers.iter().filter(|lack| is_lost(lack, &life)).cloned().collect();
    // What is deleted is off.
    let stops = settings.on_denied.then == Then::Stop && life.automation.state == State::On;
    if stops && !lost.is_empty() {
        end_consent(&mut life, &mut happened);
        life.automation.state = State::Stopped;
        happened.push(Happening::Stopped { lost });
    }
    (life, happened)
}

fn is_lost(lack: &Lack, life: &Life) -> bool {
    life.automation.runs_as(&lack.principal) && !lack.undecided
}

fn end_consent(life: &mut Life, happened: &mut Vec<Happening>) {
    if let Some(Consent { principal, version, .. }) = life.consent.take() {
        happened.push(Happening::ConsentEnded { principal, version });
    }
}

/// One command on its way.
struct Step<'a> {
    life: Life,
    actor: &'a PrincipalId,
    facts: &'a Facts,
    happened: Vec<Happening>,
}

impl<'a> Step<'a> {
    fn new(life: &Life, actor: &'a PrincipalId, facts: &'a Facts) -> Result<Self, Refused> {
        if !facts.sees {
            return Err(Refused::Unknown);
        }
        if life.automation.deleted {
            return Err(Refused::Deleted);
        }
        Ok(Self { life: life.clone(), actor, facts, happened: vec![] })
    }

    /// Whether the actor may; what they lack is told only to who may otherwise.
    fn allowed(&self, command: &Command) -> Result<(), Refused> {
        match (command.act(), &self.facts.may) {
            (Some(act), Decision::Deny(reason)) => Err(Refused::Denied {
                actor: self.actor.clone(),
                act,
                reason: reason.clone(),
                granters: self.facts.granters.clone(),
            }),
            _ => match command {
                Command::Asked { ask, .. } => self.precheck(ask),
                Command::Lost { .. } => Ok(()),
            },
        }
    }

    fn take(&mut self, ask: &Ask) -> Result<(), Refused> {
        match ask {
            Ask::Create { .. } => Err(Refused::Exists(self.life.automation.id.clone())),
            Ask::Rename { name, acquisition } => self.rename(name, acquisition.as_ref()),
            Ask::Draft => Ok(()),
            Ask::SetKind { kind } => {
                self.set_kind(*kind);
                Ok(())
            }
            Ask::Publish { version, base, touches, consent, acquisition } => {
                self.fresh(base.as_ref())?;
                self.publish(version, *touches, *consent, acquisition.as_ref())
            }
            Ask::Enable { version, acquisition } => self.enable(version, acquisition.as_ref()),
            Ask::Disable { acquisition } => self.disable(acquisition.as_ref()),
            Ask::Consent { version } => self.consent(version),
            Ask::Revoke => self.revoke(),
            Ask::Take { acquisition } => self.pull(acquisition),
            Ask::Offer { to } => self.offer(to.as_ref()),
            Ask::Accept { acquisition } => self.accept(acquisition),
            Ask::Decline => self.decline(),
            Ask::Move { expected, new } => self.hand_to(expected.as_ref(), new),
            Ask::Share { add, remove } => self.share(add, remove),
            Ask::Invite { add, remove } => self.invite(add, remove),
            Ask::RunNow => self.run_now(),
            Ask::Clone => {
                self.happened.push(Happening::Cloned);
                Ok(())
            }
            Ask::Migrate { version, run_as } => self.migrate(version, run_as.as_ref()),
            Ask::Delete => {
                self.delete();
                Ok(())
            }
        }
    }

    /// The act, if it is one of `acts` that `acquire_on` lists, makes its actor the one that it runs as, with consent to what
    /// they were shown.
    fn acquire(&mut self, acts: &[Acquire], acquisition: Option<&Acquisition>) -> Result<(), Refused> {
        match self.acquired(acts, acquisition)? {
            Some(acquisition) => self.become_run_as(&self.facts.acquires_as, acquisition),
            None => Ok(()),
        }
    }

    /// What the act confirms: it must, with what is lost and what is let, where it makes its actor the one that it runs as, and
    /// must not, where it does not.
    fn acquired<'b>(
        &self,
        acts: &[Acquire],
        acquisition: Option<&'b Acquisition>,
    ) -> Result<Option<&'b Acquisition>, Refused> {
        let listed = |act: &Acquire| {
            let first = *act != Acquire::FirstEnable || self.life.automation.run_as.is_none();
            first && self.facts.settings.acquire_on.contains(act)
        };
        let theirs = &self.facts.acquires_as;
        match (acts.iter().any(listed), acquisition) {
            (false, Some(_)) => Err(Refused::DoesNotMove),
            (true, None) if !self.life.automation.runs_as(theirs) => {
                Err(Refused::WouldMove { from: self.life.automation.run_as.clone(), to: theirs.clone() })
            }
            (_, acquisition) => Ok(acquisition),
        }
    }

    /// Runs as `theirs` from now on, with consent to what the actor was shown.
    fn become_run_as(&mut self, theirs: &PrincipalId, acquisition: &Acquisition) -> Result<(), Refused> {
        self.change_to(theirs, acquisition)?;
        match (&self.life.automation.published, &acquisition.version) {
            (None, _) => Ok(()),
            (Some(published), None) => Err(Refused::NotConfirmed { new: theirs.clone(), version: published.clone() }),
            (Some(_), Some(version)) => self.let_act(version),
        }
    }

    /// Runs as `theirs` from now on, as the actor expects.
    fn change_to(&mut self, theirs: &PrincipalId, acquisition: &Acquisition) -> Result<(), Refused> {
        let Acquisition { expected, new, .. } = acquisition;
        if new != theirs {
            let (actor, new, theirs) = (self.actor.clone(), new.clone(), theirs.clone());
            return Err(Refused::NotTheirs { actor, new, theirs });
        }
        self.change_run_as(expected.as_ref(), new)
    }

    fn change_run_as(&mut self, expected: Option<&PrincipalId>, new: &PrincipalId) -> Result<(), Refused> {
        owner_kind(new, self.facts)?;
        let actual = self.life.automation.run_as.clone();
        if actual.as_ref() != expected {
            return Err(Refused::Stale { expected: expected.cloned(), actual });
        }
        if actual.as_ref() == Some(new) {
            return Ok(());
        }
        self.end_consent();
        self.end_offer();
        self.life.automation.run_as = Some(new.clone());
        self.happened.push(Happening::RunAsChanged { from: actual, to: new.clone() });
        Ok(())
    }

    /// Records the consent of the principal that it runs as, for whom the actor speaks, to the published version.
    fn let_act(&mut self, version: &VersionId) -> Result<(), Refused> {
        let principal = self.speaker()?;
        let published = self.life.automation.published.as_ref().ok_or(Refused::Unpublished)?;
        if published != version {
            return Err(Refused::NotPublished { version: version.clone(), published: published.clone() });
        }
        let (by, at) = (self.actor.clone(), self.facts.at);
        let consent = Consent {
            principal: principal.clone(),
            version: version.clone(),
            by: by.clone(),
            at,
            grandfathered: false,
        };
        self.life.consent = Some(consent);
        self.happened.push(Happening::Consented { principal, version: version.clone(), by });
        Ok(())
    }

    /// The principal that it runs as, if the actor speaks for it: consent binds that one, so nobody else gives or ends it.
    fn speaker(&self) -> Result<PrincipalId, Refused> {
        let run_as = self.life.automation.run_as.clone();
        match run_as {
            Some(run_as) if self.facts.speaks_for(self.actor, &run_as) => Ok(run_as),
            run_as => Err(Refused::OnlyRunAs { actor: self.actor.clone(), run_as }),
        }
    }

    fn end_consent(&mut self) {
        end_consent(&mut self.life, &mut self.happened);
    }

    fn end_offer(&mut self) {
        if let Some(to) = self.life.automation.offered.take() {
            self.happened.push(Happening::OfferEnded { to });
        }
    }

    fn prompts(&self, prompt: Prompt) -> bool {
        self.facts.settings.consent.contains(&prompt)
    }
}

/// Refuses a principal of a kind that an automation of the site does not run as.
fn owner_kind(principal: &PrincipalId, facts: &Facts) -> Result<(), Refused> {
    if facts.settings.owner_kinds.contains(&principal.kind()) {
        return Ok(());
    }
    Err(Refused::OwnerKind { principal: principal.clone() })
}

/// Refuses what is no name.
fn named(name: &str) -> Result<(), Refused> {
    let length = name.chars().count();
    if length == 0 || length > MAX_NAME || name.chars().any(char::is_control) {
        return Err(Refused::BadName);
    }
    Ok(())
}
