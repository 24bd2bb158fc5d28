//! Links the guests with the small stack and memory that the example guests have.

#![allow(clippy::disallowed_methods, reason = "cargo tells build scripts the target in the environment")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg=-zstack-size=32768");
        println!("cargo::rustc-link-arg=--initial-memory=131072");
    }
}
