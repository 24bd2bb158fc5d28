//! Drafts of automations: what an editor will publish, seen by nobody else (MON-13).

use std::collections::BTreeSet;

use mandate_governance::{Life, Refused, Version, needs, settings::Precheck};
use mandate_model::{AutomationId, PrincipalId, Recipient, Trigger, VersionId};
use mandate_policy::{Act, Decision};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::{
    error::{Result, ServiceError},
    governing::facts::{About, Inquiry},
    runner::Runner,
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
        let mut tx = self.store().begin().await?;
        let life = store::automation::known(&mut *tx, id).await?;
        self.runner().may_edit(&mut tx, &life, actor).await?;
        let draft = SavedDraft { base: life.automation.published, ..draft };
        store::draft::save(&mut tx, id, actor, &draft, self.host().clock.now()).await?;
        tx.commit().await?;
        Ok(())
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

impl Runner {
    /// Refuses who may not edit what is published, as publishing would refuse them.
    async fn may_edit(&self, tx: &mut SqliteConnection, life: &Life, actor: &PrincipalId) -> Result<()> {
        let governing = self.governing(tx, &life.automation.site).await?;
        let version = self.published_of(tx, life).await?;
        let inquiry = self.inquiry(&governing);
        match refusal(&inquiry, life, version.as_ref(), actor).await? {
            Some(refused) => Err(self.explained(refused, &inquiry, &life.automation.site).await?.into()),
            None => Ok(()),
        }
    }
}

async fn refusal(
    inquiry: &Inquiry<'_>,
    life: &Life,
    version: Option<&Version>,
    actor: &PrincipalId,
) -> Result<Option<Refused>> {
    let settings = &inquiry.governing.settings;
    let Some(standing) = inquiry.roles.standing(actor).await? else { return Ok(Some(Refused::Unknown)) };
    let declared = version.map(|version| needs(version, settings)).unwrap_or_default();
    let lacks = inquiry.lacks(actor, &declared).await?;
    let must_hold = settings.precheck.contains(&Precheck::Edit);
    let about = About { automation: &life.automation, versions: version.into_iter().collect() };
    let before = inquiry.before(actor, &standing, &about, must_hold, lacks.is_empty()).await?;
    if !inquiry.sees(&before) {
        return Ok(Some(Refused::Unknown));
    }
    if life.automation.deleted {
        return Ok(Some(Refused::Deleted));
    }
    let granters = BTreeSet::new();
    if must_hold && !lacks.is_empty() {
        return Ok(Some(Refused::Lacks { lacks: inquiry.known_to(actor, lacks).await?, granters }));
    }
    Ok(match inquiry.decide(Act::Edit, &before) {
        Decision::Allow => None,
        Decision::Deny(reason) => Some(Refused::Denied { actor: actor.clone(), act: Act::Edit, reason, granters }),
    })
}
