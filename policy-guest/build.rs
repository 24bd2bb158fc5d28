//! Links the example guests with a small stack and 128 KiB of memory. A guest of your own wants the same `build.rs`: a dependency cannot set link
//! arguments for what depends on it.

#![allow(clippy::disallowed_methods, reason = "cargo tells build scripts the target in the environment")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        // The default of 1 MiB would be 16 pages for every fresh instance to map and to reset.
        println!("cargo::rustc-link-arg=-zstack-size=32768");
        println!("cargo::rustc-link-arg=--initial-memory=131072");
    }
}
