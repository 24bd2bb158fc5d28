//! What a dry run can be tried on: what happened already and what there is, as far as one may know of it.

use mandate_model::{
    AutomationId, Change, ColumnSet, Event, Occurrence, PrincipalId, Query, RowRef, RunId, Subject, Trigger,
};

use crate::{
    error::{Result, ServiceError},
    runner::Runner,
    service::Service,
    store,
};

/// How many runs are looked through, of those that are theirs to know of.
const LOOKED: u32 = 500;
/// Most events and most rows.
const MOST: u32 = 10;

/// What a dry run can be tried on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Occasions {
    /// What happened, the latest first.
    pub events: Vec<Past>,
    /// Rows of the dataset that the trigger is about.
    pub rows: Vec<RowRef>,
}

/// Something that happened, by a run that the viewer may know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The run.
    pub run: RunId,
    /// What happened.
    pub event: Event,
}

impl Service {
    /// Some of what `viewer` may try an automation on: what happened that `trigger` listens to, and each event of the automation itself,
    /// by runs that are theirs to know of; and rows that they see.
    pub async fn occasions(
        &self,
        viewer: &PrincipalId,
        automation: &AutomationId,
        trigger: Option<&Trigger>,
    ) -> Result<Occasions> {
        let events = self.runner().past(viewer, automation, trigger).await?;
        let rows = match trigger.and_then(Trigger::dataset) {
            Some(dataset) => self.some_rows(viewer, dataset).await,
            None => vec![],
        };
        Ok(Occasions { events, rows })
    }

    /// Some rows of a dataset, as the viewer sees it; who may see none, or cannot be asked about now, is offered none.
    async fn some_rows(&self, viewer: &PrincipalId, dataset: &str) -> Vec<RowRef> {
        let query =
            Query { columns: vec![], filters: vec![], order_by: None, descending: true, limit: MOST, after: None };
        let data = self.host().platform.data.open(viewer);
        let page = data.find(dataset, &query, &ColumnSet::Named([].into())).await;
        let rows = page.map(|page| page.rows).unwrap_or_default();
        rows.into_iter().map(|row| RowRef { dataset: dataset.to_owned(), id: row.id }).collect()
    }
}

impl Runner {
    /// What happened that a trigger listens to, or of which the automation has a run, each once.
    async fn past(&self, viewer: &PrincipalId, of: &AutomationId, trigger: Option<&Trigger>) -> Result<Vec<Past>> {
        let reader = self.store.reader();
        let histories = self.histories(viewer, None).await?;
        let mut past: Vec<Past> = vec![];
        for (run, automation, occurrence) in store::run::happened(reader, viewer, &histories, LOOKED).await? {
            if past.len() >= MOST as usize {
                break;
            }
            let fits = automation == *of || trigger.is_some_and(|trigger| listens(trigger, &occurrence));
            let event = occurrence.event(self.store.secret());
            if !fits || past.iter().any(|one| one.event.id == event.id) {
                continue;
            }
            match self.event_of(viewer, &run).await {
                Ok(_) => past.push(Past { run, event }),
                Err(ServiceError::NoRun(_)) => {}
                Err(error) if error.is_broken() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(past)
    }
}

/// Whether the trigger is about such changes of such a dataset, or such events. Which columns changed is not looked at: the viewer may not
/// see them.
fn listens(trigger: &Trigger, occurrence: &Occurrence) -> bool {
    match (trigger, &occurrence.subject) {
        (Trigger::Row { dataset, change, .. }, Subject::Row(row)) => {
            row.dataset == *dataset && change.contains(&occurrence.change)
        }
        (Trigger::Event { event_type, .. }, Subject::Custom(custom)) => {
            occurrence.change == Change::Other && custom.event_type == *event_type
        }
        _ => false,
    }
}
