//! The executor: carries staged effects out, in order, once each.
//!
//! Before every effect it asks again whether the automation is on, the consent stands and the principal is the same (P02, P05);
//! the platform judges the principal's right to the change itself. Delivery is at least once with a key: the platform answers a
//! key that it has seen with what it did then, so a host that is killed between the change and its note of it changes nothing
//! twice (R8, E01). A message is the service's own to deliver: see [`tell`](crate::tell). An operation leaves the house: see [`invoke`].

pub(crate) mod invoke;

use mandate_model::{Effect, Failure};

use crate::{
    error::{Result, ServiceError},
    runner::{Context, Runner, admission::Admission, preflight::Gone, terms::Terms},
    store::{
        self,
        effect::{EffectState, StagedEffect},
        part::{Part, PartState, settled},
    },
};

/// What became of one effect.
pub(crate) enum Carried {
    /// The platform did it, now or before: with the id of its row.
    Applied(Option<String>),
    /// The service did it, now or before, and noted it with that.
    Told,
    /// It alone will not be done: a message whose recipient is one no longer. What comes after it goes on, for nothing depends on it.
    Skipped(String),
    /// It will not be done, nor what comes after it.
    Withheld(String),
    /// The platform refuses it to the principal: perhaps because a whole declared power is gone.
    Refused(String),
    /// It will not be done, nor what comes after it, because a declared power is gone, which fails the part.
    Failed(String),
    /// It may be done later.
    Later(String),
}

impl Carried {
    /// What the platform said no to.
    fn of(refused: &Failure) -> Self {
        match refused {
            Failure::Denied(_) => Self::Refused(refused.to_string()),
            _ => Self::Withheld(refused.to_string()),
        }
    }
}

impl Runner {
    /// Goes on with the effects of a part where it stopped.
    pub(crate) async fn carry_out(&self, part: &Part) -> Result<()> {
        let mut attempts = part.attempts;
        // Read once, for there may be many messages: once somebody else works on the part, nothing of this is kept.
        let mut effects = store::effect::of(self.store.reader(), &part.id).await?;
        let staged = |effects: &[StagedEffect]| effects.iter().position(|one| one.state.is_open());
        while let Some((at, next)) = staged(&effects).and_then(|at| Some((at, effects.get(at)?.clone()))) {
            let is_last = staged(effects.get(at + 1..).unwrap_or_default()).is_none();
            let (state, row_id) = match self.carry(part, &next, &effects).await? {
                Carried::Applied(row_id) => {
                    self.applied(part, &next, row_id.as_deref(), is_last).await?;
                    if is_last {
                        return Ok(());
                    }
                    (EffectState::Applied, row_id)
                }
                Carried::Told => (EffectState::Applied, None),
                Carried::Skipped(reason) => {
                    self.skipped(part, &next, &reason).await?;
                    (EffectState::Withheld, None)
                }
                Carried::Withheld(reason) | Carried::Refused(reason) => {
                    return self.end(part, PartState::Withheld, Some(&reason)).await;
                }
                Carried::Failed(reason) => return self.end(part, PartState::Failed, Some(&reason)).await,
                Carried::Later(reason) => return self.put_off(part, attempts + 1, &reason).await,
            };
            if let Some(done) = effects.get_mut(at) {
                (done.state, done.row_id) = (state, row_id);
            }
            // The bound holds for each effect.
            attempts = 0;
        }
        self.end(part, ended(part), None).await
    }

    async fn carry(&self, part: &Part, next: &StagedEffect, effects: &[StagedEffect]) -> Result<Carried> {
        let context = match self.context(&part.run).await {
            Ok(context) => context,
            Err(error) if error.is_broken() => return Ok(Carried::Withheld(error.to_string())),
            Err(error) => return Err(error),
        };
        let terms = Terms::of(part, &context.run);
        let carried = match self.standing(part, &context).await {
            Admission::Granted(_) => self.carry_if(part, &context, next, effects).await?,
            // Its terms hold: so it is the principal who is no longer there.
            Admission::Withheld(reason) if terms.broken_by(&context.life).is_none() => Carried::Refused(reason),
            Admission::Withheld(reason) => Carried::Withheld(reason),
            Admission::Later(reason) => Carried::Later(reason),
            Admission::Nothing => Carried::Withheld("the event is no longer visible".to_owned()),
        };
        match carried {
            Carried::Refused(reason) => self.not_let(part, &context, reason).await,
            carried => Ok(carried),
        }
    }

    /// What was refused to a principal is withheld; for a whole declared power that is gone, the automation is stopped besides, or the
    /// part fails. Where nobody can say which it is, nothing is done now.
    async fn not_let(&self, part: &Part, context: &Context, reason: String) -> Result<Carried> {
        match self.gone(context, &part.principal).await {
            Ok(None) => Ok(Carried::Withheld(reason)),
            Ok(Some(Gone::Stopped(reason))) => Ok(Carried::Withheld(reason)),
            Ok(Some(Gone::Failed(reason))) => Ok(Carried::Failed(reason)),
            Err(error @ ServiceError::Unavailable(_)) => Ok(Carried::Later(error.to_string())),
            Err(error) => Err(error),
        }
    }

    async fn carry_if(
        &self,
        part: &Part,
        context: &Context,
        next: &StagedEffect,
        effects: &[StagedEffect],
    ) -> Result<Carried> {
        let terms = Terms::of(part, &context.run);
        match &next.effect {
            Effect::Tell { .. } => self.tell(&terms, part, context, next).await,
            Effect::Invoke { .. } => self.invoke(part, context, next, effects).await,
            _ => self.apply_if(&terms, part, next, effects).await,
        }
    }

    /// Applies an effect, unless the automation was stopped, or somebody else took the part over, while the platform answered:
    /// asked last, with nothing to wait for between this and the change. That is only read: no transaction is held while the
    /// platform works, for it may have something to tell the service, and one that ends before that guards nothing.
    async fn apply_if(
        &self,
        terms: &Terms,
        part: &Part,
        next: &StagedEffect,
        effects: &[StagedEffect],
    ) -> Result<Carried> {
        self.hold(part).await?;
        match terms.broken(self.store.reader()).await? {
            Some(reason) => Ok(Carried::Withheld(reason)),
            None => Ok(self.apply(part, next, effects).await),
        }
    }

    /// Sees to it that the part is held for long enough. [`ServiceError::Stale`](crate::ServiceError) if somebody else began it.
    async fn hold(&self, part: &Part) -> Result<()> {
        let now = self.host.clock.now();
        if store::turn::is_held(self.store.reader(), part.held(), now).await? {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        store::turn::renew(&mut tx, &part.id, part.fence, now).await?;
        tx.commit().await
    }

    async fn apply(&self, part: &Part, next: &StagedEffect, effects: &[StagedEffect]) -> Carried {
        let key = part.key(next.sequence);
        let ids = store::effect::real_ids(effects);
        match self.host.apply.apply(&part.principal, &key, &next.effect, &ids).await {
            Ok(applied) => Carried::Applied(applied.id),
            Err(Failure::Unavailable(reason)) => Carried::Later(reason),
            Err(refused) => Carried::of(&refused),
        }
    }

    /// Notes that an effect was carried out, and with the last one, that the part has ended.
    async fn applied(&self, part: &Part, effect: &StagedEffect, row_id: Option<&str>, is_last: bool) -> Result<()> {
        let now = self.host.clock.now();
        let mut tx = self.store.begin().await?;
        store::effect::applied(&mut tx, part, effect.sequence, row_id, now).await?;
        if is_last {
            store::part::settle(&mut tx, part.held(), ended(part), None, now).await?;
        }
        tx.commit().await
    }

    async fn skipped(&self, part: &Part, effect: &StagedEffect, reason: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::turn::renew(&mut tx, &part.id, part.fence, self.host.clock.now()).await?;
        store::effect::withheld(&mut tx, &part.id, effect.sequence, reason).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Where a part ends of which everything was carried out.
fn ended(part: &Part) -> PartState {
    part.outcome.as_ref().map_or(PartState::Done, settled)
}
