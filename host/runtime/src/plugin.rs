//! A plugin, scanned, compiled, linked and asked what it is.

use std::collections::BTreeSet;

use mandate_model::{Import, Manifest, Phase, PluginDigest, powers::PowersError};
use wasmtime::component::InstancePre;

use crate::{
    bindings::exports::mandate::automation::{action, condition, notification, plugin},
    call::Call,
    compile::CompilerFault,
    settings::{SettingsError, SettingsSchema},
    upload::Refused,
};

/// A plugin that may be run.
pub struct Plugin {
    pub(crate) digest: PluginDigest,
    pub(crate) imports: BTreeSet<Import>,
    pub(crate) manifest: Manifest,
    pub(crate) settings: SettingsSchema,
    pub(crate) linked: Linked,
}

/// A component with every import resolved, and where its phases are.
pub(crate) struct Linked {
    pub(crate) pre: InstancePre<Call>,
    pub(crate) plugin: plugin::GuestIndices,
    pub(crate) condition: Option<condition::GuestIndices>,
    pub(crate) action: Option<action::GuestIndices>,
    pub(crate) notification: Option<notification::GuestIndices>,
}

impl Plugin {
    /// Its name: the bytes' digest.
    pub fn digest(&self) -> &PluginDigest {
        &self.digest
    }

    /// What it could ever ask for.
    pub fn imports(&self) -> &BTreeSet<Import> {
        &self.imports
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The phases that it exports.
    pub fn phases(&self) -> BTreeSet<Phase> {
        let linked = &self.linked;
        let exported = |phase: &Phase| match phase {
            Phase::Condition => linked.condition.is_some(),
            Phase::Action => linked.action.is_some(),
            Phase::Notification => linked.notification.is_some(),
        };
        Phase::ALL.into_iter().filter(exported).collect()
    }

    /// Whether these settings (a JSON object) satisfy the manifest's schema.
    pub fn check_settings(&self, settings: &serde_json::Value) -> Result<(), SettingsError> {
        self.settings.check(settings)
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("digest", &self.digest)
            .field("name", &self.manifest.name)
            .finish_non_exhaustive()
    }
}

/// Why an uploaded plugin cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LoadError {
    /// The scan before compilation refused it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The compiler could not compile it.
    #[error("it cannot be compiled: {0}")]
    Compile(String),
    /// The compiling process gave no answer.
    #[error(transparent)]
    Compiler(#[from] CompilerFault),
    /// An import or an export has other types than the contract: it was built for another one.
    #[error("it does not fit the contract mandate:automation@0.1: {0}; rebuild it with the wit files of this version")]
    Link(String),
    /// `describe` broke off.
    #[error("`plugin.describe` did not answer: {0}")]
    Describe(String),
    /// What `describe` said breaks a rule.
    #[error("its manifest is wrong: {0}")]
    Manifest(String),
    /// The manifest asks for more than the component imports.
    #[error("its manifest is wrong: {0}")]
    Powers(#[from] PowersError),
}

impl LoadError {
    /// The public code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::Compile(_) => "M0151",
            Self::Compiler(fault) => fault.code(),
            Self::Link(_) => "M0152",
            Self::Describe(_) => "M0153",
            Self::Manifest(_) => "M0154",
            Self::Powers(_) => "M0155",
        }
    }
}
