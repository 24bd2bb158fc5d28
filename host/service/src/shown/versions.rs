//! Every version that an automation had, as one person may see each.

use mandate_governance::{Version, changes};
use mandate_model::{AutomationId, PrincipalId, VersionId};

use super::{ShownChanges, ShownVersion};
use crate::{
    automations::Prospect,
    error::{Result, ServiceError},
    service::{Draft, Service},
    store::{self, published::Published},
};

/// A version that an automation had.
#[derive(Debug, Clone, PartialEq)]
pub struct PastVersion {
    /// Which one: the first that was published is 1. What is published again is another one.
    pub number: u32,
    /// When it was published: microseconds since 1970.
    pub at: i64,
    /// Who published it; `None`: the operator.
    pub by: Option<PrincipalId>,
    /// Whether it is what would run now.
    pub live: bool,
    /// What it is; `None`: it cannot be read any more.
    pub version: Option<ShownVersion>,
    /// What it changes against the one before; for who decides on it.
    pub changes: Option<ShownChanges>,
}

/// Some of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PastVersions {
    /// The latest first.
    pub versions: Vec<PastVersion>,
    /// Before which number to go on; `None`: these are the first that there were.
    pub next: Option<u32>,
}

impl PastVersions {
    /// Most that are shown at once.
    pub const MOST: u32 = 50;
}

impl Service {
    /// The versions that an automation had, the latest first: at most `limit` and [`PastVersions::MOST`], before the one of that
    /// number. Refused like what does not exist, if `viewer` may not see it.
    pub async fn versions(
        &self,
        id: &AutomationId,
        viewer: &PrincipalId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<PastVersions> {
        let prospect = self.prospect(id, viewer).await?;
        let decides = self.decides(&prospect, viewer).await?;
        let limit = limit.clamp(1, PastVersions::MOST);
        // One more: what the last of them changes is said against it.
        let published = store::published::page(self.store().reader(), id, before, limit + 1).await?;
        let bodies = self.bodies(&published).await?;
        let mut past = PastVersions::default();
        for (at, one) in published.iter().enumerate().take(limit as usize) {
            let older = bodies.get(at + 1).and_then(Option::as_ref);
            let body = bodies.get(at).and_then(Option::as_ref);
            past.versions.push(self.past(viewer, &prospect, decides, one, body, older).await?);
        }
        let more = published.len() > past.versions.len();
        past.next = past.versions.last().filter(|_| more).map(|last| last.number);
        Ok(past)
    }

    /// What was published; `None` for what cannot be read.
    async fn bodies(&self, published: &[Published]) -> Result<Vec<Option<Version>>> {
        let mut bodies = vec![];
        for one in published {
            bodies.push(match self.published(&one.version).await {
                Err(error) if error.is_broken() => None,
                body => Some(body?),
            });
        }
        Ok(bodies)
    }

    async fn past(
        &self,
        viewer: &PrincipalId,
        prospect: &Prospect,
        decides: bool,
        one: &Published,
        body: Option<&Version>,
        older: Option<&Version>,
    ) -> Result<PastVersion> {
        let automation = &prospect.life.automation;
        let Published { number, at, by, latest: live, .. } = one.clone();
        let mut past = PastVersion { number, at, by, live, version: None, changes: None };
        if let Some(body) = body {
            past.version = match self.shown(viewer, body, automation, prospect.as_run_as, decides).await {
                Err(error) if error.is_broken() => None,
                shown => Some(shown?),
            };
            // Where the one before cannot be read, nothing can be said of the difference.
            if decides && (older.is_some() || number == 1) {
                past.changes = Some(self.shown_changes(viewer, &changes(older, body), body).await?);
            }
        }
        Ok(past)
    }

    /// What is published now changes against an earlier version of it, for who may edit it. [`ServiceError::NoVersion`] if it never
    /// had that one.
    pub async fn since(
        &self,
        id: &AutomationId,
        editor: &PrincipalId,
        base: Option<&VersionId>,
    ) -> Result<ShownChanges> {
        self.may_draft(id, editor).await?;
        let mut old = None;
        if let Some(base) = base {
            if !store::published::was(self.store().reader(), id, base).await? {
                return Err(ServiceError::NoVersion(base.clone()));
            }
            old = Some(self.published(base).await?);
        }
        match self.prospect(id, editor).await?.version {
            Some(new) => self.difference(editor, old.as_ref(), &new).await,
            None => Ok(ShownChanges::default()),
        }
    }

    /// What a draft would be published as, as its editor is shown it before they decide; refused as publishing would.
    pub async fn shown_draft(&self, id: &AutomationId, editor: &PrincipalId, draft: &Draft) -> Result<ShownVersion> {
        let prospect = self.prospect(id, editor).await?;
        let decides = self.decides(&prospect, editor).await?;
        let automation = &prospect.life.automation;
        let version = self.version(&automation.site, draft).await?;
        self.shown(editor, &version, automation, prospect.as_run_as, decides).await
    }
}
