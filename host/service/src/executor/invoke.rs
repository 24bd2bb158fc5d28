//! Carrying a named operation out. It leaves the house, so nobody can look whether it was done: that it is tried is noted first, in
//! the transaction that asks last whether the automation still runs. Where the answer is lost (a time-out, a killed host) the note is
//! what is left, and decides: it is asked for again with its key, or nobody knows, and the operator settles it (E01, E02).

use mandate_model::{Effect, Failure};

use super::Carried;
use crate::{
    apply::NotDone,
    error::Result,
    operations::Invocation,
    runner::{Context, Runner, terms::Terms},
    store::{
        self,
        effect::{EffectState, StagedEffect},
        part::Part,
    },
};

/// What begins every reason that is for the operator alone.
pub(crate) const OPERATION: &str = "operation: ";

impl Runner {
    /// Has an operation carried out, unless the automation was stopped while the platform answered.
    pub(super) async fn invoke(
        &self,
        part: &Part,
        context: &Context,
        next: &StagedEffect,
        effects: &[StagedEffect],
    ) -> Result<Carried> {
        let Effect::Invoke { operation, arguments } = &next.effect else {
            return Ok(Carried::Withheld("it is no operation".to_owned()));
        };
        let mut tx = self.store.begin().await?;
        if let Some(reason) = Terms::of(part, &context.run).broken_now(&mut tx).await? {
            return Ok(Carried::Withheld(reason));
        }
        store::turn::renew(&mut tx, &part.id, part.fence, self.host.clock.now()).await?;
        store::effect::tried(&mut tx, &part.id, next.sequence, EffectState::Sending).await?;
        tx.commit().await?;
        let invocation = Invocation {
            principal: part.principal.clone(),
            key: part.key(next.sequence),
            automation: context.run.automation.clone(),
            run: context.run.id.clone(),
            operation: operation.clone(),
            arguments: arguments.clone(),
            again: next.state == EffectState::Sending,
        };
        match self.host.apply.invoke(&invocation, &store::effect::real_ids(effects)).await {
            Ok(()) => Ok(Carried::Applied(None)),
            Err(not_done) => self.not_done(part, &invocation, next, not_done).await,
        }
    }

    /// What follows from it. What was tried before and may have been done stays noted, whatever is said this time: if it is given up
    /// now, nobody knows.
    async fn not_done(
        &self,
        part: &Part,
        invocation: &Invocation,
        next: &StagedEffect,
        not_done: NotDone,
    ) -> Result<Carried> {
        if !invocation.again && !matches!(not_done, NotDone::Perhaps { .. }) {
            let mut tx = self.store.begin().await?;
            store::turn::renew(&mut tx, &part.id, part.fence, self.host.clock.now()).await?;
            store::effect::tried(&mut tx, &part.id, next.sequence, EffectState::Staged).await?;
            tx.commit().await?;
        }
        Ok(match not_done {
            NotDone::Refused(Failure::Unavailable(reason)) => Carried::Later(reason),
            NotDone::Refused(refused) => Carried::of(&refused),
            NotDone::Later(reason) | NotDone::Perhaps { reason, again: true } => {
                Carried::Later(format!("{OPERATION}{reason}"))
            }
            NotDone::Never(reason) | NotDone::Perhaps { reason, again: false } => {
                Carried::Withheld(format!("{OPERATION}{reason}"))
            }
        })
    }
}
