//! Cascades: what effects change are events too. How an event came about is read from the runs that are stored, never from what
//! somebody says of it; guests and recipients are told nothing of it.

use std::collections::BTreeSet;

use mandate_governance::Audience;
use mandate_model::{AutomationId, RunId};
use sqlx::SqliteConnection;

use super::Runner;
use crate::{
    error::{Result, ServiceError},
    governing::{Told, told::people},
    store,
};

/// How many automations may set each other off in a row.
pub(crate) const MAX_DEPTH: usize = 8;

/// How an event came about: nobody's doing, for what comes from outside.
#[derive(Default)]
pub(super) struct Chain {
    /// The automations that set each other off until it happened.
    pub(super) automations: BTreeSet<AutomationId>,
    /// The last of them.
    last: Option<AutomationId>,
    /// How many runs that were.
    runs: usize,
}

impl Chain {
    /// How the event that has this cause came about. `None`: nobody knows, since a run of it is not stored here.
    pub(super) async fn of(tx: &mut SqliteConnection, cause: Option<&str>) -> Result<Option<Self>> {
        let (mut chain, mut cause) = (Self::default(), cause.map(str::to_owned));
        // None is longer, since what is too deep starts nothing.
        while let Some(key) = cause.filter(|_| chain.runs <= MAX_DEPTH) {
            let Some(run) = run_of(tx, &key).await? else { return Ok(None) };
            chain.runs += 1;
            chain.last.get_or_insert_with(|| run.automation.clone());
            chain.automations.insert(run.automation);
            cause = store::event::occurrence(&mut *tx, &run.event).await?.cause;
        }
        Ok(Some(chain))
    }

    /// The last automation, if so many set each other off that it goes no further.
    pub(super) fn too_deep(&self) -> Option<&AutomationId> {
        self.last.as_ref().filter(|_| self.runs > MAX_DEPTH)
    }
}

/// The run of the effect with this key (`run/part/sequence`).
async fn run_of(tx: &mut SqliteConnection, key: &str) -> Result<Option<store::run::Run>> {
    let id = key.split('/').next().and_then(|run| RunId::parse(run).ok());
    let Some(id) = id else { return Ok(None) };
    match store::run::get(&mut *tx, &id).await {
        Ok(run) => Ok(Some(run)),
        Err(ServiceError::Store(sqlx::Error::RowNotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Runner {
    /// Tells whom an automation runs as, and who manages it, that a chain of automations was ended behind it; once, not for each
    /// event. That the platform cannot say who they are keeps nothing waiting: it is a dead letter all the same.
    pub(super) async fn tell_too_deep(&self, automation: &AutomationId) -> Result<()> {
        let mut tx = self.store.reader().begin().await?;
        let life = store::automation::known(&mut *tx, automation).await?;
        let governing = self.governing(&mut tx, &life.automation.site).await?;
        drop(tx);
        let inquiry = self.inquiry(&governing);
        let mut persons = BTreeSet::new();
        for one in life.automation.run_as.iter().chain(&life.automation.managers) {
            let audience = Audience::Principal(one.clone());
            let directory = self.host.platform.directory.as_ref();
            persons.extend(people(&inquiry, directory, &life, &audience).await.unwrap_or_default());
        }
        let text = format!(
            "what it changed was the end of a chain: automations set each other off {MAX_DEPTH} times in a row, and no further"
        );
        let told = Told { automation: automation.clone(), name: life.automation.name.clone(), text };
        let mut tx = self.store.begin().await?;
        for person in &persons {
            self.note_once(&mut tx, person, &told, inquiry.at).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
