//! How far an upload is, for who waits for it.

use std::sync::Arc;

/// A stage that an upload has reached. Each comes after the one before it; what is kept already passes some over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Its bytes are here.
    Received,
    /// Its structure is within the limits: it waits to be compiled, or is being compiled.
    Scanned,
    /// Its code is there, and the plugin was asked what it is.
    Compiled,
    /// What it says of itself keeps to the rules: it may be kept.
    Checked,
}

/// Tells somebody how far an upload is. Whoever is told must not block.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<dyn Fn(Stage) + Send + Sync>>);

impl Progress {
    /// Nobody wants to know.
    pub fn untold() -> Self {
        Self::default()
    }

    /// Calls `told` for each stage.
    pub fn new(told: impl Fn(Stage) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    /// A stage is reached.
    pub fn reached(&self, stage: Stage) {
        if let Some(told) = &self.0 {
            told(stage);
        }
    }
}
