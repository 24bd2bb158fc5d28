//! Evaluating a notify part, as its recipient and from nothing that anybody else saw (FND-07, FND-09).

use mandate_model::Outcome;
use mandate_runtime::part::NotifyReport;

use super::{Runner, only::preceded};
use crate::{
    error::Result,
    store::{
        self,
        inbox::Outgoing,
        part::{Evaluated, Part, PartState},
    },
};

impl Runner {
    /// Evaluates the part, and delivers its messages.
    pub(super) async fn evaluate_notify(&self, part: &Part) -> Result<()> {
        let Some((job, principal, read)) = self.begin(part).await? else { return Ok(()) };
        let mut report = self.host.parts.notify(&job, &principal).await;
        report.record = preceded(read, report.record);
        match &report.outcome {
            Outcome::Retry { detail } => self.again(part, &report.record, detail).await,
            Outcome::Done | Outcome::Failed { .. } => self.keep_notify(part, &report).await,
        }
    }

    /// Keeps its messages with its journal, and delivers them, in one transaction. The platform is asked before it whether they may
    /// be delivered; what cannot be now is in the outbox from then on, and is not rendered again.
    async fn keep_notify(&self, part: &Part, report: &NotifyReport) -> Result<()> {
        let evaluated = Evaluated {
            outcome: &report.outcome,
            findings: &[],
            record: &report.record,
            staged: !report.messages.is_empty(),
        };
        let staged =
            Part { state: PartState::Staged, attempts: 0, outcome: Some(report.outcome.clone()), ..part.clone() };
        let asked = if evaluated.staged { Some(self.may_deliver(&staged).await?) } else { None };
        let mut tx = self.store.begin().await?;
        store::part::evaluated(&mut tx, part, &evaluated, self.host.clock.now()).await?;
        for (sequence, (finding, message)) in (0_u32..).zip(&report.messages) {
            let id = self.derived("msg_", "message", &[&part.id, finding]);
            let outgoing = Outgoing { id, sequence, finding, message };
            store::inbox::insert(&mut tx, &part.id, &part.principal, &outgoing).await?;
        }
        if let Some(asked) = asked {
            self.delivered(&mut tx, &staged, asked).await?;
        }
        tx.commit().await
    }
}
