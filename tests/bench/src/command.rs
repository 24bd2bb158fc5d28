//! The `mandate` command that was built with the same profile as a benchmark.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

/// The command beside this benchmark, `target/release/mandate`; built with the same profile if there is none.
#[allow(clippy::disallowed_methods, reason = "a benchmark of processes")]
pub fn binary() -> Result<PathBuf> {
    // target/release/deps/cold_start-…
    let this = std::env::current_exe()?;
    let folder = this.parent().and_then(Path::parent).context("this benchmark is in no target folder")?;
    let binary = folder.join(format!("mandate{}", std::env::consts::EXE_SUFFIX));
    if binary.exists() {
        return Ok(binary);
    }
    let target = folder.parent().context("this benchmark is in no target folder")?;
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--profile", "bench", "-p", "mandate-cli", "--target-dir"]).arg(target);
    ensure!(build.current_dir(root()).status()?.success(), "the command does not build");
    Ok(binary)
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
