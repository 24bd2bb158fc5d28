//! `cargo xtask setup`: what the repository needs beside cargo. Nothing that is there is installed again.

use crate::step::{Step, root, target};
use std::path::Path;

/// What guests are built for: no system interface at all.
const GUEST_TARGET: &str = "wasm32-unknown-unknown";

/// Which mail server the tests have; `tests/support/mail/requirements.txt` says the same.
const MAIL_SERVER: &str = "aiosmtpd-1.4.6";

/// Which identity provider the tests have; `tests/support/oidc/package.json` says the same.
const IDENTITY_PROVIDER: &str = "oidc-provider-9.13.3";

/// Makes this machine ready to build and test.
pub(crate) fn run() -> anyhow::Result<()> {
    guest_target()?;
    nextest()?;
    mail_server()?;
    identity_provider()
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

/// The mail server of the tests, of exactly the versions that are written down with their digests.
fn mail_server() -> anyhow::Result<()> {
    let folder = target().join("test-tools").join(MAIL_SERVER);
    if folder.join("aiosmtpd/smtp.py").is_file() {
        println!("xtask: the mail server of the tests is there");
        return Ok(());
    }
    println!("xtask: the mail server of the tests is missing");
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"];
    let exact = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--target"];
    let pip = Step::new("python3").with(quiet).with(exact).with([&folder]);
    pip.with(["-r"]).with([root().join("tests/support/mail/requirements.txt")]).run()
}

/// The standard library for guests. Asked of rustc and not of rustup: a compiler from elsewhere serves as well.
fn guest_target() -> anyhow::Result<()> {
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
