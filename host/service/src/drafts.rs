//! Drafts of automations: what an editor will publish, seen by nobody else (MON-13).

use std::collections::BTreeSet;

use mandate_governance::{Ask, Version};
use mandate_model::{AutomationId, PrincipalId, Recipient, Trigger, VersionId};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, ServiceError},
    service::Service,
    store,
};

/// What is to be published. Unlike a [`Draft`](crate::Draft) it may name a plugin that is not uploaded yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedDraft {
    /// A plugin's digest, or its manifest's name.
    pub plugin: String,
    /// A JSON object; checked when it is published.
    pub settings: serde_json::Value,
    /// What it listens to.
    pub trigger: Trigger,
    /// Whom it tells.
    pub recipients: BTreeSet<Recipient>,
    /// What was published when it was begun.
    #[serde(default)]
    pub base: Option<VersionId>,
}

impl SavedDraft {
    /// A draft that begins as `version`, which is published.
    pub fn of(version: &Version) -> Result<Self> {
        let damaged = |error: serde_json::Error| ServiceError::Damaged(format!("settings of a version: {error}"));
        Ok(Self {
            plugin: version.plugin().to_string(),
            settings: serde_json::from_str(version.settings()).map_err(damaged)?,
            trigger: version.trigger().clone(),
            recipients: version.recipients().clone(),
            base: Some(version.id()),
        })
    }
}

impl Service {
    /// Keeps a draft that `actor`, who needs the right to edit, begins on what is published now, instead of the one before.
    pub async fn write_draft(&self, id: &AutomationId, actor: &PrincipalId, draft: SavedDraft) -> Result<()> {
        let (draft, at) = self.on_published(id, actor, draft).await?;
        self.kept_draft(id, actor, &draft, None, at).await
    }

    /// [`Service::write_draft`] if the one before still is as it was `seen`. [`ServiceError::Changed`]: it is not, and is kept.
    pub async fn rewrite_draft(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        draft: SavedDraft,
        seen: &SavedDraft,
    ) -> Result<()> {
        let (draft, at) = self.on_published(id, actor, draft).await?;
        self.kept_draft(id, actor, &draft, Some(seen), at).await
    }

    /// Keeps a draft that `actor`, who needs the right to edit, began on `draft.base`, instead of the one before: that others
    /// published since is found when it is published.
    pub async fn keep_draft(&self, id: &AutomationId, actor: &PrincipalId, draft: SavedDraft) -> Result<()> {
        let at = self.runner().decide(id, actor, Ask::Draft, None).await?.at;
        self.kept_draft(id, actor, &draft, None, at).await
    }

    /// The draft on what is published now, and when `actor` was let keep one.
    async fn on_published(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        draft: SavedDraft,
    ) -> Result<(SavedDraft, i64)> {
        let decided = self.runner().decide(id, actor, Ask::Draft, None).await?;
        Ok((SavedDraft { base: decided.before.automation.published, ..draft }, decided.at))
    }

    async fn kept_draft(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        draft: &SavedDraft,
        seen: Option<&SavedDraft>,
        at: i64,
    ) -> Result<()> {
        let mut tx = self.store().begin().await?;
        if let Some(seen) = seen
            && store::draft::find(&mut *tx, id, actor).await?.as_ref() != Some(seen)
        {
            return Err(ServiceError::Changed);
        }
        store::draft::save(&mut tx, id, actor, draft, at).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether `editor` may keep a draft of it; refused as keeping one would, if not.
    pub(crate) async fn may_draft(&self, id: &AutomationId, editor: &PrincipalId) -> Result<()> {
        self.runner().decide(id, editor, Ask::Draft, None).await.map(drop)
    }

    /// Keeps `editor`'s draft of an automation, instead of the one before, as the operator: nobody's rights count.
    pub async fn save_draft(&self, id: &AutomationId, editor: &PrincipalId, draft: &SavedDraft) -> Result<()> {
        store::automation::known(self.store().reader(), id).await?;
        let mut tx = self.store().begin().await?;
        store::draft::save(&mut tx, id, editor, draft, self.host().clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// `editor`'s own draft of an automation.
    pub async fn saved_draft(&self, id: &AutomationId, editor: &PrincipalId) -> Result<Option<SavedDraft>> {
        store::draft::find(self.store().reader(), id, editor).await
    }
}
