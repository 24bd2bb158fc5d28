//! Preflight: whether the principal that an automation runs as still holds everything that its version declares. A power that is
//! gone stops the automation, or fails only the act part, as the site's setting `on_denied` says (VEN-18, FIL-41).

use std::collections::BTreeSet;

use mandate_governance::{Lack, needs, settings::Then, told_of_failure};
use mandate_model::PrincipalId;

use super::{Context, Runner};
use crate::{
    error::Result,
    governing::{Told, told::people},
};

impl Runner {
    /// Why the automation does not run any more, if a power is gone and the site's setting says that it stops.
    pub(super) async fn stopped(&self, context: &Context, run_as: &PrincipalId) -> Result<Option<String>> {
        let lost = self.lost(context, run_as, Then::Stop).await?;
        if lost.is_empty() {
            return Ok(None);
        }
        let reason = format!("the automation was stopped: {}", listed(&lost));
        self.lose(&context.run.automation, &lost).await?;
        Ok(Some(reason))
    }

    /// Why the act part fails, if a power is gone and the site's setting says that the automation stays on. Who is to be told is
    /// told, once and not for each event.
    pub(super) async fn failing(&self, context: &Context, run_as: &PrincipalId) -> Result<Option<String>> {
        let lost = self.lost(context, run_as, Then::Fail).await?;
        if lost.is_empty() {
            return Ok(None);
        }
        let reason = listed(&lost);
        let automation = &context.life.automation;
        let mut tx = self.store.reader().begin().await?;
        let governing = self.governing(&mut tx, &automation.site).await?;
        drop(tx);
        let inquiry = self.inquiry(&governing);
        let text = format!("a run failed: {reason}");
        let told = Told { automation: automation.id.clone(), name: automation.name.clone(), text };
        let mut persons = BTreeSet::new();
        for audience in told_of_failure(&context.life, &governing.settings) {
            let directory = self.host.platform.directory.as_ref();
            persons.extend(people(&inquiry, directory, &context.life, &audience).await?);
        }
        let mut tx = self.store.begin().await?;
        for person in &persons {
            self.note_once(&mut tx, person, &told, inquiry.at).await?;
        }
        tx.commit().await?;
        Ok(Some(reason))
    }

    async fn lost(&self, context: &Context, run_as: &PrincipalId, then: Then) -> Result<Vec<Lack>> {
        let mut tx = self.store.reader().begin().await?;
        let governing = self.governing(&mut tx, &context.life.automation.site).await?;
        drop(tx);
        if governing.settings.on_denied.then != then {
            return Ok(vec![]);
        }
        Ok(self.inquiry(&governing).lacks(run_as, &needs(&context.version, &governing.settings)).await?)
    }
}

fn listed(lost: &[Lack]) -> String {
    lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
