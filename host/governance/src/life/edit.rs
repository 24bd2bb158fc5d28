//! Another name, another kind, another version.

use mandate_model::{AutomationKind, VersionId};

use super::{Step, named};
use crate::{
    Acquisition, Happening, Refused, Touches,
    settings::{Acquire, Drafts},
};

impl Step<'_> {
    pub(super) fn rename(&mut self, name: &str, acquisition: Option<&Acquisition>) -> Result<(), Refused> {
        named(name)?;
        self.acquire(&[Acquire::Rename], acquisition)?;
        let from = std::mem::replace(&mut self.life.automation.name, name.to_owned());
        if from != name {
            self.happened.push(Happening::Renamed { from, to: name.to_owned() });
        }
        Ok(())
    }

    pub(super) fn set_kind(&mut self, kind: AutomationKind) {
        if self.life.automation.kind != kind {
            self.life.automation.kind = kind;
            self.happened.push(Happening::KindChanged { kind });
        }
    }

    /// Refuses a draft that was begun on something else than what is published, unless the last one holds (MON-17).
    pub(super) fn fresh(&self, base: Option<&VersionId>) -> Result<(), Refused> {
        let published = self.life.automation.published.as_ref();
        if self.facts.settings.drafts == Drafts::LastWins || base == published {
            return Ok(());
        }
        Err(Refused::StaleDraft { base: base.cloned(), published: published.cloned() })
    }

    pub(super) fn publish(
        &mut self,
        version: &VersionId,
        touches: Touches,
        consent: bool,
        acquisition: Option<&Acquisition>,
    ) -> Result<(), Refused> {
        if self.life.automation.published.as_ref() != Some(version) {
            self.end_consent();
            self.life.automation.published = Some(version.clone());
            self.happened.push(Happening::Published { version: version.clone() });
        }
        let acts: &[Acquire] = match touches {
            Touches::Logic => &[Acquire::Save, Acquire::SaveLogic],
            Touches::Recipients => &[Acquire::Save],
        };
        self.acquire(acts, acquisition)?;
        // An acquisition is a consent already.
        if consent && acquisition.is_none() { self.let_act(version) } else { Ok(()) }
    }
}
