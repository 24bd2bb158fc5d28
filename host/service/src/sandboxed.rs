//! The sandbox as what runs guests: plugins are compiled once and kept.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use mandate_model::{Outcome, PluginDigest, Principal, SiteId};
use mandate_runtime::{
    part::{ActReport, Assignment, NotifyReport, Record},
    plugin::Plugin,
    sandbox::Sandbox,
};
use tokio::runtime::Handle;

use crate::parts::{Component, Described, Job, Parts};

/// How many compiled plugins are kept in memory.
const PLUGINS: usize = 64;

/// A sandbox, and the plugins that it has compiled. Never shared between sites, like compiled code on disk.
pub struct Sandboxed {
    sandbox: Arc<Sandbox>,
    plugins: Mutex<BTreeMap<(SiteId, PluginDigest), Arc<Plugin>>>,
}

impl Sandboxed {
    /// Runs guests in `sandbox`.
    pub fn new(sandbox: Arc<Sandbox>) -> Self {
        Self { sandbox, plugins: Mutex::default() }
    }

    /// The plugin of a component, compiled now if it is not kept. Compiling blocks, so it has a thread of its own.
    async fn plugin(&self, component: &Component) -> Result<Arc<Plugin>, String> {
        let key = (component.site.clone(), component.digest.clone());
        let kept = self.plugins.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(plugin) = kept {
            return Ok(plugin);
        }
        let (sandbox, component) = (Arc::clone(&self.sandbox), component.clone());
        let load = move || Handle::current().block_on(sandbox.load(&component.site, &component.bytes));
        let loaded = tokio::task::spawn_blocking(load).await.map_err(|_| "the compiler broke off".to_owned())?;
        let plugin = Arc::new(loaded.map_err(|error| format!("({}) {error}", error.code()))?);
        let mut plugins = self.plugins.lock().unwrap_or_else(PoisonError::into_inner);
        if plugins.len() >= PLUGINS {
            plugins.clear();
        }
        plugins.insert(key, Arc::clone(&plugin));
        Ok(plugin)
    }

    async fn assignment(&self, job: &Job) -> Result<Assignment, Outcome> {
        // It was loaded at upload: that it cannot be now is the host's fault, not the plugin's, and its text is not for people.
        let again = |_| Outcome::Retry { detail: "the plugin could not be loaded".to_owned() };
        let plugin = self.plugin(&job.plugin).await.map_err(again)?;
        Ok(job.clone().with(plugin))
    }
}

#[async_trait]
impl Parts for Sandboxed {
    async fn describe(&self, component: &Component) -> Result<Described, String> {
        let plugin = self.plugin(component).await?;
        Ok(Described {
            manifest: plugin.manifest().clone(),
            imports: plugin.imports().clone(),
            phases: plugin.phases(),
        })
    }

    async fn check_settings(&self, component: &Component, settings: &serde_json::Value) -> Result<(), String> {
        self.plugin(component).await?.check_settings(settings).map_err(|error| error.to_string())
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
