//! What runs a guest: the sandbox, seen from the service.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use mandate_model::{Import, Manifest, Phase, PluginDigest, Principal, SiteId};
use mandate_runtime::{
    compile::Progress,
    part::{ActReport, Assignment, NotifyReport},
    plugin::LoadError,
};

/// A component whose bytes were compared with its digest when they were last read.
#[derive(Clone)]
pub struct Component {
    /// The site that it was uploaded to.
    pub site: SiteId,
    /// Its name.
    pub digest: PluginDigest,
    /// What is instantiated.
    pub bytes: Arc<[u8]>,
}

/// What a component is, as found at upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// What it says of itself.
    pub manifest: Manifest,
    /// What it could ever ask for.
    pub imports: BTreeSet<Import>,
    /// The phases that it takes part in.
    pub phases: BTreeSet<Phase>,
}

/// What a part is given, of a component that is yet to be loaded.
pub type Job = Assignment<Component>;

/// Runs guests.
#[async_trait]
pub trait Parts: Send + Sync {
    /// Checks uploaded bytes and asks them what they are. `Err`: why they may not be used, for their author.
    async fn describe(&self, component: &Component) -> Result<Described, LoadError>;

    /// [`Parts::describe`] that tells how far it is, if whoever runs guests knows.
    async fn describe_told(&self, component: &Component, progress: &Progress) -> Result<Described, LoadError> {
        let _ = progress;
        self.describe(component).await
    }

    /// Whether settings satisfy the manifest's schema. `Err`: what is wrong.
    async fn check_settings(&self, component: &Component, settings: &serde_json::Value) -> Result<(), String>;

    /// The act part, as `principal`. Every failure is in the report.
    async fn act(&self, job: &Job, principal: &Principal) -> ActReport;

    /// The notify part of `principal`. Every failure is in the report.
    async fn notify(&self, job: &Job, principal: &Principal) -> NotifyReport;
}
