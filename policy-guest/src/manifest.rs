//! Building a manifest.

use crate::{Columns, Manifest};

impl Manifest {
    /// A manifest that asks for nothing: a name with dashes, a semantic version, and what it does, in a sentence.
    pub fn new(name: &str, version: &str, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            description: description.to_owned(),
            settings_schema: String::new(),
            reads: Vec::new(),
            writes: Vec::new(),
            reads_folders: Vec::new(),
            writes_folders: Vec::new(),
            operations: Vec::new(),
        }
    }

    /// With settings that satisfy this JSON Schema (2020-12). Its formats `dataset`, `column`, `folder` and `principal` make
    /// pickers of what the person who sets it up may use.
    #[must_use]
    pub fn settings(mut self, schema: &str) -> Self {
        schema.clone_into(&mut self.settings_schema);
        self
    }

    /// Reads these columns of a dataset, each a name or `{setting}`; none named: every column that the principal may see.
    #[must_use]
    pub fn reads(mut self, dataset: &str, columns: &[&str]) -> Self {
        self.reads.push(Columns::new(dataset, columns));
        self
    }

    /// Writes these columns of a dataset, named as in [`reads`](Self::reads).
    #[must_use]
    pub fn writes(mut self, dataset: &str, columns: &[&str]) -> Self {
        self.writes.push(Columns::new(dataset, columns));
        self
    }

    /// Reads files of folders that match a pattern, or `{setting}`.
    #[must_use]
    pub fn reads_folder(mut self, pattern: &str) -> Self {
        self.reads_folders.push(pattern.to_owned());
        self
    }

    /// Changes files of folders that match a pattern, or `{setting}`.
    #[must_use]
    pub fn writes_folder(mut self, pattern: &str) -> Self {
        self.writes_folders.push(pattern.to_owned());
        self
    }

    /// Invokes an operation of the platform.
    #[must_use]
    pub fn operation(mut self, name: &str) -> Self {
        self.operations.push(name.to_owned());
        self
    }
}

impl Columns {
    /// Columns of a dataset, each a name or `{setting}`; empty for all.
    pub fn new(dataset: &str, columns: &[&str]) -> Self {
        Self { dataset: dataset.to_owned(), columns: columns.iter().map(|&column| column.to_owned()).collect() }
    }
}
