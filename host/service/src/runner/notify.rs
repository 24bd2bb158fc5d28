//! Evaluating a notify part, as its recipient and from nothing that anybody else saw (FND-07, FND-09).

use mandate_model::Outcome;
use mandate_runtime::part::NotifyReport;

use super::{Runner, only::preceded};
use crate::{
    error::Result,
    store::{
        self,
        inbox::Outgoing,
        part::{Evaluated, Part},
    },
};

impl Runner {
    /// Evaluates the part and puts its messages into the outbox, with its journal, in one transaction.
    pub(super) async fn evaluate_notify(&self, part: &Part) -> Result<()> {
        let Some((job, principal, read)) = self.begin(part).await? else { return Ok(()) };
        let mut report = self.host.parts.notify(&job, &principal).await;
        report.record = preceded(read, report.record);
        match &report.outcome {
            Outcome::Retry { detail } => self.again(part, &report.record, detail).await,
            Outcome::Done | Outcome::Failed { .. } => self.keep_notify(part, &report).await,
        }
    }

    async fn keep_notify(&self, part: &Part, report: &NotifyReport) -> Result<()> {
        let evaluated = Evaluated {
            outcome: &report.outcome,
            findings: &[],
            record: &report.record,
            staged: !report.messages.is_empty(),
        };
        let mut tx = self.store.begin().await?;
        store::part::evaluated(&mut tx, part, &evaluated, self.host.clock.now()).await?;
        for (sequence, (finding, message)) in (0_u32..).zip(&report.messages) {
            let id = self.derived("msg_", "message", &[&part.id, finding]);
            let outgoing = Outgoing { id, sequence, finding, message };
            store::inbox::insert(&mut tx, &part.id, &part.principal, &outgoing).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
