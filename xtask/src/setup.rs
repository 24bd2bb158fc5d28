//! `cargo xtask setup`: what the repository needs beside cargo. Nothing that is there is installed again.

use crate::step::{Step, root, target};
use anyhow::{Context as _, bail};
use std::path::Path;

/// What guests are built for: no system interface at all.
const GUEST_TARGET: &str = "wasm32-unknown-unknown";

/// Which mail server the tests have; `tests/support/mail/requirements.txt` says the same.
const MAIL_SERVER: &str = "aiosmtpd-1.4.6";
/// What tries the HTTP API; `tests/support/schemathesis/requirements.txt` says the same.
const SCHEMATHESIS: &str = "schemathesis-4.32.5";

/// Where Debian puts the browser.
const CHROMIUM: &str = "/usr/bin/chromium";
/// Which identity provider the tests have; `tests/support/oidc/package.json` says the same.
const IDENTITY_PROVIDER: &str = "oidc-provider-9.13.3";

/// Makes this machine ready to build and test.
pub(crate) fn run() -> anyhow::Result<()> {
    guest_target()?;
    nextest()?;
    mail_server()?;
    schemathesis()?;
    identity_provider()?;
    browser()
}

/// The identity provider of the tests, of exactly the versions that are written down with their digests.
fn identity_provider() -> anyhow::Result<()> {
    let folder = target().join("test-tools").join(IDENTITY_PROVIDER);
    if folder.join("node_modules/oidc-provider/package.json").is_file() {
        println!("xtask: the identity provider of the tests is there");
        return Ok(());
    }
    println!("xtask: the identity provider of the tests is missing");
    std::fs::create_dir_all(&folder)?;
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(root().join("tests/support/oidc").join(name), folder.join(name))?;
    }
    let exact = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"];
    Step::new("npm").with(exact).with([&folder]).run()
}

/// What the browser tests need: Debian's Chromium, or the one that `MANDATE_CHROMIUM` names, and what `tests/console` locks.
pub(crate) fn browser() -> anyhow::Result<()> {
    chromium()?;
    let folder = root().join("tests/console");
    // npm writes this file last; it is as old as the lock file that it was made from, or older ones were installed.
    let (installed, locked) = (folder.join("node_modules/.package-lock.json"), folder.join("package-lock.json"));
    if newer(&installed, &locked) {
        println!("xtask: the packages of the browser tests are there");
        return Ok(());
    }
    println!("xtask: the packages of the browser tests are missing");
    Step::new("npm").with(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).with([folder]).run()
}

fn chromium() -> anyhow::Result<()> {
    let path = std::env::var_os("MANDATE_CHROMIUM").unwrap_or_else(|| CHROMIUM.into());
    if let Some(version) = Step::new(&path).with(["--version"]).answer() {
        println!("xtask: {} is there", version.trim());
        return Ok(());
    }
    if path != CHROMIUM {
        bail!("there is no browser at `{}`, which MANDATE_CHROMIUM names", path.display());
    }
    println!("xtask: Chromium is missing");
    let install = || {
        Step::new("apt-get").with(["update", "-qq"]).run()?;
        Step::new("apt-get").with(["install", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"]).run()
    };
    install()
        .context("the browser tests need Chromium: install it, and name it with MANDATE_CHROMIUM if it is not Debian's")
}

/// Whether a file is there and no older than another.
fn newer(file: &Path, than: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|found| found.modified());
    matches!((changed(file), changed(than)), (Ok(file), Ok(than)) if file >= than)
}

/// The mail server of the tests.
fn mail_server() -> anyhow::Result<()> {
    python_tool("the mail server of the tests", MAIL_SERVER, "aiosmtpd/smtp.py", "tests/support/mail/requirements.txt")
}

/// What tries the HTTP API against its own document.
fn schemathesis() -> anyhow::Result<()> {
    let requirements = "tests/support/schemathesis/requirements.txt";
    python_tool("schemathesis", SCHEMATHESIS, "schemathesis/__init__.py", requirements)
}

/// A tool in Python, of exactly the versions that are written down with their digests.
fn python_tool(what: &str, name: &str, proof: &str, requirements: &str) -> anyhow::Result<()> {
    let folder = target().join("test-tools").join(name);
    if folder.join(proof).is_file() {
        println!("xtask: {what} is there");
        return Ok(());
    }
    println!("xtask: {what} is missing");
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"];
    let exact = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--target"];
    let pip = Step::new("python3").with(quiet).with(exact).with([&folder]);
    pip.with(["-r"]).with([root().join(requirements)]).run()
}

/// The standard library for guests. Asked of rustc and not of rustup: a compiler from elsewhere serves as well.
pub(crate) fn guest_target() -> anyhow::Result<()> {
    let library = Step::new("rustc").with(["--print", "target-libdir", "--target", GUEST_TARGET]).answer();
    if library.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        println!("xtask: the target {GUEST_TARGET} is there");
        return Ok(());
    }
    println!("xtask: the target {GUEST_TARGET} is missing");
    Step::new("rustup").with(["target", "add", GUEST_TARGET]).run()
}

/// The test runner.
fn nextest() -> anyhow::Result<()> {
    if let Some(version) = Step::cargo().with(["nextest", "--version"]).answer() {
        println!("xtask: {} is there", version.lines().next().unwrap_or("cargo-nextest"));
        return Ok(());
    }
    println!("xtask: cargo-nextest is missing");
    Step::cargo().with(["install", "cargo-nextest", "--locked"]).run()
}

#[cfg(test)]
mod tests {
    use super::newer;

    #[test]
    fn what_was_installed_before_the_lock_file_changed_is_installed_again() {
        let folder = std::env::temp_dir().join(format!("xtask-setup-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (installed, locked) = (folder.join("installed"), folder.join("locked"));
        std::fs::write(&locked, "").unwrap();
        assert!(!newer(&installed, &locked));
        let file = std::fs::File::create(&installed).unwrap();
        assert!(newer(&installed, &locked));
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
        assert!(!newer(&installed, &locked));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
