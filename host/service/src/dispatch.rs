//! Dispatch: delivers messages, after asking once more whether they may still be delivered. A message is delivered when it is in
//! its recipient's inbox; what goes out to them beside it is sent afterwards ([`outgoing`]).

mod outgoing;

use mandate_model::PrincipalId;
use sqlx::SqliteConnection;

use crate::{
    error::Result,
    governing::Told,
    outward::Way,
    runner::{Context, Runner, admission::Admission, terms::Terms},
    store::{
        self,
        delivery::Of,
        part::{Part, PartState, settled},
    },
    wishes::Wish,
};

/// What a recipient is told of an automation that stopped meanwhile: the reason is for who manages it.
const STOPPED: &str = "the automation does not run now";

/// Whether the messages of a part may be delivered, as far as others than the store say.
pub(crate) enum Asked {
    /// They may, as long as these terms hold.
    Granted(Terms),
    /// The automation does not run.
    Withheld,
    /// The person is no recipient, or may not know of the event: nothing is left of the part.
    Nothing,
    /// The platform cannot say now.
    Later(String),
}

impl Runner {
    /// Delivers the messages of a part if the automation still runs, the person is still a recipient and may still know of the
    /// event (P02, P06). For who is no recipient or may not know any more, nothing is left of the part.
    pub(crate) async fn deliver(&self, part: &Part) -> Result<()> {
        let asked = self.may_deliver(part).await?;
        let mut tx = self.store.begin().await?;
        self.delivered(&mut tx, part, asked).await?;
        tx.commit().await
    }

    /// What the platform says of delivering now.
    pub(crate) async fn may_deliver(&self, part: &Part) -> Result<Asked> {
        let context = match self.context(&part.run).await {
            Ok(context) => context,
            Err(error) if error.is_broken() => return Ok(Asked::Withheld),
            Err(error) => return Err(error),
        };
        Ok(match self.deliverable(part, &context).await {
            Admission::Granted(_) => Asked::Granted(Terms::of(part, &context.run)),
            Admission::Withheld(_) => Asked::Withheld,
            Admission::Nothing => Asked::Nothing,
            Admission::Later(reason) => Asked::Later(reason),
        })
    }

    pub(crate) async fn deliverable(&self, part: &Part, context: &Context) -> Admission {
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

    /// Delivers, if what was asked says so, and the automation was not stopped and the person did not opt out while the platform
    /// answered: asked in the transaction of the delivery, so that either comes before it or after it, never in between. Of what is for
    /// who opted out, nothing is left: for others they are like who is no recipient.
    pub(crate) async fn delivered(&self, tx: &mut SqliteConnection, part: &Part, asked: Asked) -> Result<()> {
        let now = self.host.clock.now();
        let wish = match asked {
            Asked::Granted(terms) if terms.broken_now(tx).await?.is_none() => {
                Some(store::wish::of(&mut *tx, &part.principal, terms.automation()).await?)
            }
            Asked::Granted(_) | Asked::Withheld => None,
            Asked::Nothing => return store::part::erase(tx, part).await,
            Asked::Later(reason) => return self.put_off_in(tx, part, part.attempts + 1, &reason).await,
        };
        let muted = match wish {
            None => return store::part::settle(tx, part.held(), PartState::Withheld, Some(STOPPED), now).await,
            Some(Wish::OptedOut) => return store::part::erase(tx, part).await,
            Some(wish) => wish == Wish::Muted,
        };
        for message in store::inbox::deliver(tx, &part.id, muted, now).await? {
            if !muted {
                self.send_out(tx, &message, &part.principal, now).await?;
            }
        }
        let state = part.outcome.as_ref().map_or(PartState::Done, settled);
        store::part::end(tx, part.held(), state, None, now).await
    }

    /// Keeps that a message is to go out by every way that this host has. Whether the person has such an address, and wants it, is
    /// asked when it is sent.
    pub(crate) async fn send_out(
        &self,
        tx: &mut SqliteConnection,
        message: &str,
        person: &PrincipalId,
        now: i64,
    ) -> Result<()> {
        for way in self.host.outward.carriers.keys() {
            let id = self.derived("dlv_", "delivery", &["message", message, way.as_str()]);
            store::delivery::insert(tx, &id, Of::Message(message), person, *way, now).await?;
        }
        Ok(())
    }

    /// Tells a person something of an automation, in their inbox and by mail.
    pub(crate) async fn note(
        &self,
        tx: &mut SqliteConnection,
        person: &PrincipalId,
        told: &Told,
        at: i64,
    ) -> Result<()> {
        let number = store::notice::insert(tx, person, told, at).await?;
        if self.host.outward.carriers.contains_key(&Way::Mail) {
            let id = self.derived("dlv_", "delivery", &["notice", &number.to_string(), Way::Mail.as_str()]);
            store::delivery::insert(tx, &id, Of::Notice(number), person, Way::Mail, at).await?;
        }
        Ok(())
    }

    /// The same, unless it is what they were told of the automation last: what goes on for many events is told once.
    pub(crate) async fn note_once(
        &self,
        tx: &mut SqliteConnection,
        person: &PrincipalId,
        told: &Told,
        at: i64,
    ) -> Result<()> {
        if store::notice::is_last(tx, person, told).await? { Ok(()) } else { self.note(tx, person, told, at).await }
    }
}
