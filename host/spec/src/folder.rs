//! Files that stand beside a fixture: the one place of this crate that reads a disk.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::problem::{FixtureError, Place};
use crate::text::Text;

/// The folder of a fixture or spec: real files, and blocks of the spec that stand for files.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    root: Option<PathBuf>,
    blocks: BTreeMap<String, Text>,
}

impl Folder {
    /// The folder at `root`.
    pub fn at(root: &Path) -> Self {
        Self { root: Some(root.to_owned()), blocks: BTreeMap::new() }
    }

    /// A folder without any file.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Lets `text` stand for the file `name`.
    pub fn put(&mut self, name: &str, text: Text) {
        self.blocks.insert(name.to_owned(), text);
    }

    /// The path of a file beside the fixture. The message of an error says what to write instead.
    pub fn path(&self, name: &str) -> Result<PathBuf, String> {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if name.is_empty() || !inside {
            return Err(format!("`{name}` must be a file beside the fixture: no `..` and no absolute path"));
        }
        let root = self.root.as_ref().ok_or_else(|| format!("there is no file `{name}`"))?;
        let cannot = |error: std::io::Error| format!("cannot read `{name}`: {}", words(&error));
        let path = root.join(name).canonicalize().map_err(cannot)?;
        // A link that leads out is refused too.
        let root = root.canonicalize().map_err(cannot)?;
        if path.starts_with(&root) {
            Ok(path)
        } else {
            Err(format!("`{name}` is a link that leads out of the fixture's folder"))
        }
    }

    /// The text of a file beside the fixture.
    pub(crate) fn read(&self, name: &str) -> Result<Text, String> {
        if let Some(text) = self.blocks.get(name) {
            return Ok(text.clone());
        }
        let path = self.path(name)?;
        let text =
            std::fs::read_to_string(&path).map_err(|error| format!("cannot read `{name}`: {}", words(&error)))?;
        let shown = self.root.as_ref().map_or_else(|| PathBuf::from(name), |root| root.join(name));
        Ok(Text::of_file(&shown.display().to_string(), text))
    }
}

/// A file and the folder that it stands in.
pub(crate) fn open(path: &Path) -> Result<(Text, Folder), FixtureError> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| FixtureError::one(Place::whole(&file), format!("cannot read it: {}", words(&error))))?;
    let root = path.parent().filter(|root| !root.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((Text::of_file(&file, text), Folder::at(root)))
}

/// Why a file cannot be read, in words for people.
fn words(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_beside_the_fixture_are_read() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("fixture");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(outer.path().join("secret.csv"), "id\n").unwrap();
        std::fs::write(root.join("rows.csv"), "id\n").unwrap();
        let folder = Folder::at(&root);
        assert_eq!(folder.read("rows.csv").unwrap().as_str(), "id\n");
        let absolute = outer.path().join("secret.csv").display().to_string();
        for bad in ["../secret.csv", "a/../../secret.csv", "", ".", &absolute, "none.csv"] {
            assert!(folder.read(bad).is_err(), "{bad}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.path().join("secret.csv"), root.join("link.csv")).unwrap();
            assert!(folder.read("link.csv").unwrap_err().contains("leads out"));
        }
    }
}
