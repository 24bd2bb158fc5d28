//! Tidiness that no other tool looks after. Each checker is a function from a text to its offences, with a test that shows
//! it can fail; one test walks over the repository and reports all offences at once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod manifests;
mod rust;
mod sql;
mod texts;
mod wit;

use std::path::{Path, PathBuf};
use std::process::Command;

/// Something untidy: where, and what.
type Offence = String;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files that are, or would be, in a commit: path from the root, and text. Files that are not text are left out.
fn files() -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(listed.status.success(), "git cannot list the files: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).unwrap();
    let names = names.split('\0').filter(|name| !name.is_empty());
    names.filter_map(|name| Some((name.to_owned(), text(&root().join(name))?))).collect()
}

/// The text of a file; nothing when it is no text, or is listed but gone (removed, not yet committed).
fn text(path: &Path) -> Option<String> {
    match std::fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).ok(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("cannot read `{}`: {error}", path.display()),
    }
}

/// All checkers over one file.
fn offences(path: &str, text: &str) -> Vec<Offence> {
    let mut found = texts::forbidden_places(path, text);
    if Path::new(path).extension().is_some_and(|extension| extension == "rs") {
        found.extend(rust::check(path, text));
        found.extend(sql::one_text(path, text));
    }
    if path.ends_with("Cargo.toml") {
        // There are two workspaces: this one, and that of the proofs.
        found.extend(manifests::commented_dependencies(path, text));
    }
    if path.ends_with("/Cargo.toml") {
        found.extend(manifests::workspace_lints(path, text));
        found.extend(manifests::workspace_dependencies(path, text));
    }
    found
}

#[test]
fn the_repository_is_tidy() {
    let files = files();
    assert!(
        files.iter().any(|(path, _)| path == "tests/suite/tests/tidy/main.rs"),
        "this very file is not among the files"
    );
    let mut found: Vec<Offence> = files.iter().flat_map(|(path, text)| offences(path, text)).collect();
    found.extend(wit::check(&root().join("wit")));
    assert!(found.is_empty(), "{} offences:\n{}", found.len(), found.join("\n"));
}
