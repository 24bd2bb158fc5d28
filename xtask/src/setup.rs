//! `cargo xtask setup`: what the repository needs beside cargo. Nothing that is there is installed again.

use crate::step::{Step, root, target};
use std::path::Path;

/// What guests are built for: no system interface at all.
const GUEST_TARGET: &str = "wasm32-unknown-unknown";

/// Which mail server the tests have; `tests/support/mail/requirements.txt` says the same.
const MAIL_SERVER: &str = "aiosmtpd-1.4.6";
/// What tries the HTTP API; `tests/support/schemathesis/requirements.txt` says the same.
const SCHEMATHESIS: &str = "schemathesis-4.32.5";

/// Makes this machine ready to build and test.
pub(crate) fn run() -> anyhow::Result<()> {
    guest_target()?;
    nextest()?;
    mail_server()?;
    schemathesis()
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
