//! Evaluating an act part, as the one principal that the automation runs as (FND-06).

use mandate_model::{Finding, Outcome};
use mandate_runtime::part::ActReport;

use super::{Runner, only::preceded};
use crate::{
    error::Result,
    store::{
        self,
        part::{Evaluated, Part},
    },
};

impl Runner {
    /// Evaluates the part and keeps its plan and its journal in one transaction (R8). Nothing is carried out here.
    pub(super) async fn evaluate_act(&self, part: &Part) -> Result<()> {
        let Some((job, principal, read)) = self.begin(part).await? else { return Ok(()) };
        let mut report = self.host.parts.act(&job, &principal).await;
        report.record = preceded(read, report.record);
        match &report.outcome {
            Outcome::Retry { detail } => self.again(part, &report.record, detail).await,
            Outcome::Done | Outcome::Failed { .. } => self.keep_act(part, &report).await,
        }
    }

    async fn keep_act(&self, part: &Part, report: &ActReport) -> Result<()> {
        let findings: Vec<(Finding, Outcome)> =
            report.acted.iter().map(|acted| (acted.finding.clone(), acted.outcome.clone())).collect();
        let evaluated = Evaluated {
            outcome: &report.outcome,
            findings: &findings,
            record: &report.record,
            staged: !report.effects.is_empty(),
        };
        let mut tx = self.store.begin().await?;
        store::part::evaluated(&mut tx, part, &evaluated, self.host.clock.now()).await?;
        store::effect::insert(&mut tx, &part.id, &report.effects).await?;
        tx.commit().await?;
        Ok(())
    }
}
