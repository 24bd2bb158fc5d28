//! What a manifest must keep to: it is shown to people before they consent.

use mandate_model::Manifest;

/// Bytes of name and version.
const SHORT: usize = 100;
/// Bytes of the description.
const LONG: usize = 2_000;
/// Bytes of the settings' schema.
const SCHEMA: usize = 64 << 10;
/// Entries of each list.
const ENTRIES: usize = 100;

/// Refuses what cannot be shown or kept.
pub(crate) fn check(manifest: &Manifest) -> Result<(), String> {
    line("name", &manifest.name, SHORT)?;
    line("version", &manifest.version, SHORT)?;
    if !is_version(&manifest.version) {
        return Err(format!("version `{}` is not semantic, such as `1.0.0`", manifest.version));
    }
    if manifest.name.len() == 64 && manifest.name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("name looks like a digest, which plugins are found by".to_owned());
    }
    bounded("description", &manifest.description, LONG)?;
    bounded("settings-schema", &manifest.settings_schema, SCHEMA)?;
    let columns = manifest.reads.iter().chain(&manifest.writes);
    let longest = columns.map(|asked| asked.columns.len()).max().unwrap_or_default();
    let lists = [
        manifest.reads.len(),
        manifest.writes.len(),
        manifest.reads_folders.len(),
        manifest.writes_folders.len(),
        manifest.operations.len(),
        longest,
    ];
    if lists.iter().any(|length| *length > ENTRIES) {
        return Err(format!("a list has more than {ENTRIES} entries"));
    }
    let columns = manifest.reads.iter().chain(&manifest.writes);
    let names = columns.flat_map(|asked| asked.columns.iter().chain([&asked.dataset]));
    let paths = manifest.reads_folders.iter().chain(&manifest.writes_folders).chain(&manifest.operations);
    names.chain(paths).try_for_each(|entry| line("an entry of a list", entry, LONG))
}

fn line(what: &str, text: &str, bytes: usize) -> Result<(), String> {
    bounded(what, text, bytes)?;
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(format!("{what} must be one line that is not empty"));
    }
    Ok(())
}

fn bounded(what: &str, text: &str, bytes: usize) -> Result<(), String> {
    if text.len() > bytes { Err(format!("{what} has more than {bytes} bytes")) } else { Ok(()) }
}

/// Whether it begins with three numbers: semantic versioning 2.0 without its finer points.
fn is_version(text: &str) -> bool {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = core.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(change: impl FnOnce(&mut Manifest)) -> Result<(), String> {
        let mut manifest = Manifest {
            name: "big-deals".to_owned(),
            version: "1.0.0".to_owned(),
            description: String::new(),
            settings_schema: String::new(),
            reads: vec![],
            writes: vec![],
            reads_folders: vec![],
            writes_folders: vec![],
            operations: vec![],
        };
        change(&mut manifest);
        check(&manifest)
    }

    #[test]
    fn a_manifest_is_shown_to_people() {
        assert_eq!(manifest(|_| ()), Ok(()));
        assert_eq!(manifest(|m| m.version = "1.2.3-rc.1+x".to_owned()), Ok(()));
        for version in ["1", "1.0", "v1.0.0", "1.0.x", ""] {
            assert!(manifest(|m| m.version = version.to_owned()).is_err(), "{version}");
        }
        assert!(manifest(|m| m.name = " ".to_owned()).unwrap_err().contains("not empty"));
        assert!(manifest(|m| m.name = "a\nb".to_owned()).unwrap_err().contains("one line"));
        assert!(manifest(|m| m.name = "x".repeat(101)).unwrap_err().contains("100 bytes"));
        assert!(manifest(|m| m.name = "0f".repeat(32)).unwrap_err().contains("digest"));
        let hostile = mandate_model::Columns { dataset: "\u{1b}[31m".to_owned(), columns: vec![] };
        assert!(manifest(|m| m.reads = vec![hostile]).unwrap_err().contains("one line"));
        assert!(manifest(|m| m.operations = vec![String::new(); 101]).unwrap_err().contains("100 entries"));
    }
}
