//! What goes out beside the inbox: each delivery is judged right before it is sent, marked, sent outside any transaction, and its
//! end is noted. A host that is killed in between leaves the mark, and what may have arrived is not sent blindly again (E02).

use mandate_model::{Message, Principal};
use mandate_runtime::platform::Unavailable;

use crate::{
    error::Result,
    outward::{About, Address, Contact, Parcel, Setback},
    runner::{Context, Runner, admission::Admission, terms::Terms},
    store::{
        self,
        delivery::{Delivery, DeliveryState, Load},
        part::{Part, PartKind},
    },
    tell::AS_THEMSELVES,
    wishes::Wish,
};

/// What a delivery is told that may not be sent any more, for the operator.
const GONE: &str = "they are not there, no recipient any more, or may not know of the event any more";

/// Whether a delivery may be sent now.
enum Verdict {
    /// It may, to this person, as long as these terms hold.
    Send(Principal, Option<Terms>),
    /// It may not, and why.
    Withhold(String),
    /// The platform cannot say now.
    Later(String),
}

impl Runner {
    /// Sends a delivery, or settles why not. One of which something cannot be read is given up, and keeps no other waiting.
    pub(crate) async fn send(&self, id: &str) -> Result<()> {
        match self.send_now(id).await {
            Err(error) if error.is_broken() => self.settle(id, DeliveryState::Dead, Some(&error.to_string())).await,
            done => done,
        }
    }

    async fn send_now(&self, id: &str) -> Result<()> {
        let Some(delivery) = store::delivery::get(self.store.reader(), id).await? else { return Ok(()) };
        let (person, terms) = match self.judge(&delivery).await? {
            Verdict::Send(person, terms) => (person, terms),
            Verdict::Withhold(reason) => return self.settle(id, DeliveryState::Withheld, Some(&reason)).await,
            Verdict::Later(reason) => return self.send_later(&delivery, delivery.attempts + 1, &reason).await,
        };
        match self.contact(&delivery).await {
            Ok(Contact::At(address)) => self.bring(&delivery, &person, terms.as_ref(), &address).await,
            Ok(Contact::Muted) => self.settle(id, DeliveryState::Muted, None).await,
            Ok(Contact::None) => self.forget(id).await,
            Err(unavailable) => self.send_later(&delivery, delivery.attempts + 1, &unavailable.to_string()).await,
        }
    }

    /// Asks all that was asked before the message came to the inbox once more (P02, P06). Of a notice, only that its person is there:
    /// it is about their own authority.
    async fn judge(&self, delivery: &Delivery) -> Result<Verdict> {
        let Load::Message { part, .. } = &delivery.load else {
            return Ok(match self.host.platform.directory.principal(&delivery.person).await {
                Ok(Some(person)) => Verdict::Send(person, None),
                Ok(None) => Verdict::Withhold(GONE.to_owned()),
                Err(unavailable) => Verdict::Later(unavailable.to_string()),
            });
        };
        let Some(part) = store::part::get(self.store.reader(), part).await? else {
            return Ok(Verdict::Withhold(GONE.to_owned()));
        };
        let context = self.context(&part.run).await?;
        if part.kind == PartKind::Act {
            return self.judge_told(delivery, &part, &context).await;
        }
        Ok(match self.deliverable(&part, &context).await {
            Admission::Granted(person) => Verdict::Send(person, Some(Terms::of(&part, &context.run))),
            Admission::Withheld(reason) => Verdict::Withhold(reason),
            Admission::Later(reason) => Verdict::Later(reason),
            Admission::Nothing => Verdict::Withhold(GONE.to_owned()),
        })
    }

    /// Of what run_as tells: what its recipient may see is not asked, only what was asked before it came to their inbox (ONE-09).
    async fn judge_told(&self, delivery: &Delivery, part: &Part, context: &Context) -> Result<Verdict> {
        let terms = Terms::of(part, &context.run);
        if let Some(reason) = terms.broken_by(&context.life) {
            return Ok(Verdict::Withhold(reason));
        }
        let mut tx = self.store.reader().begin().await?;
        let listed = self.listed(&mut tx, context).await?;
        drop(tx);
        let Some(listed) = listed else { return Ok(Verdict::Withhold(AS_THEMSELVES.to_owned())) };
        let person = match self.is_told(context, &listed, &delivery.person).await {
            Ok(true) => self.host.platform.directory.principal(&delivery.person).await,
            Ok(false) => Ok(None),
            Err(unavailable) => Err(unavailable),
        };
        Ok(match person {
            Ok(Some(person)) => Verdict::Send(person, Some(terms)),
            Ok(None) => Verdict::Withhold(GONE.to_owned()),
            Err(unavailable) => Verdict::Later(unavailable.to_string()),
        })
    }

    async fn contact(&self, delivery: &Delivery) -> Result<Contact, Unavailable> {
        let automation = match &delivery.load {
            Load::Message { automation, .. } => Some(automation),
            Load::Notice { .. } => None,
        };
        self.host.outward.addresses.contact(&delivery.person, delivery.way, automation).await
    }

    /// Marks it, unless the automation was stopped or the person muted it while the platform answered; sends it; notes what came of it.
    async fn bring(
        &self,
        delivery: &Delivery,
        person: &Principal,
        terms: Option<&Terms>,
        address: &Address,
    ) -> Result<()> {
        let id = &delivery.id;
        let Some(carrier) = self.host.outward.carriers.get(&delivery.way) else {
            let missing = format!("this host is not set up to send by {}", delivery.way.as_str());
            return self.settle(id, DeliveryState::Dead, Some(&missing)).await;
        };
        let mut tx = self.store.begin().await?;
        if let Some(terms) = terms
            && let Some(reason) = terms.broken_now(&mut tx).await?
        {
            let now = self.host.clock.now();
            store::delivery::settle(&mut tx, id, DeliveryState::Withheld, now, Some(&reason)).await?;
            tx.commit().await?;
            return Ok(());
        }
        if let Some(terms) = terms
            && store::wish::of(&mut *tx, &delivery.person, terms.automation()).await? != Wish::Told
        {
            store::delivery::settle(&mut tx, id, DeliveryState::Muted, self.host.clock.now(), None).await?;
            tx.commit().await?;
            return Ok(());
        }
        if !store::delivery::claim(&mut tx, id).await? {
            return Ok(());
        }
        tx.commit().await?;
        match carrier.carry(&self.parcel(delivery, person), address).await {
            Ok(()) => self.settle(id, DeliveryState::Sent, None).await,
            Err(Setback::Unknown(reason)) if !delivery.way.knows_keys() => {
                self.settle(id, DeliveryState::Unknown, Some(&reason)).await
            }
            Err(Setback::Never(reason)) => self.settle(id, DeliveryState::Dead, Some(&reason)).await,
            Err(Setback::Later(reason) | Setback::Unknown(reason)) => {
                self.send_later(delivery, delivery.attempts + 1, &reason).await
            }
        }
    }

    fn parcel(&self, delivery: &Delivery, person: &Principal) -> Parcel {
        let (message, about, at) = match &delivery.load {
            Load::Message { id, run, automation, finding, message, at, .. } => {
                let (id, finding) = (id.clone(), finding.clone());
                let about = About::Message { id, automation: automation.clone(), run: run.clone(), finding };
                (message.clone(), about, *at)
            }
            Load::Notice { told, at } => {
                let title = format!("Automation `{}`", told.name);
                let body = format!("{}\n\n{}", told.text, told.automation);
                let message = Message { title, body, attachments: vec![] };
                (message, About::Notice(told.automation.clone()), *at)
            }
        };
        let (key, name) = (delivery.id.clone(), person.name.clone());
        let seal = self.derived("", "seal", &[&key]);
        Parcel { key, seal, name, message, about, at, now: self.host.clock.now() }
    }

    /// Puts a delivery off after `made` attempts, or gives it up.
    async fn send_later(&self, delivery: &Delivery, made: u32, reason: &str) -> Result<()> {
        let Some(due) = self.host.retry.next(&delivery.id, made, self.host.clock.now()) else {
            return self.settle(&delivery.id, DeliveryState::Dead, Some(reason)).await;
        };
        let mut tx = self.store.begin().await?;
        store::delivery::later(&mut tx, &delivery.id, due, reason).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn settle(&self, id: &str, state: DeliveryState, detail: Option<&str>) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::delivery::settle(&mut tx, id, state, self.host.clock.now(), detail).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn forget(&self, id: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::delivery::forget(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }
}
