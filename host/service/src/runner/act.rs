//! Evaluating an act part, as the one principal that the automation runs as (FND-06).

use mandate_model::{Finding, Outcome};
use mandate_runtime::part::ActReport;

use super::{Runner, only::preceded, preflight::Gone};
use crate::{
    error::{Result, ServiceError},
    store::{
        self,
        part::{Evaluated, Part, PartState},
    },
};

impl Runner {
    /// Evaluates the part and keeps its plan and its journal in one transaction (R8). Nothing is carried out here. What was refused
    /// to it for a whole declared power that is gone stops the automation, or fails the part.
    pub(super) async fn evaluate_act(&self, part: &Part) -> Result<()> {
        let Some((job, principal, read)) = self.begin(part).await? else { return Ok(()) };
        let mut report = self.host.parts.act(&job, &principal).await;
        report.record = preceded(read, report.record);
        if let Outcome::Retry { detail } = &report.outcome {
            return self.again(part, &report.record, detail).await;
        }
        // Before anything of it is kept: killed in between, it is found again before the part begins anew.
        match self.gone_by(part, &report.record.journal).await {
            // Where the automation was stopped, what is staged is withheld by that.
            Ok(None | Some(Gone::Stopped(_))) => self.keep_act(part, &report, None).await,
            Ok(Some(Gone::Failed(reason))) => self.keep_act(part, &report, Some(&reason)).await,
            Err(error @ ServiceError::Unavailable(_)) => self.again(part, &report.record, &error.to_string()).await,
            Err(error) => Err(error),
        }
    }

    /// `failed`: why nothing of it is carried out.
    async fn keep_act(&self, part: &Part, report: &ActReport, failed: Option<&str>) -> Result<()> {
        let findings: Vec<(Finding, Outcome)> =
            report.acted.iter().map(|acted| (acted.finding.clone(), acted.outcome.clone())).collect();
        let evaluated = Evaluated {
            outcome: &report.outcome,
            findings: &findings,
            record: &report.record,
            staged: !report.effects.is_empty() || failed.is_some(),
        };
        let mut tx = self.store.begin().await?;
        let now = self.host.clock.now();
        store::part::evaluated(&mut tx, part, &evaluated, now).await?;
        store::effect::insert(&mut tx, &part.id, &report.effects).await?;
        if failed.is_some() {
            store::part::settle(&mut tx, part.held(), PartState::Failed, failed, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
