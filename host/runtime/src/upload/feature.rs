//! The features of WebAssembly that guests may use, and those that they may not, by name.

use wasmparser::WasmFeatures;

/// What guests may use: what Rust and C compile to, and the component model as it stood without asynchrony.
pub(crate) const ALLOWED: WasmFeatures = WasmFeatures::FLOATS
    .union(WasmFeatures::MUTABLE_GLOBAL)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::COMPONENT_MODEL);

/// Declares the features that are refused: name, what to call it, how to build without it, what the validator calls it.
macro_rules! features {
    ($($(#[doc = $doc:literal])+ $name:ident: $what:literal, $advice:literal, [$($flag:ident)|+];)+) => {
        /// A feature of WebAssembly that guests may not use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Feature {
            /// Every feature that is refused by name.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];

            /// What it is called in a message.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $what,)+ }
            }

            /// How to build without it.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }

            /// What the validator calls it: any of these.
            fn flags(self) -> WasmFeatures {
                match self { $(Self::$name => WasmFeatures::empty()$(.union(WasmFeatures::$flag))+,)+ }
            }
        }
    };
}

features! {
    /// Functions, streams and futures of the asynchronous component model.
    Async: "async, streams and futures of the component model",
        "declare no `async` functions: calls to the host wait by themselves",
        [CM_ASYNC | CM_ASYNC_STACKFUL | CM_MORE_ASYNC_BUILTINS];
    /// The `error-context` type.
    ErrorContext: "error-context", "return a `result` instead", [CM_ERROR_CONTEXT];
    /// Threads of the component model.
    ComponentThreads: "threads of the component model", "build without threads", [CM_THREADING];
    /// Other extensions of the component model that are no standard yet.
    ComponentExtension: "an extension of the component model",
        "build with the stable `wit-component` only, without its experimental options",
        [CM_VALUES | CM_NESTED_NAMES | CM_FIXED_LENGTH_LISTS | CM_GC | CM_MAP | CM64 | CM_IMPLEMENTS | CM_CANON_NAMES];
    /// Garbage-collected types.
    Gc: "garbage collection (GC)", "compile to linear memory", [GC | GC_TYPES | CUSTOM_DESCRIPTORS];
    /// Exceptions, of today and of old.
    Exceptions: "exceptions", "Rust: `panic = \"abort\"`; C and C++: `-fno-exceptions`", [EXCEPTIONS | LEGACY_EXCEPTIONS];
    /// Memories with 64-bit addresses.
    Memory64: "memory64", "build for wasm32, not wasm64", [MEMORY64];
    /// More than one memory in a module.
    MultiMemory: "multi-memory", "link with one memory", [MULTI_MEMORY];
    /// Shared memory, atomics and threads.
    Threads: "threads and shared memory", "build without `+atomics` and without `-pthread` or `--shared-memory`",
        [THREADS | SHARED_EVERYTHING_THREADS];
    /// Relaxed vector instructions.
    RelaxedSimd: "relaxed SIMD", "build without `+relaxed-simd` or `-mrelaxed-simd`", [RELAXED_SIMD];
    /// Vector instructions.
    Simd: "SIMD", "build without `+simd128` or `-msimd128`", [SIMD];
    /// Tail calls.
    TailCalls: "tail calls", "build without `+tail-call` or `-mtail-call`", [TAIL_CALL];
    /// Memory pages of other sizes.
    CustomPageSizes: "custom page sizes", "leave the page size at 64 KiB", [CUSTOM_PAGE_SIZES];
    /// Switching between stacks.
    StackSwitching: "stack switching", "build without continuations", [STACK_SWITCHING];
    /// 128-bit arithmetic.
    WideArithmetic: "wide arithmetic", "build without `+wide-arithmetic`", [WIDE_ARITHMETIC];
    /// Typed references to functions.
    FunctionReferences: "function references", "call functions through a table", [FUNCTION_REFERENCES];
    /// Something newer that the validator knows and guests may not use.
    Other: "a feature that guests may not use", "build for the `lime1` feature set, for example with `-C target-cpu=mvp` for Rust",
        [MEMORY_CONTROL | COMPACT_IMPORTS];
}

impl Feature {
    /// The feature that the validator missed.
    pub(crate) fn missed(flags: WasmFeatures) -> Self {
        Self::ALL.into_iter().find(|feature| feature.flags().intersects(flags)).unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s16_nothing_is_both_allowed_and_refused() {
        for feature in Feature::ALL {
            assert!(!feature.flags().intersects(ALLOWED), "{}", feature.as_str());
        }
    }

    #[test]
    fn s16_every_feature_of_the_validator_is_either_allowed_or_refused() {
        let refused = Feature::ALL.into_iter().fold(WasmFeatures::empty(), |all, feature| all | feature.flags());
        assert_eq!(WasmFeatures::all() - ALLOWED - refused, WasmFeatures::empty());
    }
}
