//! The sandbox as what runs guests: plugins are compiled once and kept.

use std::sync::Arc;

use async_trait::async_trait;
use mandate_model::{Outcome, Principal};
use mandate_runtime::{
    compile::{CompilerFault, Progress},
    part::{ActReport, Assignment, NotifyReport, Record},
    plugin::{LoadError, Plugin},
    sandbox::Sandbox,
};
use tokio::{runtime::Handle, sync::oneshot};

use crate::{
    parts::{Component, Described, Job, Parts},
    recent::Recent,
};

/// How many compiled plugins are kept in memory.
const PLUGINS: usize = 64;

/// A sandbox, and the plugins that it has compiled.
pub struct Sandboxed {
    sandbox: Arc<Sandbox>,
    plugins: Recent<Arc<Plugin>>,
}

impl Sandboxed {
    /// Runs guests in `sandbox`.
    pub fn new(sandbox: Arc<Sandbox>) -> Self {
        Self { sandbox, plugins: Recent::new(PLUGINS) }
    }

    /// The plugin of a component, compiled now if it is not kept: once, however many parts wait for it.
    async fn plugin(&self, component: &Component, progress: &Progress) -> Result<Arc<Plugin>, LoadError> {
        let key = (component.site.clone(), component.digest.clone());
        self.plugins.get(key, self.load(component.clone(), progress.clone())).await
    }

    /// Scanning and loading block, so they have a thread of their own. Whoever waits no longer has a compiler killed.
    async fn load(&self, component: Component, progress: Progress) -> Result<Arc<Plugin>, LoadError> {
        let sandbox = Arc::clone(&self.sandbox);
        let (_waiting, gone) = oneshot::channel::<()>();
        let load = async move {
            tokio::select! {
                loaded = sandbox.load_told(&component.site, &component.bytes, &progress) => loaded,
                // Nobody is there any more to be told.
                _ = gone => Err(CompilerFault::BrokeOff.into()),
            }
        };
        let loaded = tokio::task::spawn_blocking(move || Handle::current().block_on(load)).await;
        loaded.map_err(|_| CompilerFault::BrokeOff)?.map(Arc::new)
    }

    async fn assignment(&self, job: &Job) -> Result<Assignment, Outcome> {
        // It was loaded at upload: that it cannot be now is the host's fault, not the plugin's, and its text is not for people.
        let again = |_| Outcome::Retry { detail: "the plugin could not be loaded".to_owned() };
        let plugin = self.plugin(&job.plugin, &Progress::untold()).await.map_err(again)?;
        Ok(job.clone().with(plugin))
    }
}

#[async_trait]
impl Parts for Sandboxed {
    async fn describe(&self, component: &Component) -> Result<Described, LoadError> {
        self.describe_told(component, &Progress::untold()).await
    }

    async fn describe_told(&self, component: &Component, progress: &Progress) -> Result<Described, LoadError> {
        let plugin = self.plugin(component, progress).await?;
        Ok(Described {
            manifest: plugin.manifest().clone(),
            imports: plugin.imports().clone(),
            phases: plugin.phases(),
        })
    }

    async fn check_settings(&self, component: &Component, settings: &serde_json::Value) -> Result<(), String> {
        let plugin = self.plugin(component, &Progress::untold()).await.map_err(|error| error.to_string())?;
        plugin.check_settings(settings).map_err(|error| error.to_string())
    }

    async fn act(&self, job: &Job, principal: &Principal) -> ActReport {
        match self.assignment(job).await {
            Ok(assignment) => self.sandbox.act(&assignment, principal).await,
            Err(outcome) => ActReport { outcome, acted: vec![], effects: vec![], record: Record::default() },
        }
    }

    async fn notify(&self, job: &Job, principal: &Principal) -> NotifyReport {
        match self.assignment(job).await {
            Ok(assignment) => self.sandbox.notify(&assignment, principal).await,
            Err(outcome) => NotifyReport { outcome, messages: vec![], record: Record::default() },
        }
    }
}
