//! Dispatch: delivers messages, after asking once more whether they may still be delivered.

use crate::{
    error::Result,
    runner::{Context, Runner, admission::Admission, terms::Terms},
    store::{
        self,
        part::{Part, PartState, settled},
    },
};

/// What a recipient is told of an automation that stopped meanwhile: the reason is for who manages it.
const STOPPED: &str = "the automation does not run now";

impl Runner {
    /// Delivers the messages of a part if the automation still runs, the person is still a recipient and may still know of the
    /// event (P02, P06). For who is no recipient or may not know any more, nothing is left of the part.
    pub(crate) async fn deliver(&self, part: &Part) -> Result<()> {
        let context = match self.context(&part.run).await {
            Ok(context) => context,
            Err(error) if error.is_broken() => return self.end(part, PartState::Withheld, Some(STOPPED)).await,
            Err(error) => return Err(error),
        };
        match self.deliverable(part, &context).await {
            Admission::Granted(_) => self.delivered(part, &Terms::of(part, &context.run)).await,
            Admission::Withheld(_) => self.end(part, PartState::Withheld, Some(STOPPED)).await,
            Admission::Nothing => self.erase(part).await,
            Admission::Later(reason) => self.put_off(part, part.attempts + 1, &reason).await,
        }
    }

    async fn deliverable(&self, part: &Part, context: &Context) -> Admission {
        let admission = self.admit(part, context).await;
        if !matches!(admission, Admission::Granted(_)) {
            return admission;
        }
        match self.is_recipient(context, &part.principal).await {
            Ok(true) => admission,
            Ok(false) => Admission::Nothing,
            Err(unavailable) => Admission::Later(unavailable.to_string()),
        }
    }

    /// Delivers, unless the automation was stopped while the platform answered: asked in the transaction of the delivery, so
    /// that a stop comes before it or after it, never in between.
    async fn delivered(&self, part: &Part, terms: &Terms) -> Result<()> {
        let mut tx = self.store.begin().await?;
        if terms.broken_now(&mut tx).await?.is_some() {
            store::inbox::discard(&mut tx, &part.id).await?;
            store::part::end(&mut tx, part.held(), PartState::Withheld, Some(STOPPED)).await?;
        } else {
            let state = part.outcome.as_ref().map_or(PartState::Done, settled);
            store::inbox::deliver(&mut tx, &part.id, self.host.clock.now()).await?;
            store::part::end(&mut tx, part.held(), state, None).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
