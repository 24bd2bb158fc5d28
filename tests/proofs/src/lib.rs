//! Proofs, for all inputs, of what the built-in policies about automations promise.
//!
//! Cedar's symbolic compiler turns a question ("is there a request that these policies allow and those do not?") into a formula,
//! and the solver cvc5 finds such a request or shows that there is none. What that means and does not: `docs/proofs.md`.

pub mod promise;
mod prover;

pub use prover::{Act, Prover};

use mandate_governance::preset::Preset;
use mandate_policy::AutomationPolicies;

/// A site's policy that lets everyone do everything: whatever holds under it holds under any permits that a site may write.
pub const PERMIT_ALL: &str = "permit (principal, action, resource);";

/// All policies that are in force under a preset and these of the site, read back from what the host loads.
pub fn in_force(preset: Preset, custom: &str) -> anyhow::Result<String> {
    let loaded = AutomationPolicies::load(&preset.settings()?.rules(), custom);
    Ok(loaded.map_err(|errors| anyhow::anyhow!("preset `{preset}`: {errors:?}"))?.text())
}
