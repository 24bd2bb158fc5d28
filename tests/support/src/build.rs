//! Asks cargo for the guests of a crate.

#![allow(clippy::disallowed_methods, reason = "a build step: it runs cargo and reads what cargo wrote")]

use std::{
    collections::HashMap,
    env,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

const TARGET: &str = "wasm32-unknown-unknown";
const TEXTS: &str = "tests/hostile/wat";

/// Why a guest could not be built.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BuildError {
    /// The compiler's parts for the target are not there.
    #[error("guests need the target {TARGET}: run `rustup target add wasm32-unknown-unknown`")]
    NoTarget,
    /// Cargo could not be run.
    #[error("cannot run `{0}`: {1}")]
    NoCargo(String, Arc<io::Error>),
    /// Cargo failed; with what it said.
    #[error("the guests of `{0}` do not build:\n{1}")]
    Failed(String, String),
    /// There is no such guest, or it cannot be read.
    #[error("cannot read `{0}`: {1}; there is a guest for each example of its crate")]
    Unreadable(PathBuf, Arc<io::Error>),
}

type Built = Arc<OnceLock<Result<(), BuildError>>>;

/// The core module of an example, building all examples of its crate first, once in this process.
pub(crate) fn module(package: &'static str, name: &str) -> Result<Vec<u8>, BuildError> {
    ensure_built(package)?;
    let examples = guests_dir().join(TARGET).join("guest/examples");
    read(&examples.join(format!("{name}.wasm")))
}

/// The text of a hostile guest.
pub(crate) fn text(name: &str) -> Result<String, BuildError> {
    let path = root().join(TEXTS).join(format!("{name}.wat"));
    std::fs::read_to_string(&path).map_err(|error| BuildError::Unreadable(path, Arc::new(error)))
}

/// The names of the hostile guests that are texts.
pub(crate) fn text_names() -> Result<Vec<String>, BuildError> {
    stems(TEXTS, |path| path.extension().is_some_and(|end| end == "wat"))
}

/// The names of the examples of `policy-guest`: a file or a folder each.
pub(crate) fn guest_names() -> Result<Vec<String>, BuildError> {
    stems("policy-guest/examples", |path| {
        path.extension().is_some_and(|end| end == "rs") || path.join("main.rs").is_file()
    })
}

/// The names, in order and without what follows the point, of what is wanted of a folder.
fn stems(folder: &str, wanted: impl Fn(&Path) -> bool) -> Result<Vec<String>, BuildError> {
    let folder = root().join(folder);
    let unreadable = |error| BuildError::Unreadable(folder.clone(), Arc::new(error));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| wanted(&path));
        names.extend(stem.map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

fn ensure_built(package: &'static str) -> Result<(), BuildError> {
    static BUILT: OnceLock<Mutex<HashMap<&'static str, Built>>> = OnceLock::new();
    let mut built = BUILT.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let once = Arc::clone(built.entry(package).or_default());
    drop(built);
    once.get_or_init(|| build(package)).clone()
}

fn build(package: &str) -> Result<(), BuildError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(&cargo);
    command.current_dir(root()).args(["build", "--profile", "guest", "--target", TARGET, "--examples"]);
    command.args(["-p", package, "--target-dir"]).arg(guests_dir());
    // What is meant for the tests' own build (coverage, sanitizers, a wrapper) must not change the guests' bytes.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_TARGET_DIR"] {
        command.env_remove(name);
    }
    let output = command.output();
    let output = output.map_err(|error| BuildError::NoCargo(cargo.to_string_lossy().into_owned(), Arc::new(error)))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let no_target = said.contains("target may not be installed") || said.contains("can't find crate for `core`");
    Err(if no_target { BuildError::NoTarget } else { BuildError::Failed(package.to_owned(), said) })
}

fn read(path: &Path) -> Result<Vec<u8>, BuildError> {
    std::fs::read(path).map_err(|error| BuildError::Unreadable(path.to_owned(), Arc::new(error)))
}

/// The workspace's folder. Asked when it runs: a target folder that several checkouts share may hold what was built in another one,
/// which may be gone.
pub(crate) fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR").and_then(|here| checkout(Path::new(&here)));
    here.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
}

/// The checkout that a folder is in.
fn checkout(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join("policy-guest/Cargo.toml").is_file()).map(Path::to_owned)
}

/// Where cargo puts what it builds, and `cargo xtask setup` what tests need.
pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |named| root().join(named))
}

/// Guests have a target folder of their own, so that their builds never wait for a test build that waits for them.
fn guests_dir() -> PathBuf {
    root().join("target/guests")
}

#[cfg(test)]
mod tests {
    use super::{checkout, root};

    #[test]
    fn the_checkout_is_found_from_anywhere_in_it_and_from_nowhere_else() {
        let elsewhere = tempfile::tempdir().unwrap();
        let (guest, deep) = (elsewhere.path().join("policy-guest"), elsewhere.path().join("host/server"));
        std::fs::create_dir_all(&deep).unwrap();
        assert_eq!(checkout(&deep), None);
        std::fs::create_dir_all(&guest).unwrap();
        std::fs::write(guest.join("Cargo.toml"), "").unwrap();
        assert_eq!(checkout(&deep).as_deref(), Some(elsewhere.path()));
        assert!(root().join("wit").is_dir());
    }
}
