//! Schemathesis: asks every operation of an HTTP API with what its document allows and with what it does not, written by others and
//! in another language.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "for tests, which cannot go on without"
)]

use std::process::{Command, Stdio};

/// Which, as `xtask/src/setup.rs` installs it.
const INSTALLED: &str = "test-tools/schemathesis-4.32.5";
/// What must hold of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,allow_header_conformance";
/// The same requests each time: a finding can be found again.
const SEED: &str = "20261122";
/// How many requests of each operation are made up, at most.
const EXAMPLES: &str = "4";

/// Tries the API whose document is at `document`, with these headers on every request: what it found, if anything.
pub fn schemathesis(document: &str, headers: &[String]) -> Result<(), String> {
    let installed = crate::build::target_dir().join(INSTALLED);
    assert!(installed.is_dir(), "schemathesis is missing: run `cargo xtask setup`");
    let folder = tempfile::tempdir().expect("a folder to work in");
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", installed).current_dir(folder.path()).stdin(Stdio::null());
    command.args(["-m", "schemathesis.cli", "run", document, "--no-color", "--no-shrink", "--workers", "1"]);
    command.args(["--phases", "coverage,fuzzing", "--checks", CHECKS, "--seed", SEED, "--max-examples", EXAMPLES]);
    command.args([
        "--generation-database",
        "none",
        "--continue-on-failure",
        "--generation-with-security-parameters",
        "false",
    ]);
    command.args(["--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "20"]);
    command.args(headers.iter().flat_map(|header| ["--header", header]));
    let output = command.output().expect("the tests need Python: install `python3`");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let told = text(&output.stdout) + &text(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(told) }
}
