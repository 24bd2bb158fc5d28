//! A folder with a store, and the command.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder that goes with the test.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// Deals with a title, which may be missing: who holds the grant reads them all.
const DEALS: &str = r#"
[datasets.deals]
columns = [{ name = "title", type = "text", null = true }]
rows = "deals.jsonl"
policies = """
permit (principal, action == Action::"read", resource is deals);
permit (principal, action == Action::"read-column", resource);
"""
"#;

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// A fixture of these people with their grants, such deals, and `more`; its path.
    pub(crate) fn deals(&self, people: &str, rows: &str, more: &str) -> String {
        self.file("deals.jsonl", rows);
        self.file("deals.toml", format!("site = \"acme\"\n{people}{DEALS}{more}"))
    }

    /// The component of an example guest, as a file.
    pub(crate) fn guest(&self, name: &str) -> String {
        self.file(&format!("{name}.wasm"), mandate_test_support::guest(name))
    }

    /// Runs `mandate WORDS --store FOLDER/store`.
    pub(crate) fn mandate(&self, words: &[&str]) -> Said {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_mandate"))
            .args(words)
            .arg("--store")
            .arg(self.path("store"))
            .current_dir(repository())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    /// Runs a command that must succeed; what it printed.
    pub(crate) fn fine(&self, words: &[&str]) -> String {
        let said = self.mandate(words);
        assert_eq!(said.code, 0, "mandate {words:?}\n{}\n{}", said.out, said.err);
        said.out
    }

    /// Runs a command that must be refused as bad input; what it said.
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        let said = self.mandate(words);
        assert_eq!(said.code, 2, "mandate {words:?}\n{}\n{}", said.out, said.err);
        assert!(!said.err.contains("panicked"), "{}", said.err);
        said.err
    }
}

/// The repository, in which fixtures are named from.
pub(crate) fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
