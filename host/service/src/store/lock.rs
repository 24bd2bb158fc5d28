//! One process at a time works with a store: a second one would take what the first is evaluating for left over, and evaluate it
//! again beside it.

use std::{
    ffi::OsString,
    fs::{File, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use crate::error::{Result, ServiceError};

/// Most bytes of a lock file that are read: more than any process id has.
const HOLDER_BYTES: u64 = 32;

/// The right to work with a store, until it is dropped or its process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held, not used")] File);

impl Lock {
    /// Takes the lock of the store at `path`. The lock file stays when the lock goes: one that is removed could be held by one
    /// process and made anew by another.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let cannot = |error| ServiceError::Lock { store: path.display().to_string(), error };
        let file = File::options().read(true).write(true).create(true).truncate(false).open(beside(path));
        let mut file = file.map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ServiceError::InUse { store: path.display().to_string(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
        }
        sign(&mut file).map_err(cannot)?;
        Ok(Self(file))
    }
}

/// The lock file of a store.
fn beside(path: &Path) -> PathBuf {
    let mut name: OsString = path.into();
    name.push("-lock");
    name.into()
}

/// Writes down who holds the lock, for whoever is refused.
fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(std::process::id().to_string().as_bytes())
}

/// Who holds the lock, as far as it can be read: the lock is what counts, the number is only told.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(HOLDER_BYTES).read_to_string(&mut text).ok().and_then(|_| text.trim().parse::<u32>().ok()) {
        Some(id) => format!("process {id}"),
        None => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_and_free_once_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let held = Lock::take(&path).unwrap();
        let refused = Lock::take(&path).unwrap_err().to_string();
        assert!(refused.contains(&format!("is in use by process {}:", std::process::id())), "{refused}");
        drop(held);
        Lock::take(&path).unwrap();
    }

    #[test]
    fn a_lock_file_that_nobody_holds_keeps_nobody_out_and_what_it_says_is_never_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let left = beside(&path);
        std::fs::write(&left, "1234567 left over by a process that was killed").unwrap();
        drop(Lock::take(&path).unwrap());
        assert_eq!(std::fs::read_to_string(&left).unwrap(), std::process::id().to_string());
        std::fs::write(&left, "no number").unwrap();
        let held = File::open(&left).unwrap();
        held.lock().unwrap();
        let refused = Lock::take(&path).unwrap_err().to_string();
        assert!(refused.contains("is in use by another process:"), "{refused}");
    }
}
