//! Admission: whether a part may begin, or go on, now. Asked before its guest runs, before each effect, and at delivery.

use std::sync::Arc;

use mandate_model::{Entry, Failure, Occurrence, Principal, PrincipalId, Trigger};
use mandate_runtime::platform::Unavailable;

use super::{Context, Runner, only::Judged, preflight::Gone, recipients::silent, terms::Terms};
use crate::{
    error::{Result, ServiceError, undecided},
    parts::Job,
    store::{
        self,
        part::{Part, PartKind, PartState},
    },
    wishes::Wish,
};

/// Whether a part may begin or go on.
pub(crate) enum Admission {
    /// It may, as this person.
    Granted(Principal),
    /// It may not; for who manages the automation, this is why.
    Withheld(String),
    /// The platform cannot say now.
    Later(String),
    /// For this person there is no such event: the part leaves no trace.
    Nothing,
}

impl Runner {
    /// Governance, the person, and whether they may know of the event, in this order.
    pub(crate) async fn admit(&self, part: &Part, context: &Context) -> Admission {
        let principal = match self.standing(part, context).await {
            Admission::Granted(principal) => principal,
            refused => return refused,
        };
        match self.witnesses(&part.principal, part.kind, context).await {
            Ok(true) => Admission::Granted(principal),
            Ok(false) => Admission::Nothing,
            Err(unavailable) => Admission::Later(undecided(&unavailable)),
        }
    }

    /// Whether the part's terms held when the context was read, and its person is active.
    pub(crate) async fn standing(&self, part: &Part, context: &Context) -> Admission {
        if let Some(reason) = Terms::of(part, &context.run).broken_by(&context.life) {
            return Admission::Withheld(reason);
        }
        let acts = part.kind == PartKind::Act;
        match self.host.platform.directory.principal(&part.principal).await {
            Ok(Some(principal)) => Admission::Granted(principal),
            Ok(None) if acts => Admission::Withheld(format!("`{}` is unknown or not active", part.principal)),
            Ok(None) => Admission::Nothing,
            Err(unavailable) => Admission::Later(undecided(&unavailable)),
        }
    }

    /// Whether the person may know of the event (FND-13, FND-20). Of what is silent, only the act part is told.
    pub(crate) async fn witnesses(
        &self,
        person: &PrincipalId,
        kind: PartKind,
        context: &Context,
    ) -> Result<bool, Unavailable> {
        if silent(context) {
            return Ok(kind == PartKind::Act);
        }
        let heard = heard(context.version.trigger(), &context.occurrence);
        match self.host.platform.data.open(person).witnesses(&heard).await {
            Ok(witnesses) => Ok(witnesses),
            Err(Failure::Unavailable(reason)) => Err(Unavailable(reason)),
            // A platform that refuses the question says no.
            Err(_) => Ok(false),
        }
    }

    /// Admits a part that was taken on, with what was read for its trigger. `None`: it is settled, or put off.
    pub(super) async fn begin(&self, part: &Part) -> Result<Option<(Job, Principal, Option<Box<Entry>>)>> {
        let (admission, prepared) = match self.prepare(part).await {
            Ok((context, job)) => {
                let (admission, read) = self.take_in(part, &context).await?;
                (admission, Some((context, job, read)))
            }
            Err(error) if error.is_broken() => (Admission::Withheld(error.to_string()), None),
            Err(error) => return Err(error),
        };
        match (admission, prepared) {
            (Admission::Granted(principal), Some((context, job, read))) => {
                if self.holds_all(part, &context).await? {
                    let job = self.addressed(part, &context, job).await?;
                    return Ok(job.map(|job| (job, principal, read)));
                }
            }
            (Admission::Withheld(reason), _) if part.kind == PartKind::Act => {
                self.end(part, PartState::Withheld, Some(&reason)).await?;
            }
            (Admission::Later(reason), _) => self.put_off(part, part.attempts, &reason).await?,
            // Nobody asked yet whether this recipient may know of the event: nothing may be left of it.
            _ => self.erase(part).await?,
        }
        Ok(None)
    }

    /// Admits a part and notes that its person may know of the event. Its terms are asked again with that note: the platform
    /// took its time to answer.
    async fn take_in(&self, part: &Part, context: &Context) -> Result<(Admission, Option<Box<Entry>>)> {
        let admission = self.admit(part, context).await;
        if !matches!(admission, Admission::Granted(_)) {
            return Ok((self.not_admitted(part, context, admission).await?, None));
        }
        let read = match self.judged(&part.principal, context).await {
            Judged::Holds(read) => read,
            Judged::Fails => return Ok((Admission::Nothing, None)),
            Judged::Later(reason) => return Ok((Admission::Later(reason), None)),
        };
        let mut tx = self.store.begin().await?;
        if let Some(reason) = Terms::of(part, &context.run).broken_now(&mut tx).await? {
            return Ok((Admission::Withheld(reason), None));
        }
        // Nothing is evaluated as who does not want to be told.
        if part.kind == PartKind::Notify
            && store::wish::of(&mut *tx, &part.principal, &context.run.automation).await? == Wish::OptedOut
        {
            return Ok((Admission::Nothing, None));
        }
        store::part::witnessed(&mut tx, part).await?;
        tx.commit().await?;
        Ok((admission, read))
    }

    /// Who lost a whole dataset knows of none of its events any more, and who was deactivated does nothing: the part does not begin,
    /// and that the power is gone stops the automation or is told all the same (VEN-18, FIL-40).
    async fn not_admitted(&self, part: &Part, context: &Context, admission: Admission) -> Result<Admission> {
        let stands = Terms::of(part, &context.run).broken_by(&context.life).is_none();
        if part.kind == PartKind::Notify || !stands || matches!(admission, Admission::Later(_)) {
            return Ok(admission);
        }
        match self.gone(context, &part.principal).await {
            Ok(_) => Ok(admission),
            Err(error @ ServiceError::Unavailable(_)) => Ok(Admission::Later(error.to_string())),
            Err(error) => Err(error),
        }
    }

    /// Whether an act part may begin: its principal holds every declared power, or that is all the same to the site. If not, it is
    /// settled; or put off, where nobody can say (A13).
    async fn holds_all(&self, part: &Part, context: &Context) -> Result<bool> {
        if part.kind == PartKind::Notify {
            return Ok(true);
        }
        match self.gone(context, &part.principal).await {
            Ok(None) => return Ok(true),
            Ok(Some(Gone::Stopped(reason))) => self.end(part, PartState::Withheld, Some(&reason)).await?,
            // They may know of the event, so they see that it failed, and why (FIL-40, FIL-41).
            Ok(Some(Gone::Failed(reason))) => self.end(part, PartState::Failed, Some(&reason)).await?,
            Err(error @ ServiceError::Unavailable(_)) => self.put_off(part, part.attempts, &error.to_string()).await?,
            Err(error) => return Err(error),
        }
        Ok(false)
    }

    /// The job of an act part with whom it tells; `None`: the platform cannot say now, and the part is put off.
    async fn addressed(&self, part: &Part, context: &Context, mut job: Job) -> Result<Option<Job>> {
        if part.kind == PartKind::Act {
            match self.told_as(context, &part.principal).await {
                Ok(people) => job.tells = Arc::new(people),
                Err(error @ ServiceError::Unavailable(_)) => {
                    self.put_off(part, part.attempts, &error.to_string()).await?;
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Some(job))
    }

    async fn prepare(&self, part: &Part) -> Result<(Context, Job)> {
        let context = self.context(&part.run).await?;
        let job = self.job(part, &context).await?;
        Ok((context, job))
    }

    /// Settles a part; what is still staged of it is withheld.
    pub(crate) async fn end(&self, part: &Part, state: PartState, reason: Option<&str>) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::part::settle(&mut tx, part.held(), state, reason, self.host.clock.now()).await?;
        tx.commit().await
    }

    /// Leaves nothing of a part.
    async fn erase(&self, part: &Part) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::part::erase(&mut tx, part).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// An event as its trigger hears it: of an update, only those changed columns count that the trigger listens to. Who sees
/// another column that changed would else learn that one changed which they may not see.
fn heard(trigger: &Trigger, occurrence: &Occurrence) -> Occurrence {
    let mut heard = occurrence.clone();
    if let (Trigger::Row { columns, .. }, Some(changed)) = (trigger, &mut heard.changed)
        && !columns.is_empty()
    {
        changed.retain(|column| columns.contains(column));
    }
    heard
}

#[cfg(test)]
mod tests {
    use super::*;
    use mandate_model::{Change, RowRef, SiteId, Subject};

    #[test]
    fn n01_only_changed_columns_that_the_trigger_listens_to_make_an_update_known() {
        let changed = |columns: &[&str]| Some(columns.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>());
        let occurrence = Occurrence {
            site: SiteId::parse("acme").unwrap(),
            source: "test".to_owned(),
            id: "1".to_owned(),
            at: 0,
            change: Change::Updated,
            subject: Subject::Row(RowRef { dataset: "deals".to_owned(), id: "1".to_owned() }),
            changed: changed(&["stage", "margin"]),
            image: None,
            cause: None,
        };
        let heard = |columns: &[&str]| {
            let columns = changed(columns).unwrap_or_default();
            let trigger = Trigger::Row {
                dataset: "deals".to_owned(),
                change: vec![Change::Updated],
                columns,
                only: vec![],
                own_effects: false,
            };
            heard(&trigger, &occurrence)
        };
        assert_eq!(heard(&["margin"]).changed, changed(&["margin"]), "`stage` must not tell that `margin` changed");
        assert_eq!(heard(&[]), occurrence);
    }
}
