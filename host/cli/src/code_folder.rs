//! Compiled code in a folder of the store. The folder is opened once and nothing outside it can be named.

use std::path::Path;

use cap_std::{ambient_authority, fs::Dir};
use mandate_runtime::cache::CodeCache;

use crate::failure::{CliError, CliResult};

/// The file that holds the secret which compiled code is authenticated with.
const SECRET: &str = "secret";

/// A folder of compiled code.
pub(crate) struct CodeFolder(Dir);

impl CodeFolder {
    /// Opens the folder, making it if need be.
    pub(crate) fn open(path: &Path) -> CliResult<Self> {
        let told = |error: std::io::Error| CliError::Unavailable(format!("cannot use `{}`: {error}", path.display()));
        Dir::create_ambient_dir_all(path, ambient_authority()).map_err(told)?;
        Dir::open_ambient_dir(path, ambient_authority()).map(Self).map_err(told)
    }

    /// The folder's secret, made at the first time. Whoever can read it can make code for this host: like the store itself, it
    /// belongs to the host's user alone.
    pub(crate) fn secret(&self) -> CliResult<[u8; 32]> {
        if let Some(secret) = self.0.read(SECRET).ok().and_then(|bytes| bytes.try_into().ok()) {
            return Ok(secret);
        }
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(CliError::unavailable)?;
        self.keep(SECRET, &secret).map_err(CliError::unavailable)?;
        Ok(secret)
    }

    /// Keeps a secret that was another folder's.
    pub(crate) fn keep_secret(&self, secret: [u8; 32]) -> CliResult {
        self.keep(SECRET, &secret).map_err(CliError::unavailable)
    }

    /// Writes beside and renames, so that a file is there whole or not at all.
    fn keep(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let part = format!("{name}.{}.part", std::process::id());
        let mut options = cap_std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        std::io::Write::write_all(&mut self.0.open_with(&part, &options)?, bytes)?;
        self.0.rename(&part, &self.0, name)
    }
}

impl CodeCache for CodeFolder {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.read(key).ok()
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        // A cache that cannot be written costs time, not correctness.
        let _ = self.keep(key, bytes);
    }
}
