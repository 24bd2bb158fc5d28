//! Run now: one run of one automation, because somebody asks for it.

use mandate_governance::{Ask, Refused};
use mandate_model::{
    AutomationId, Change, CustomRef, EventId, Failure, Occurrence, PrincipalId, RowRef, SiteId, Subject,
};
use mandate_runtime::platform::Unavailable;

use crate::{
    error::{Result, ServiceError},
    governing::decide::ATTEMPTS,
    service::Service,
    store,
    triggers::RUN_NOW,
};

/// Who says that such an event happened.
const SOURCE: &str = "mandate:run-now";

impl Service {
    /// Makes exactly one run of the published version, and of no other automation (FIL-30): about a row that `actor` sees, of
    /// which recipients are told who see it too; without one, only the act part gets it. [`Service::drain`] then runs it.
    pub async fn run_now(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        row: Option<RowRef>,
    ) -> Result<(EventId, Occurrence)> {
        for _ in 0..ATTEMPTS {
            let decided = self.runner().decide(id, actor, Ask::RunNow, None).await?;
            let automation = &decided.before.automation;
            let version = automation.published.clone().ok_or(Refused::Unpublished)?;
            let occurrence = by_hand(&automation.site, row.clone(), decided.at)?;
            if let Some(row) = &row {
                self.must_see(actor, row.clone(), &occurrence).await?;
            }
            let event = occurrence.event(self.store().secret()).id;
            let mut tx = self.store().begin().await?;
            if self.runner().keep(&mut tx, &decided).await? {
                store::event::insert(&mut tx, &event, &occurrence, decided.at).await?;
                // No other automation is looked up for it.
                store::event::matched(&mut tx, &event, None).await?;
                self.runner().begin_run(&mut tx, id.clone(), version, &event).await?;
                tx.commit().await?;
                return Ok((event, occurrence));
            }
        }
        Err(ServiceError::Contended)
    }

    pub(crate) async fn must_see(&self, actor: &PrincipalId, row: RowRef, occurrence: &Occurrence) -> Result<()> {
        match self.host().platform.data.open(actor).witnesses(occurrence).await {
            Ok(true) => Ok(()),
            Err(Failure::Unavailable(reason)) => Err(Unavailable(reason).into()),
            _ => Err(ServiceError::NoRow { row, actor: actor.clone() }),
        }
    }
}

/// The event of it, which happens once however often it is asked for.
pub(crate) fn by_hand(site: &SiteId, row: Option<RowRef>, at: i64) -> Result<Occurrence> {
    let nothing = || Subject::Custom(CustomRef { event_type: RUN_NOW.to_owned(), about: None, file: None });
    Ok(Occurrence {
        site: site.clone(),
        source: SOURCE.to_owned(),
        id: EventId::from_bytes(store::random_id()?).to_string(),
        at,
        change: Change::Manual,
        subject: row.map_or_else(nothing, Subject::Row),
        changed: None,
        image: None,
        cause: None,
    })
}
