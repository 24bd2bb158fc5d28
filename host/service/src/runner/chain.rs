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

/// How an event came about.
pub(super) enum Chain {
    /// By these automations, each setting off the next: nobody's for what comes from outside.
    Of(BTreeSet<AutomationId>),
    /// Too many in a row; this one was the last.
    TooDeep(AutomationId),
    /// Nobody knows: the run that is named as its cause is not stored here.
    Unknown(String),
}

impl Chain {
    /// How the event that has this cause came about.
    pub(super) async fn of(tx: &mut SqliteConnection, cause: Option<&str>) -> Result<Self> {
        let mut automations = BTreeSet::new();
        let (mut last, mut depth, mut cause) = (None, 0, cause.map(str::to_owned));
        while let Some(key) = cause {
            let Some(run) = run_of(tx, &key).await? else { return Ok(Self::Unknown(key)) };
            let last = last.get_or_insert_with(|| run.automation.clone());
            depth += 1;
            if depth > MAX_DEPTH {
                return Ok(Self::TooDeep(last.clone()));
            }
            automations.insert(run.automation);
            cause = store::event::occurrence(&mut *tx, &run.event).await?.cause;
        }
        Ok(Self::Of(automations))
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
            store::notice::insert_once(&mut tx, person, automation, &told, inquiry.at).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
