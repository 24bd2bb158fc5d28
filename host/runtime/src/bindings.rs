//! The host's side of `wit/`: the only place where bindings are generated.

// Generated code follows other rules than ours.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, reason = "generated from wit/")]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "mandate:automation/automation",
    imports: { default: async | trappable },
    exports: { default: async },
    trappable_error_type: { "mandate:automation/types.failure" => crate::refusal::Refusal },
    with: {
        "mandate:automation/authority.view": crate::authority::View,
        "mandate:automation/authority.hand": crate::authority::Hand,
    },
});
