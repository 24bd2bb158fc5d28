//! Rolling back: what an earlier version says is published again.

use mandate_model::{AutomationId, PrincipalId, VersionId};

use crate::{
    automations::{Publishing, Was},
    drafts::SavedDraft,
    error::{Result, ServiceError},
    service::{Draft, Service},
    store,
};

impl Service {
    /// Publishes what an earlier version of the automation says, as [`Service::publish`] does what is new: on what is published now,
    /// and without anybody's consent to it. Recipients are who they are now. [`ServiceError::NoVersion`] if it never had that one.
    pub async fn roll_back(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        version: &VersionId,
        how: Publishing,
    ) -> Result<VersionId> {
        let draft = self.earlier(id, actor, version).await?;
        self.publish_as(id, actor, &draft, how, Was::Published).await
    }

    /// What an earlier version says, for who may edit the automation.
    pub async fn earlier(&self, id: &AutomationId, editor: &PrincipalId, version: &VersionId) -> Result<Draft> {
        // Which versions it had, who may not edit it does not learn by asking.
        self.may_draft(id, editor).await?;
        if !store::published::was(self.store().reader(), id, version).await? {
            return Err(ServiceError::NoVersion(version.clone()));
        }
        let version = self.published(version).await?;
        let SavedDraft { settings, trigger, recipients, .. } = SavedDraft::of(&version)?;
        Ok(Draft { plugin: version.plugin().clone(), settings, trigger, recipients })
    }
}
