//! A plugin, compiled and checked.

use std::collections::BTreeSet;

use mandate_model::{Import, Manifest, PluginDigest};

/// A plugin that may be run: scanned, compiled, linked, described.
pub struct Plugin {
    pub(crate) digest: PluginDigest,
    pub(crate) imports: BTreeSet<Import>,
    pub(crate) manifest: Manifest,
}
