//! The structural scan of an uploaded component, before anything is compiled: what it may not contain, and how much of anything.
//!
//! Compiling is where hostile bytes cost most (40 KiB of nested loops over many locals cost 27 s and 1.7 GiB), and neither fuel
//! nor a deadline can interrupt it. So everything is counted first ([`ScanLimits`]), in one pass whose own cost grows with the
//! bytes alone; only what passed is validated, with exactly the features that guests may use; and only what is valid is compiled.
//!
//! A guest imports nothing but `mandate:automation/*`: this is where anything else ends. That the *functions* of an imported
//! interface exist, with the right types, is left to the link check that follows compilation: the engine knows the contract.

mod body;
mod component;
mod contract;
mod feature;
mod measure;
mod module;
mod place;
mod refused;
mod structure;
mod types;
mod validity;

use std::collections::BTreeSet;

use mandate_model::Import;
pub use mandate_model::Phase;

pub use self::{
    feature::Feature,
    measure::{Figures, Measure, ScanLimits},
    place::Place,
    refused::{CODES, Refused},
};

/// What the scan learned of a component that may be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// The interfaces that it imports: what it could ever ask for.
    pub imports: BTreeSet<Import>,
    /// The phases that it exports, beside `plugin`, which is always there.
    pub phases: BTreeSet<Phase>,
    /// How it was classified.
    pub tier: Tier,
    /// How much of everything it has.
    pub figures: Figures,
}

/// What a component may cost to compile and to hold, by what it contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Compiled from Rust, C and the like: little besides its own code.
    Lean,
    /// Brings a language engine. Such guests are refused for now: see [`Refused::EngineTier`].
    Engine,
}

/// Scans `bytes`, without compiling or running anything.
///
/// The order of refusals is fixed: what is no component; what is too much; what it imports and exports; what is not valid or
/// uses a feature that guests may not use. Only the first is told.
pub fn scan(bytes: &[u8], limits: &ScanLimits) -> Result<Scanned, Refused> {
    refused::not_a_component(bytes)?;
    let mut structure = structure::read(bytes, limits)?;
    let imports = contract::imports(&structure.imports)?;
    let phases = contract::phases(&structure.exports)?;
    validity::check(bytes, &mut structure.meter)?;
    Ok(Scanned { imports, phases, tier: Tier::Lean, figures: structure.meter.into_figures() })
}
