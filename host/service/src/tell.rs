//! Telling as run_as: a message that the act part staged as an effect comes into somebody's inbox (ONE-09).
//!
//! The platform has no part in it but to say who is a recipient now. What they may see is not asked: that they are sent what run_as
//! sees is what was consented to. So it is in the inbox once, or never: it is put there, and the effect noted as carried out, in the
//! transaction that asks last whether the automation still runs and the site still chooses so.

use mandate_model::{Effect, PrincipalId};

use crate::{
    error::Result,
    executor::Carried,
    runner::{Context, Runner, terms::Terms},
    store::{self, effect::StagedEffect, inbox::Outgoing, part::Part},
    wishes::Wish,
};

/// Why a message is withheld whose site no longer chooses that run_as tells.
pub(crate) const AS_THEMSELVES: &str = "the site evaluates notifications as each recipient now";

impl Runner {
    /// Delivers a message, if whom it is for is still a recipient; who is none any more misses theirs alone.
    pub(crate) async fn tell(
        &self,
        terms: &Terms,
        part: &Part,
        context: &Context,
        effect: &StagedEffect,
    ) -> Result<Carried> {
        let Effect::Tell { recipient, finding, message } = &effect.effect else {
            return Ok(Carried::Withheld("it is no message".to_owned()));
        };
        let mut tx = self.store.reader().begin().await?;
        let listed = self.listed(&mut tx, context).await?;
        drop(tx);
        let Some(listed) = listed else { return Ok(Carried::Skipped(AS_THEMSELVES.to_owned())) };
        match self.is_told(context, &listed, recipient).await {
            Ok(true) => {}
            Ok(false) => return Ok(no_recipient(recipient)),
            Err(unavailable) => return Ok(Carried::Later(unavailable.to_string())),
        }
        let id = self.derived("msg_", "told", &[&part.id, &recipient.to_string(), finding]);
        let outgoing = Outgoing { id, sequence: effect.sequence, finding, message };
        self.told(terms, part, context, recipient, &outgoing).await
    }

    async fn told(
        &self,
        terms: &Terms,
        part: &Part,
        context: &Context,
        recipient: &PrincipalId,
        outgoing: &Outgoing<'_>,
    ) -> Result<Carried> {
        let mut tx = self.store.begin().await?;
        if let Some(reason) = terms.broken_now(&mut tx).await? {
            return Ok(Carried::Withheld(reason));
        }
        if self.listed(&mut tx, context).await?.is_none() {
            return Ok(Carried::Skipped(AS_THEMSELVES.to_owned()));
        }
        let wish = store::wish::of(&mut *tx, recipient, &context.run.automation).await?;
        if wish == Wish::OptedOut {
            return Ok(no_recipient(recipient));
        }
        store::turn::renew(&mut tx, &part.id, part.fence, self.host.clock.now()).await?;
        if store::effect::is_staged(&mut tx, &part.id, outgoing.sequence).await? {
            let now = self.host.clock.now();
            store::inbox::tell(&mut tx, &part.id, recipient, outgoing, (wish == Wish::Muted, now)).await?;
            if wish == Wish::Told {
                self.send_out(&mut tx, &outgoing.id, recipient, now).await?;
            }
            store::effect::applied(&mut tx, part, outgoing.sequence, None, now).await?;
        }
        tx.commit().await?;
        Ok(Carried::Told)
    }
}

/// What whom it ran as is told of who is not told: the same, whatever the reason. That somebody opted out is theirs to know.
fn no_recipient(person: &PrincipalId) -> Carried {
    Carried::Skipped(format!("`{person}` is no recipient any more"))
}
