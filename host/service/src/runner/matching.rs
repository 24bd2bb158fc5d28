//! Match: which automations an event starts. No value is looked at: that would tell about hidden columns.

use mandate_governance::may_run;
use mandate_model::{AutomationId, EventId, Occurrence, RunId, VersionId};
use sqlx::SqliteConnection;

use super::Runner;
use crate::{
    error::Result,
    store::{
        self,
        run::{Run, TellsAs},
    },
};

impl Runner {
    /// Makes a run for each automation that listens and may run now, and notes that the event was looked at, in one transaction.
    /// What cannot be read is noted with it and keeps no other event and no other automation waiting.
    pub(super) async fn match_event(&self, event: &EventId) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let unread = match self.start(&mut tx, event).await {
            Ok(unread) => unread,
            Err(error) if error.is_broken() => Some(error.to_string()),
            Err(error) => return Err(error),
        };
        store::event::matched(&mut tx, event, unread.as_deref()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes the runs of an event. Answers with the first automation that could not be read.
    async fn start(&self, tx: &mut SqliteConnection, event: &EventId) -> Result<Option<String>> {
        let occurrence = store::event::occurrence(&mut *tx, event).await?;
        let mut unread = None;
        for automation in store::event::listeners(tx, &occurrence).await? {
            let version = match listening(tx, &automation, &occurrence).await {
                Ok(Some(version)) => version,
                Ok(None) => continue,
                Err(error) if error.is_broken() => {
                    unread.get_or_insert_with(|| format!("automation `{automation}`: {error}"));
                    continue;
                }
                Err(error) => return Err(error),
            };
            self.begin_run(tx, automation, version, event).await?;
        }
        Ok(unread)
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
        let run = Run {
            id: RunId::from_bytes(id),
            automation,
            version,
            event: event.clone(),
            attempts: 0,
            tells_as: TellsAs::default(),
        };
        store::run::insert(tx, &run, self.host.clock.now()).await
    }
}

/// The version that the event starts; `None`: it may not run (off, no consent to what is published), or its trigger says no.
async fn listening(
    tx: &mut SqliteConnection,
    automation: &AutomationId,
    occurrence: &Occurrence,
) -> Result<Option<VersionId>> {
    let life = store::automation::known(&mut *tx, automation).await?;
    let Some(published) = &life.automation.published else { return Ok(None) };
    if may_run(&life.automation, published, life.consent.as_ref()).is_err() {
        return Ok(None);
    }
    let matches = match store::automation::version(&mut *tx, published).await {
        Ok(version) => version.trigger().matches(occurrence),
        // A run that cannot be planned: so the damage is seen, and no other automation is kept from running.
        Err(error) if error.is_broken() => true,
        Err(error) => return Err(error),
    };
    Ok(matches.then(|| published.clone()))
}
