//! Governance at work: what a site chose, the facts of a command, and who is told of what came of it.

pub(crate) mod decide;
pub(crate) mod facts;
mod granters;
pub(crate) mod lacks;
pub(crate) mod listing;
pub(crate) mod standpoint;
pub(crate) mod told;
mod whole;

use std::sync::{Arc, Mutex, PoisonError};

use mandate_governance::{Settings, SiteChoices};
use mandate_model::SiteId;
use mandate_policy::AutomationPolicies;
use sqlx::{Executor, Sqlite};

use crate::{
    error::{Result, ServiceError},
    store,
};
pub use told::Told;

/// How a site governs its automations, validated.
#[derive(Debug)]
pub(crate) struct Governing {
    pub(crate) choices: SiteChoices,
    pub(crate) settings: Settings,
    pub(crate) policies: AutomationPolicies,
}

impl Governing {
    /// Refused: settings that name what there is not, and policies that are not valid.
    pub(crate) fn of(choices: &SiteChoices) -> Result<Self> {
        let settings = choices.effective()?;
        let policies =
            AutomationPolicies::load(&settings.rules(), &choices.policies).map_err(ServiceError::Policies)?;
        Ok(Self { choices: choices.clone(), settings, policies })
    }
}

/// The last site's way of governing: validating policies takes longer than asking them.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Option<Arc<Governing>>>);

impl Remembered {
    /// How a site governs now, as the transaction sees it.
    pub(crate) async fn of<'e>(
        &self,
        executor: impl Executor<'e, Database = Sqlite>,
        site: &SiteId,
    ) -> Result<Arc<Governing>> {
        let choices = store::site::choices(executor, site).await?;
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.choices == choices) {
            return Ok(known);
        }
        let governing = Arc::new(Governing::of(&choices)?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&governing));
        Ok(governing)
    }
}
