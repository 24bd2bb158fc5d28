//! Backing a store up while it is in use, with what belongs with it; and checking a backup.
//!
//! The store is copied first, then the platform, and nothing is written to the store in between. So the copy of the platform is never
//! older than that of the store: an effect that was carried out meanwhile has left its key there, and the restored store, which
//! still has it staged, is answered that it happened. The other way round, the store could say of an effect that it was done,
//! and the platform have nothing of it; and an occurrence that the store took over could be told by the platform again under the
//! id of another.

use std::{
    future::Future,
    path::{Component, Path, PathBuf},
};

use data_encoding::HEXLOWER;
use hmac::digest::Digest;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Upkeep;
use crate::{
    error::{Result, ServiceError},
    store::audit::{self, chain::Head},
};

/// The store in a backup.
pub(super) const STORE: &str = "store.db";
/// What a backup says of itself; written last, so that a folder without it is no whole backup.
const MANIFEST: &str = "backup.json";

/// What a backup consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// When it was made: microseconds since 1970-01-01T00:00:00Z.
    pub made_at: i64,
    /// How far the audit in it reaches.
    pub head: Head,
    /// Its files, in order of their names.
    pub files: Vec<ManifestFile>,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its path in the backup, with `/`.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hex.
    pub sha256: String,
}

impl Upkeep {
    /// Backs the store up into `folder`, which must be new or empty, as `store.db`; then lets `beside` put there what belongs with it
    /// (the platform, secrets), then writes `backup.json`. Everything is on the disk when this returns. Reading goes on meanwhile,
    /// writing waits. Nothing is left of a backup that fails.
    pub async fn backup(&self, folder: &Path, beside: impl Future<Output = Result<()>>) -> Result<Manifest> {
        empty_folder(folder)?;
        let made = self.copy_to(folder, beside).await;
        if made.is_err() {
            // What cannot be removed is told by the next attempt: the folder is not empty.
            let _ = std::fs::remove_dir_all(folder);
        }
        made
    }

    async fn copy_to(&self, folder: &Path, beside: impl Future<Output = Result<()>>) -> Result<Manifest> {
        // Held, not written to: see above.
        let mut held = self.store.begin_alone().await?;
        let head =
            audit::head(&mut *held).await?.ok_or_else(|| ServiceError::Damaged("the audit is empty".to_owned()))?;
        self.store.copy_to(&folder.join(STORE)).await?;
        beside.await?;
        drop(held);
        // Else whoever writes next, also in another process, may still find it locked.
        self.store.settle().await?;
        let manifest = Manifest { made_at: self.clock.now(), head, files: files(folder)? };
        let text = serde_json::to_vec_pretty(&manifest).map_err(|error| ServiceError::Damaged(error.to_string()))?;
        let path = folder.join(MANIFEST);
        std::fs::write(&path, text).and_then(|()| sync(&path)).and_then(|()| sync(folder)).map_err(cannot(&path))?;
        Ok(manifest)
    }
}

impl Manifest {
    /// What the backup in a folder says of itself. Its files are not looked at.
    pub fn read(folder: &Path) -> Result<Self> {
        let no = |why: String| ServiceError::NoBackup { folder: folder.display().to_string(), why };
        let text = std::fs::read(folder.join(MANIFEST)).map_err(|error| no(format!("`{MANIFEST}`: {error}")))?;
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| no(format!("`{MANIFEST}`: {error}")))?;
        let plain = |name: &str| Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        match manifest.files.iter().find(|file| !plain(&file.name)) {
            Some(file) => Err(no(format!("`{}` is no file of it", file.name))),
            None => Ok(manifest),
        }
    }

    /// Copies the files of the backup in `from` to `to`, each compared with its digest.
    pub(super) fn copy(&self, from: &Path, to: &Path) -> Result<()> {
        for file in &self.files {
            let path = to.join(&file.name);
            if let Some(parent) = path.parent() {
                private_folder(parent).map_err(cannot(parent))?;
            }
            std::fs::copy(from.join(&file.name), &path)
                .and_then(|_| sync(&path))
                .map_err(cannot(&from.join(&file.name)))?;
            if describe(&path, file.name.clone())? != *file {
                let why = format!("`{}` is not as it was when the backup was made", file.name);
                return Err(ServiceError::NoBackup { folder: from.display().to_string(), why });
            }
        }
        sync(to).map_err(cannot(to))
    }
}

/// A folder with nothing in it, that only its owner may enter; made if need be.
pub(super) fn empty_folder(folder: &Path) -> Result<()> {
    private_folder(folder).map_err(cannot(folder))?;
    let mut inside = std::fs::read_dir(folder).map_err(cannot(folder))?;
    if inside.next().is_some() {
        return Err(ServiceError::NotEmpty(folder.display().to_string()));
    }
    Ok(())
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    let new = !folder.exists();
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    if new {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// The files below a folder, each on the disk, in order of their names.
fn files(folder: &Path) -> Result<Vec<ManifestFile>> {
    let (mut found, mut folders) = (vec![], vec![PathBuf::new()]);
    while let Some(inner) = folders.pop() {
        let path = folder.join(&inner);
        for entry in std::fs::read_dir(&path).map_err(cannot(&path))? {
            let entry = entry.map_err(cannot(&path))?;
            let inner = inner.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(inner);
            } else {
                sync(&entry.path()).map_err(cannot(&entry.path()))?;
                found.push(describe(&entry.path(), inner.display().to_string())?);
            }
        }
        sync(&path).map_err(cannot(&path))?;
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn describe(path: &Path, name: String) -> Result<ManifestFile> {
    let mut file = std::fs::File::open(path).map_err(cannot(path))?;
    let mut hash = Sha256::new();
    let bytes = std::io::copy(&mut file, &mut hash).map_err(cannot(path))?;
    Ok(ManifestFile { name, bytes, sha256: HEXLOWER.encode(&hash.finalize()) })
}

/// Puts a file or a folder on the disk.
fn sync(path: &Path) -> std::io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}

pub(super) fn cannot(path: &Path) -> impl Fn(std::io::Error) -> ServiceError {
    let path = path.display().to_string();
    move |error| ServiceError::File { path: path.clone(), error }
}
