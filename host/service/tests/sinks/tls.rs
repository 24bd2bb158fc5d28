//! A certificate of the test's own.

use std::path::PathBuf;

/// A certificate that vouches for itself, for `localhost`, with its key; as text and as files.
pub struct Certificate {
    pub pem: String,
    folder: tempfile::TempDir,
}

impl Certificate {
    pub fn new(names: &[&str]) -> Self {
        let made =
            rcgen::generate_simple_self_signed(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let pem = made.cert.pem();
        std::fs::write(folder.path().join("certificate"), &pem).unwrap();
        std::fs::write(folder.path().join("key"), made.signing_key.serialize_pem()).unwrap();
        Self { pem, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The words that give it to the mail server.
    pub fn words(&self) -> Vec<String> {
        let path = |name: &str| self.path(name).display().to_string();
        vec!["--certificate".to_owned(), path("certificate"), "--key".to_owned(), path("key")]
    }
}
