//! Schemathesis: asks every operation of an HTTP API with what its document allows and with what it does not, written by others and
//! in another language. What is there is said with examples: without, nothing behind an id would ever be reached.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "for tests, which cannot go on without"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

/// Which, as `xtask/src/setup.rs` installs it.
const INSTALLED: &str = "test-tools/schemathesis-4.32.5";
/// What must hold of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,allow_header_conformance";
/// The same requests each time: a finding can be found again.
const SEED: &str = "20261122";
/// How many requests of each operation are made up, at most.
const EXAMPLES: &str = "4";

/// What is tried.
#[derive(Debug, Default)]
pub struct Tries {
    /// Where the API is, such as `http://127.0.0.1:7777`.
    pub origin: String,
    /// Its document; examples in it are asked for as they are.
    pub document: Value,
    /// Of an operation, by its id: what its parameters are, such as `path.automation`.
    pub parameters: BTreeMap<String, BTreeMap<String, String>>,
    /// What every request carries, such as `Cookie: x`.
    pub headers: Vec<String>,
    /// The ids of the operations that are tried; all, if there are none.
    pub only: BTreeSet<String>,
    /// In which ways: `examples`, `coverage`, `fuzzing`.
    pub phases: &'static str,
    /// The ids of those that are not.
    pub without: BTreeSet<String>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Tried {
    /// What was found, if anything.
    pub found: Option<String>,
    /// How often each operation, by its id, answered with each status.
    pub answers: BTreeMap<String, BTreeMap<u16, usize>>,
}

/// Tries an API.
pub fn schemathesis(tries: &Tries) -> Tried {
    let installed = crate::build::target_dir().join(INSTALLED);
    assert!(installed.is_dir(), "schemathesis is missing: run `cargo xtask setup`");
    let folder = tempfile::tempdir().expect("a folder to work in");
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("a file");
    write("openapi.json", tries.document.to_string());
    write("schemathesis.toml", config(tries));
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", installed).current_dir(folder.path()).stdin(Stdio::null());
    command.args([
        "-m",
        "schemathesis.cli",
        "run",
        "openapi.json",
        "--url",
        &tries.origin,
        "--no-color",
        "--no-shrink",
    ]);
    command.args(["--phases", tries.phases, "--checks", CHECKS, "--seed", SEED, "--max-examples", EXAMPLES]);
    command.args(["--workers", "1", "--generation-database", "none", "--continue-on-failure"]);
    command.args(["--generation-with-security-parameters", "false", "--report-har-path", "asked.har"]);
    command.args(["--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "60"]);
    command.args(tries.headers.iter().flat_map(|header| ["--header", header]));
    command.args(tries.only.iter().flat_map(|id| ["--include-operation-id", id]));
    command.args(tries.without.iter().flat_map(|id| ["--exclude-operation-id", id]));
    let output = command.output().expect("the tests need Python: install `python3`");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let told = text(&output.stdout) + &text(&output.stderr);
    let found = (!output.status.success()).then_some(told);
    Tried { found, answers: answers(&folder.path().join("asked.har"), &tries.document) }
}

/// Which parameters are what, as its own file has it.
fn config(tries: &Tries) -> String {
    let mut config = String::new();
    for (id, parameters) in &tries.parameters {
        let _ = writeln!(config, "[[operations]]\ninclude-operation-id = {id:?}\n[operations.parameters]");
        for (name, value) in parameters {
            let _ = writeln!(config, "{name:?} = {value:?}");
        }
    }
    config
}

/// What was answered, by the operations of the document.
fn answers(har: &Path, document: &Value) -> BTreeMap<String, BTreeMap<u16, usize>> {
    let text = std::fs::read_to_string(har).unwrap_or_default();
    let har: Value = serde_json::from_str(&text).unwrap_or_default();
    let mut answers: BTreeMap<String, BTreeMap<u16, usize>> = BTreeMap::new();
    for entry in har["log"]["entries"].as_array().into_iter().flatten() {
        let (request, status) = (&entry["request"], entry["response"]["status"].as_u64().unwrap_or_default());
        let method = request["method"].as_str().unwrap_or_default().to_lowercase();
        let url = request["url"].as_str().unwrap_or_default();
        if let Some(id) = operation(document, &method, url) {
            *answers.entry(id).or_default().entry(u16::try_from(status).unwrap_or_default()).or_default() += 1;
        }
    }
    answers
}

/// The id of the operation that an address is of: of several, the one that names most of it.
fn operation(document: &Value, method: &str, url: &str) -> Option<String> {
    let (_, after) = url.split_once("://")?;
    let path = after.split(['?', '#']).next().unwrap_or_default();
    let asked: Vec<&str> = path.split('/').skip(1).collect();
    let matches = |(template, methods): (&String, &Value)| {
        let parts: Vec<&str> = template.split('/').skip(1).collect();
        let same = parts.len() == asked.len()
            && parts.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked);
        let id = methods[method]["operationId"].as_str()?.to_owned();
        same.then(|| (parts.iter().filter(|part| !part.starts_with('{')).count(), id))
    };
    let best = document["paths"].as_object()?.iter().filter_map(matches).max()?;
    Some(best.1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::operation;

    #[test]
    fn an_address_is_of_the_operation_that_names_most_of_it() {
        let document = json!({ "paths": {
            "/a/{one}": { "get": { "operationId": "one" }, "delete": { "operationId": "end" } },
            "/a/all": { "get": { "operationId": "all" } },
        } });
        let of = |method, url| operation(&document, method, url);
        assert_eq!(of("get", "http://x:1/a/7?q=/a/all").as_deref(), Some("one"));
        assert_eq!(of("get", "http://x:1/a/all").as_deref(), Some("all"));
        assert_eq!(of("delete", "http://x:1/a/all").as_deref(), Some("end"));
        assert_eq!((of("put", "http://x:1/a/7"), of("get", "http://x:1/a")), (None, None));
    }
}
