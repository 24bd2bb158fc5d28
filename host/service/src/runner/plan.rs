//! Plan: who has a part in a run. Recipients are worked out now, not when the automation was made.

use std::collections::BTreeSet;

use mandate_governance::may_run;
use mandate_model::{Change, ColumnSet, Failure, Phase, PrincipalId, PrincipalKind, Recipient, RowRef, RunId, Value};
use mandate_runtime::platform::Unavailable;

use super::{Context, Runner, in_quarantine};
use crate::{
    error::{Result, ServiceError},
    store::{
        self,
        part::{New, PartKind},
    },
};

impl Runner {
    /// Makes the parts of a run in one transaction, or puts it off when the platform cannot say who the recipients are. A run of
    /// which something cannot be read is given up.
    pub(super) async fn plan(&self, run: &RunId) -> Result<()> {
        match self.make_plan(run).await {
            Err(error) if error.is_broken() => self.end_run(run, "dead", &error.to_string()).await,
            planned => planned,
        }
    }

    async fn make_plan(&self, run: &RunId) -> Result<()> {
        if self.is_stopping() {
            return Ok(());
        }
        let context = self.context(run).await?;
        let (site, plugin) = (&context.life.automation.site, context.version.plugin());
        if store::quarantine::holds(self.store.reader(), site.as_str(), plugin.as_str()).await? {
            return self.end_run(run, "dead", &in_quarantine(plugin)).await;
        }
        let run_as = match may_run(&context.life.automation, &context.run.version, context.life.consent.as_ref()) {
            Ok(run_as) => run_as,
            Err(reason) => return self.end_run(run, "withheld", &reason.to_string()).await,
        };
        match self.stopped(&context, run_as).await {
            Ok(Some(reason)) => return self.end_run(run, "withheld", &reason).await,
            Ok(None) => {}
            Err(ServiceError::Unavailable(reason)) => return self.plan_later(&context, &reason.to_string()).await,
            Err(error) => return Err(error),
        }
        match self.recipients(&context, run_as).await {
            Ok(recipients) => self.store_plan(&context, run_as, &recipients).await,
            Err(unavailable) => self.plan_later(&context, &unavailable.to_string()).await,
        }
    }

    async fn store_plan(
        &self,
        context: &Context,
        run_as: &PrincipalId,
        recipients: &BTreeSet<PrincipalId>,
    ) -> Result<()> {
        let acts = self.acts(context).await?.then_some((PartKind::Act, run_as));
        let notifies = recipients.iter().map(|recipient| (PartKind::Notify, recipient));
        let now = self.host.clock.now();
        let run = &context.run.id;
        let mut tx = self.store.begin().await?;
        if store::run::planned(&mut tx, run).await? {
            for (kind, principal) in acts.into_iter().chain(notifies) {
                let id = self.derived("prt_", "part", &[run.as_str(), kind.as_str(), &principal.to_string()]);
                let (run, site, plugin) = (&context.run, &context.life.automation.site, context.version.plugin());
                let new = New { id: &id, run, kind, principal, site, plugin, due: now };
                store::part::insert(&mut tx, &new).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Whether the plugin acts at all.
    async fn acts(&self, context: &Context) -> Result<bool> {
        let digest = context.version.plugin();
        let site = &context.life.automation.site;
        let plugin = store::plugin::find(self.store.reader(), site, digest.as_str()).await?;
        // Of a plugin that is gone, the part itself says so.
        Ok(plugin.is_none_or(|plugin| plugin.described.phases.contains(&Phase::Action)))
    }

    async fn plan_later(&self, context: &Context, reason: &str) -> Result<()> {
        let run = &context.run.id;
        let Some(due) = self.host.retry.next(run.as_str(), context.run.attempts + 1, self.host.clock.now()) else {
            return self.end_run(run, "dead", reason).await;
        };
        let mut tx = self.store.begin().await?;
        store::run::later(&mut tx, run, due, reason).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end_run(&self, run: &RunId, state: &str, reason: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        store::run::end(&mut tx, run, state, reason).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The people whom a run tells now: teams expanded, each person once, in order of their ids; nobody where it is silent.
    async fn recipients(&self, context: &Context, run_as: &PrincipalId) -> Result<BTreeSet<PrincipalId>, Unavailable> {
        let mut people = BTreeSet::new();
        if silent(context) {
            return Ok(people);
        }
        for recipient in context.version.recipients() {
            match recipient {
                Recipient::Principal(id) if id.kind() == PrincipalKind::User => _ = people.insert(id.clone()),
                Recipient::Principal(id) if id.kind() == PrincipalKind::Team => {
                    people.extend(self.host.platform.directory.people(id).await?);
                }
                Recipient::Principal(_) => {}
                Recipient::Column(column) => people.extend(self.named_in(context, run_as, column).await?),
            }
        }
        Ok(people)
    }

    /// Whether a person is still a recipient of the run: the same question for one, without listing the rest.
    pub(crate) async fn is_recipient(&self, context: &Context, person: &PrincipalId) -> Result<bool, Unavailable> {
        if silent(context) {
            return Ok(false);
        }
        for recipient in context.version.recipients() {
            let is = match recipient {
                Recipient::Principal(id) if id.kind() == PrincipalKind::Team => {
                    self.host.platform.directory.is_in(person, id).await?
                }
                Recipient::Principal(id) => id == person,
                Recipient::Column(column) => match &context.life.automation.run_as {
                    Some(run_as) => self.named_in(context, run_as, column).await?.as_ref() == Some(person),
                    None => false,
                },
            };
            if is {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The person named in a column of the row, as `run_as` reads it; what they cannot read names nobody.
    async fn named_in(
        &self,
        context: &Context,
        run_as: &PrincipalId,
        column: &str,
    ) -> Result<Option<PrincipalId>, Unavailable> {
        let Some(RowRef { dataset, id }) = context.occurrence.row() else { return Ok(None) };
        let data = self.host.platform.data.open(run_as);
        let within = ColumnSet::Named(BTreeSet::from([column.to_owned()]));
        let row = match data.get(dataset, id, &within).await {
            Ok(row) => row,
            Err(Failure::Unavailable(reason)) => return Err(Unavailable(reason)),
            Err(_) => return Ok(None),
        };
        let cell = row.fields.into_iter().find(|field| field.name == column).map(|field| field.value);
        let Some(Value::Text(text)) = cell else { return Ok(None) };
        Ok(PrincipalId::parse(&text).ok().filter(|id| id.kind() == PrincipalKind::User))
    }
}

/// Whether no recipient can be told: of a removal without an image, or of a run by hand that is about no row, nobody's right to
/// know can be judged.
pub(super) fn silent(context: &Context) -> bool {
    match context.occurrence.change {
        Change::Removed => context.occurrence.image.is_none(),
        Change::Manual => context.occurrence.row().is_none(),
        _ => false,
    }
}
