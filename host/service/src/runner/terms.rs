//! What must still hold for a part to go on, asked of the store as it is now.

use async_trait::async_trait;
use mandate_governance::{Life, may_run};
use mandate_model::{AutomationId, PrincipalId, VersionId};
use mandate_runtime::platform::{Standing, Unavailable};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{
    error::Result,
    store::{
        self,
        part::{Part, PartKind},
        run::Run,
    },
};

/// The automation may run this version, and still runs as the principal of an act part.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    automation: AutomationId,
    version: VersionId,
    acts_as: Option<PrincipalId>,
}

impl Terms {
    /// Those of a part.
    pub(crate) fn of(part: &Part, run: &Run) -> Self {
        let acts_as = (part.kind == PartKind::Act).then(|| part.principal.clone());
        Self { automation: run.automation.clone(), version: run.version.clone(), acts_as }
    }

    /// Of which automation.
    pub(crate) fn automation(&self) -> &AutomationId {
        &self.automation
    }

    /// What speaks against going on, for who manages the automation. A run never changes its principal: when `run_as` changes,
    /// what is left of its act part is withheld.
    pub(crate) fn broken_by(&self, life: &Life) -> Option<String> {
        let now = match may_run(&life.automation, &self.version, life.consent.as_ref()) {
            Ok(run_as) => run_as,
            Err(reason) => return Some(reason.to_string()),
        };
        let other = self.acts_as.as_ref().filter(|acts_as| *acts_as != now)?;
        Some(format!("the automation runs as `{now}` now, not as `{other}`"))
    }

    /// The same, read in the transaction of what it decides on: what was committed before is honoured.
    pub(crate) async fn broken_now(&self, tx: &mut SqliteConnection) -> Result<Option<String>> {
        Ok(self.broken_by(&store::automation::known(tx, &self.automation).await?))
    }

    /// The same, read outside any transaction.
    pub(crate) async fn broken(&self, reader: &SqlitePool) -> Result<Option<String>> {
        Ok(self.broken_by(&store::automation::known(reader, &self.automation).await?))
    }
}

/// The terms of a part that runs, asked before each of its host calls (P05).
pub(crate) struct Running {
    pub(crate) terms: Terms,
    pub(crate) reader: SqlitePool,
}

#[async_trait]
impl Standing for Running {
    async fn stands(&self) -> Result<bool, Unavailable> {
        let life = store::automation::known(&self.reader, &self.terms.automation).await;
        // The part's person is not told what the store says; who manages it reads it when the part begins again.
        let life = life.map_err(|_| Unavailable("the store cannot be read".to_owned()))?;
        Ok(self.terms.broken_by(&life).is_none())
    }
}
