//! Builds the guests that tests and the demo run: the examples of `policy-guest` and the hostile ones.
//!
//! The guests of a crate are built once in a process, with cargo, into `target/guests`; where nothing changed that takes a
//! quarter of a second. Many test processes may do so at once: cargo's own lock makes them take turns.
//!
//! [`sinks`] are what deliveries of tests end in.

mod build;
pub mod made;
mod schemathesis;
pub mod sinks;
mod text;

use std::path::Path;

use anyhow::{Context as _, Result};

pub use build::BuildError;
pub use schemathesis::{Tried, Tries, schemathesis};

/// A component made of an example of `policy-guest`, such as `new_opportunity`.
///
/// # Panics
/// When the guests cannot be built, or when there is none of that name: tests cannot go on then.
pub fn guest(name: &str) -> Vec<u8> {
    try_guest(name).unwrap_or_else(|error| fail(name, &error))
}

/// As [`guest`], for programs that say so themselves when it cannot be built.
pub fn try_guest(name: &str) -> Result<Vec<u8>> {
    componentize(&build::module("policy-guest", name)?).with_context(|| format!("guest `{name}`"))
}

/// A hostile guest: an example of `mandate-hostile`, such as `attacker`, or a text, `tests/hostile/wat/NAME.wat`.
///
/// # Panics
/// As [`guest`].
pub fn hostile(name: &str) -> Vec<u8> {
    try_hostile(name).unwrap_or_else(|error| fail(name, &error))
}

fn try_hostile(name: &str) -> Result<Vec<u8>> {
    if build::text_names()?.iter().any(|text| text == name) {
        return text::assemble(&build::text(name)?).with_context(|| format!("text `{name}.wat`"));
    }
    componentize(&build::module("mandate-hostile", name)?)
}

/// The names of the hostile guests that are texts, in order.
pub fn hostile_text_names() -> Result<Vec<String>> {
    Ok(build::text_names()?)
}

/// The names of the examples of `policy-guest`, in order.
pub fn guest_names() -> Result<Vec<String>> {
    Ok(build::guest_names()?)
}

/// Writes the component of each example of `policy-guest` to `out_dir/NAME.wasm`, its name with dashes.
pub fn build_all(out_dir: &Path) -> Result<()> {
    #![allow(clippy::disallowed_methods, reason = "a build step, which writes where it is told")]
    std::fs::create_dir_all(out_dir).with_context(|| format!("cannot make `{}`", out_dir.display()))?;
    for name in guest_names()? {
        let path = out_dir.join(format!("{}.wasm", name.replace('_', "-")));
        std::fs::write(&path, try_guest(&name)?).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

/// Writes the component of a hostile guest to `out_dir/hostile-NAME.wasm`, for the browser tests.
pub fn build_hostile(out_dir: &Path, name: &str) -> Result<()> {
    #![allow(clippy::disallowed_methods, reason = "a build step, which writes where it is told")]
    let path = out_dir.join(format!("hostile-{name}.wasm"));
    std::fs::write(&path, try_hostile(name)?).with_context(|| format!("cannot write `{}`", path.display()))
}

/// Makes a component of a core module that carries the description of its world, as `wit-bindgen` adds it.
pub fn componentize(core: &[u8]) -> Result<Vec<u8>> {
    let encoder = wit_component::ComponentEncoder::default().validate(true);
    encoder.module(core).and_then(|mut encoder| encoder.encode()).context("the module makes no component")
}

#[allow(clippy::panic, reason = "tests that lack their guest cannot go on")]
fn fail(name: &str, error: &anyhow::Error) -> ! {
    panic!("guest `{name}`: {error:#}")
}
