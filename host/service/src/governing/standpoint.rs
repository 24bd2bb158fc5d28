//! One person before one automation, with everything that policies are asked with.

use std::sync::Arc;

use mandate_governance::{Life, Refused, Version};
use mandate_model::PrincipalId;
use mandate_policy::{Act, Decision};

use super::{
    Governing,
    facts::{About, Before, Inquiry, OfHistory},
};
use crate::{error::Result, roles::Standing, runner::Runner};

/// Where somebody stands.
pub(crate) struct Standpoint {
    pub(crate) standing: Standing,
    /// What is published.
    pub(crate) version: Option<Version>,
    pub(crate) governing: Arc<Governing>,
    pub(crate) before: Before,
    pub(crate) roles: Arc<dyn crate::Roles>,
}

impl Runner {
    /// Where a person stands before an automation; `None`: the platform does not know them.
    pub(crate) async fn standpoint(&self, life: &Life, person: &PrincipalId) -> Result<Option<Standpoint>> {
        let Some(standing) = self.host.roles.standing(person).await? else { return Ok(None) };
        let mut tx = self.store.reader().begin().await?;
        let version = self.published_of(&mut tx, life).await?;
        let governing = self.governing(&mut tx, &life.automation.site).await?;
        drop(tx);
        let inquiry = self.inquiry(&governing);
        let about = About { automation: &life.automation, versions: version.iter().collect() };
        let lacks = inquiry.lacks(person, &about.declared(&governing.settings)).await;
        let before = inquiry.before(person, &standing, &about, false, lacks.is_empty()).await?;
        let roles = Arc::clone(&self.host.roles);
        Ok(Some(Standpoint { standing, version, governing, before, roles }))
    }

    /// Whether a person may see an automation.
    pub(crate) async fn sees_automation(&self, life: &Life, viewer: &PrincipalId) -> Result<bool> {
        Ok(self.standpoint(life, viewer).await?.is_some_and(|from| from.sees()))
    }

    /// A refusal of what somebody may not do, who may know that it could be done.
    pub(crate) async fn refused(&self, life: &Life, actor: &PrincipalId, act: Act, reason: String) -> Result<Refused> {
        let mut tx = self.store.reader().begin().await?;
        let version = self.published_of(&mut tx, life).await?;
        let governing = self.governing(&mut tx, &life.automation.site).await?;
        drop(tx);
        let about = About { automation: &life.automation, versions: version.iter().collect() };
        let refused =
            Refused::Denied { actor: actor.clone(), act, reason, granters: std::collections::BTreeSet::new() };
        Ok(self.explained(refused, &self.inquiry(&governing), actor, &about).await)
    }
}

impl Standpoint {
    fn inquiry(&self) -> Inquiry<'_> {
        Inquiry { governing: &self.governing, roles: self.roles.as_ref(), at: 0 }
    }

    /// Whether they may see it.
    pub(crate) fn sees(&self) -> bool {
        self.inquiry().sees(&self.before)
    }

    /// Whether they may see that much of its history. Who may not see the automation sees none of it.
    pub(crate) fn history(&self, of: OfHistory) -> bool {
        self.sees() && self.inquiry().history(of, &self.before)
    }

    /// Whether they may be shown parts of recipients, on the record.
    pub(crate) fn reveals(&self) -> Decision {
        self.inquiry().decide(Act::RevealHistory, &self.before)
    }
}
