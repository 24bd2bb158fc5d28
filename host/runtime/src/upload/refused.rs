//! Why an upload was refused: the reason, the place, what to do about it, and a public code.

use mandate_model::Import;

use super::{
    Feature, Measure, Place,
    place::{harmless, harmless_message},
};

/// Why an upload was refused. Text that comes from the component is cut and spelled out where it is shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not WebAssembly at all.
    #[error(
        "this is not WebAssembly: it does not begin with `\\0asm`; upload the `.wasm` file that the build made, not packed"
    )]
    NotWasm,
    /// A core module.
    #[error(
        "this is a core module, not a component: make it a component with `wasm-tools component new module.wasm -o plugin.wasm` \
         after `wit-bindgen` has embedded the world in it"
    )]
    CoreModule,
    /// Broken, or not valid.
    #[error("this component is malformed {place}: {reason}; build it again, with tools of this year")]
    Malformed {
        /// Where.
        place: Place,
        /// What is wrong, as the validator says it, made harmless.
        reason: String,
    },
    /// Imports the system interface.
    #[error(
        "the component imports `{name}` (at byte {offset:#x}), but a guest imports nothing but `mandate:automation/*`: there are no \
         clocks, files, sockets, environment or random numbers. Rust: build for wasm32-unknown-unknown, not wasm32-wasip2. C: build a \
         reactor and use only the allocator and the string functions of wasi-libc. JS: `disableFeatures: ['random', 'stdio', \
         'clocks', 'http', 'fetch-event']`. Python: `componentize-py … --stub-wasi`. Allowed are {}",
        allowed()
    )]
    Wasi {
        /// The import, made harmless.
        name: String,
        /// Its byte.
        offset: usize,
    },
    /// Imports something else that no host function stands behind.
    #[error(
        "the component imports `{name}` (at byte {offset:#x}), which is no interface of the contract: remove it from the world. \
         Allowed are {}",
        allowed()
    )]
    UnknownImport {
        /// The import, made harmless.
        name: String,
        /// Its byte.
        offset: usize,
    },
    /// Built for another contract.
    #[error(
        "the component was built for another contract: it names `{name}` (at byte {offset:#x}), and this host has \
         `mandate:automation@0.1.x`: build it against the `wit/` folder of this host"
    )]
    OtherContract {
        /// The import or export, made harmless.
        name: String,
        /// Its byte.
        offset: usize,
    },
    /// Something of the contract's name that is no interface.
    #[error(
        "the component has `{name}` (at byte {offset:#x}) as a {kind}, where the contract has an interface: use its `wit/` folder"
    )]
    NotAnInterface {
        /// The import or export, made harmless.
        name: String,
        /// What it is.
        kind: &'static str,
        /// Its byte.
        offset: usize,
    },
    /// Does not say what it is.
    #[error(
        "the component lacks the export `mandate:automation/plugin@0.1.x`: let the world export `plugin`, or include `watcher`, \
         `notifier`, `changer` or `automation`"
    )]
    NoPlugin,
    /// Uses a feature that guests may not use.
    #[error("the component uses {}, which guests may not, {place} ({reason}): {}", feature.as_str(), feature.advice())]
    Feature {
        /// Which.
        feature: Feature,
        /// Where it was first seen.
        place: Place,
        /// What the validator says, made harmless.
        reason: String,
    },
    /// Contains components that run code of their own.
    #[error(
        "the component brings composed components: a nested one contains core {what} ({place}); build one component from one \
         module. Guests that bring a language engine (JS, Python) are not accepted yet"
    )]
    Composed {
        /// `modules` or `instances`.
        what: &'static str,
        /// Where.
        place: Place,
    },
    /// As large as a guest that brings a language engine.
    #[error(
        "the component has {found} {}, and {limit} are allowed ({place}). Guests that bring a language engine (JS, Python) are \
         not accepted yet; if yours does not: {}",
        measure.as_str(), measure.advice()
    )]
    EngineTier {
        /// The measure that showed it.
        measure: Measure,
        /// How much there is, at least.
        found: u64,
        /// How much there may be.
        limit: u64,
        /// Where the limit was passed.
        place: Place,
    },
    /// Too much of something.
    #[error("the component has {found} {}, and {limit} are allowed ({place}): {}", measure.as_str(), measure.advice())]
    Limit {
        /// What there is too much of.
        measure: Measure,
        /// How much there is, at least: counting stops at the first excess.
        found: u64,
        /// How much there may be.
        limit: u64,
        /// Where the limit was passed.
        place: Place,
    },
}

/// Every public code of a refusal.
pub const CODES: [&str; 12] =
    ["M0101", "M0102", "M0103", "M0104", "M0105", "M0106", "M0107", "M0108", "M0109", "M0110", "M0111", "M0112"];

impl Refused {
    /// The public code, stable for ever.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotWasm => "M0101",
            Self::CoreModule => "M0102",
            Self::Malformed { .. } => "M0103",
            Self::Wasi { .. } => "M0104",
            Self::UnknownImport { .. } => "M0105",
            Self::OtherContract { .. } => "M0106",
            Self::NotAnInterface { .. } => "M0107",
            Self::NoPlugin => "M0108",
            Self::Feature { .. } => "M0109",
            Self::Composed { .. } => "M0110",
            Self::EngineTier { .. } => "M0111",
            Self::Limit { .. } => "M0112",
        }
    }

    /// What the parser or the validator says is wrong.
    pub(crate) fn malformed(error: &wasmparser::Error, place: Place) -> Self {
        Self::Malformed { place: Place { offset: error.offset(), ..place }, reason: harmless_message(error.message()) }
    }

    /// What the validator says uses a feature that is off.
    pub(crate) fn feature(feature: Feature, error: &wasmparser::Error, place: Place) -> Self {
        let place = Place { offset: error.offset(), ..place };
        Self::Feature { feature, place, reason: harmless_message(error.message()) }
    }

    /// An import that is not of the contract.
    pub(crate) fn import(name: &str, offset: usize) -> Self {
        let shown = harmless(name);
        // Components name `wasi:…`; core modules that were wrapped by hand may bring the older names.
        if name.starts_with("wasi:") || name.starts_with("wasi_") {
            Self::Wasi { name: shown, offset }
        } else {
            Self::UnknownImport { name: shown, offset }
        }
    }
}

/// Refuses what does not begin as a component does.
pub(crate) fn not_a_component(bytes: &[u8]) -> Result<(), Refused> {
    if !bytes.starts_with(b"\0asm") {
        return Err(Refused::NotWasm);
    }
    // The version of core modules; anything else is left to the parser.
    if bytes.get(4..8) == Some(&[1, 0, 0, 0]) { Err(Refused::CoreModule) } else { Ok(()) }
}

/// The imports that are allowed, as a list to read.
fn allowed() -> String {
    let names: Vec<_> =
        Import::ALL.iter().map(|import| format!("`mandate:automation/{}@0.1.x`", import.as_str())).collect();
    names.join(", ")
}
