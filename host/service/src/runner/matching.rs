//! Match: which automations an event starts. No value is looked at: that would tell about hidden columns.

use std::collections::BTreeSet;

use mandate_governance::may_run;
use mandate_model::{AutomationId, EventId, Occurrence, RunId, VersionId};
use sqlx::SqliteConnection;

use super::{
    Runner,
    chain::{Chain, MAX_DEPTH},
};
use crate::{
    error::Result,
    store::{self, run::Run},
};

/// What came of looking up an event's automations.
struct Started {
    /// What could not be read, or is not gone into.
    unread: Option<String>,
    /// The automation behind which a chain was ended.
    too_deep: Option<AutomationId>,
}

impl Started {
    fn unread(why: String) -> Self {
        Self { unread: Some(why), too_deep: None }
    }

    fn too_deep(last: AutomationId) -> Self {
        let why = format!(
            "automation `{last}`: what it changed starts nothing: automations set each other off {MAX_DEPTH} times in a row"
        );
        Self { unread: Some(why), too_deep: Some(last) }
    }
}

impl Runner {
    /// Makes a run for each automation that listens and may run now, and notes that the event was looked at, in one transaction.
    /// What cannot be read is noted with it and keeps no other event and no other automation waiting.
    pub(super) async fn match_event(&self, event: &EventId) -> Result<()> {
        if self.is_stopping() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let (unread, too_deep) = match self.start(&mut tx, event).await {
            Ok(Started { unread, too_deep }) => (unread, too_deep),
            Err(error) if error.is_broken() => (Some(error.to_string()), None),
            Err(error) => return Err(error),
        };
        store::event::matched(&mut tx, event, unread.as_deref()).await?;
        tx.commit().await?;
        match too_deep {
            Some(automation) => self.tell_too_deep(&automation).await,
            None => Ok(()),
        }
    }

    /// Makes the runs of an event.
    async fn start(&self, tx: &mut SqliteConnection, event: &EventId) -> Result<Started> {
        let occurrence = store::event::occurrence(&mut *tx, event).await?;
        let Some(chain) = Chain::of(tx, occurrence.cause.as_deref()).await? else {
            let key = occurrence.cause.unwrap_or_default();
            return Ok(Started::unread(format!("its cause `{key}` is not known here: it starts nothing")));
        };
        let mut unread = None;
        for automation in store::event::listeners(tx, &occurrence).await? {
            let version = match listening(tx, &automation, &occurrence, &chain.automations).await {
                Ok(Some(version)) => version,
                Ok(None) => continue,
                Err(error) if error.is_broken() => {
                    unread.get_or_insert_with(|| format!("automation `{automation}`: {error}"));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Some(last) = chain.too_deep() {
                return Ok(Started::too_deep(last.clone()));
            }
            self.begin_run(tx, automation, version, event).await?;
        }
        Ok(Started { unread, too_deep: None })
    }

    /// Makes the run of an automation at a version for an event: the same run, however often.
    pub(crate) async fn begin_run(
        &self,
        tx: &mut SqliteConnection,
        automation: AutomationId,
        version: VersionId,
        event: &EventId,
    ) -> Result<()> {
        let id = self.store.secret().id("run", &[automation.as_str(), event.as_str()]);
        let run = Run::new(RunId::from_bytes(id), automation, version, event.clone());
        store::run::insert(tx, &run, self.host.clock.now()).await
    }
}

/// The version that the event starts; `None`: it may not run (off, no consent to what is published), or its trigger says no.
async fn listening(
    tx: &mut SqliteConnection,
    automation: &AutomationId,
    occurrence: &Occurrence,
    before: &BTreeSet<AutomationId>,
) -> Result<Option<VersionId>> {
    let life = store::automation::known(&mut *tx, automation).await?;
    let Some(published) = &life.automation.published else { return Ok(None) };
    if may_run(&life.automation, published, life.consent.as_ref()).is_err() {
        return Ok(None);
    }
    let matches = match store::automation::version(&mut *tx, published).await {
        Ok(version) => {
            let own = before.contains(automation);
            version.trigger().matches(occurrence) && (!own || version.trigger().hears_own_effects())
        }
        // A run that cannot be planned: so the damage is seen, and no other automation is kept from running.
        Err(error) if error.is_broken() => true,
        Err(error) => return Err(error),
    };
    Ok(matches.then(|| published.clone()))
}
