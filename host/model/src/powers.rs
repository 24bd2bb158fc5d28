//! Powers: what a plugin may ask for with one automation's settings. Imports bound the manifest; the manifest can only narrow.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Columns, Import, Manifest, name::is_name};

/// Columns of a dataset that are within the powers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnSet {
    /// Every column that the principal may see, or change.
    All,
    /// These.
    Named(BTreeSet<String>),
}

impl ColumnSet {
    /// Whether `column` is within it.
    pub fn contains(&self, column: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.contains(column),
        }
    }
}

impl std::fmt::Display for ColumnSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("every column that the person may"),
            Self::Named(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                f.write_str(&names.join(", "))
            }
        }
    }
}

/// What one automation may ask for: imports ∩ manifest, with `{setting}` filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Powers {
    /// Columns that may be read, by dataset.
    pub reads: BTreeMap<String, ColumnSet>,
    /// Columns that may be written, by dataset.
    pub writes: BTreeMap<String, ColumnSet>,
    /// Folder patterns that may be read.
    pub reads_folders: BTreeSet<String>,
    /// Folder patterns that may be written.
    pub writes_folders: BTreeSet<String>,
    /// Operations that may be invoked.
    pub operations: BTreeSet<String>,
}

/// Why powers could not be worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PowersError {
    /// `{setting}` in the manifest, but the settings have no such text.
    #[error("the manifest refers to the setting `{0}`, which is not set to a text")]
    MissingSetting(String),
    /// A dataset or column that is no name.
    #[error("`{0}` is no name of a dataset or column: lower-case letters, digits and `_`")]
    BadName(String),
    /// The manifest asks for a power whose interface the component does not import.
    #[error("the manifest asks for {what}, but the component does not import `{import}`")]
    NotImported {
        /// What it asks for.
        what: &'static str,
        /// The interface that it would need.
        import: &'static str,
    },
}

impl Powers {
    /// Works out the powers of a plugin with these imports and this manifest, under these settings (a JSON object).
    pub fn resolve(
        imports: &BTreeSet<Import>,
        manifest: &Manifest,
        settings: &serde_json::Value,
    ) -> Result<Self, PowersError> {
        Self::check_imports(imports, manifest)?;
        let paths = |list: &[String]| list.iter().map(|path| filled(path, settings)).collect::<Result<_, _>>();
        Ok(Self {
            reads: columns(&manifest.reads, settings)?,
            writes: columns(&manifest.writes, settings)?,
            reads_folders: paths(&manifest.reads_folders)?,
            writes_folders: paths(&manifest.writes_folders)?,
            operations: manifest.operations.iter().cloned().collect(),
        })
    }

    /// Refuses a manifest that asks for more than the component imports.
    pub fn check_imports(imports: &BTreeSet<Import>, manifest: &Manifest) -> Result<(), PowersError> {
        let asked = [
            (!manifest.reads.is_empty(), "columns to read", Import::Rows),
            (!manifest.writes.is_empty(), "columns to write", Import::RowsWrite),
            (!manifest.reads_folders.is_empty(), "folders to read", Import::Files),
            (!manifest.writes_folders.is_empty(), "folders to write", Import::FilesWrite),
            (!manifest.operations.is_empty(), "operations", Import::Operations),
        ];
        match asked.into_iter().find(|(asks, _, import)| *asks && !imports.contains(import)) {
            Some((_, what, import)) => Err(PowersError::NotImported { what, import: import.as_str() }),
            None => Ok(()),
        }
    }
}

fn columns(asked: &[Columns], settings: &serde_json::Value) -> Result<BTreeMap<String, ColumnSet>, PowersError> {
    let mut powers = BTreeMap::new();
    for entry in asked {
        let dataset = name(&entry.dataset, settings)?;
        let names: BTreeSet<_> = entry.columns.iter().map(|column| name(column, settings)).collect::<Result<_, _>>()?;
        let set = if names.is_empty() { ColumnSet::All } else { ColumnSet::Named(names) };
        let merged = match (powers.remove(&dataset), set) {
            (Some(ColumnSet::Named(mut before)), ColumnSet::Named(names)) => {
                before.extend(names);
                ColumnSet::Named(before)
            }
            (None, set) => set,
            _ => ColumnSet::All,
        };
        powers.insert(dataset, merged);
    }
    Ok(powers)
}

fn name(text: &str, settings: &serde_json::Value) -> Result<String, PowersError> {
    let name = filled(text, settings)?;
    if is_name(&name) { Ok(name) } else { Err(PowersError::BadName(name)) }
}

/// The text itself, or, for `{setting}`, that setting.
fn filled(text: &str, settings: &serde_json::Value) -> Result<String, PowersError> {
    let Some(setting) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return Ok(text.to_owned());
    };
    let value = settings.get(setting).and_then(serde_json::Value::as_str);
    value.map(str::to_owned).ok_or_else(|| PowersError::MissingSetting(setting.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn manifest(reads: &[(&str, &[&str])]) -> Manifest {
        let reads = reads
            .iter()
            .map(|(dataset, columns)| Columns {
                dataset: (*dataset).to_owned(),
                columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            })
            .collect();
        Manifest {
            name: "test".to_owned(),
            version: "0.1.0".to_owned(),
            description: String::new(),
            settings_schema: String::new(),
            reads,
            writes: vec![],
            reads_folders: vec![],
            writes_folders: vec![],
            operations: vec![],
        }
    }

    fn resolve(reads: &[(&str, &[&str])], settings: &serde_json::Value) -> Result<Powers, PowersError> {
        Powers::resolve(&BTreeSet::from([Import::Rows]), &manifest(reads), settings)
    }

    #[test]
    fn settings_are_filled_in() {
        let powers = resolve(&[("{dataset}", &["{column}", "id"])], &json!({"dataset": "deals", "column": "amount"}));
        let names = ["amount", "id"].map(str::to_owned).into();
        let expected = BTreeMap::from([("deals".to_owned(), ColumnSet::Named(names))]);
        assert_eq!(powers.map(|powers| powers.reads), Ok(expected));
    }

    #[test]
    fn every_column_swallows_named_ones() {
        let powers = resolve(&[("deals", &["a"]), ("deals", &[])], &json!({}));
        assert_eq!(powers.map(|powers| powers.reads), Ok(BTreeMap::from([("deals".to_owned(), ColumnSet::All)])));
    }

    #[test]
    fn what_cannot_be_worked_out_is_refused() {
        assert_eq!(resolve(&[("{dataset}", &[])], &json!({})), Err(PowersError::MissingSetting("dataset".to_owned())));
        assert_eq!(
            resolve(&[("{dataset}", &[])], &json!({"dataset": "a\"; drop"})),
            Err(PowersError::BadName("a\"; drop".to_owned()))
        );
    }

    #[test]
    fn a_manifest_cannot_ask_for_what_is_not_imported() {
        let refused = Powers::check_imports(&BTreeSet::new(), &manifest(&[("deals", &[])]));
        assert_eq!(
            refused.map_err(|error| error.to_string()),
            Err("the manifest asks for columns to read, but the component does not import `rows`".to_owned())
        );
    }
}
