//! Restoring a store from a backup, into an empty folder; it is verified before it may be used.

use std::{path::Path, sync::Arc};

use super::{
    Upkeep,
    backup::{Manifest, STORE, empty_folder},
};
use crate::{
    clock::Clock,
    error::{Result, ServiceError},
    store::audit::{self, entry::Audited},
};

impl Upkeep {
    /// Restores the backup in `from` into `to`, which must be new or empty: every file is compared with its digest, then the store
    /// is verified against the backup's head, then its audit tells that it was restored. Nothing is left of what fails.
    ///
    /// What came after the backup is gone: events that no source sends again, messages, commands, and with them consents that
    /// were revoked and automations that were turned off since.
    pub async fn restore(from: &Path, to: &Path, clock: Arc<dyn Clock>) -> Result<Manifest> {
        let manifest = Manifest::read(from)?;
        empty_folder(to)?;
        let restored = bring_back(&manifest, from, to, clock).await;
        if restored.is_err() {
            // What cannot be removed is told by the next attempt: the folder is not empty.
            let _ = std::fs::remove_dir_all(to);
        }
        restored.map(|()| manifest)
    }
}

async fn bring_back(manifest: &Manifest, from: &Path, to: &Path, clock: Arc<dyn Clock>) -> Result<()> {
    manifest.copy(from, to)?;
    let upkeep = Upkeep::open(&to.join(STORE), clock).await?;
    let done = checked(&upkeep, manifest, from).await;
    upkeep.close().await;
    done
}

async fn checked(upkeep: &Upkeep, manifest: &Manifest, from: &Path) -> Result<()> {
    if let Some(flaw) = upkeep.verify(Some(&manifest.head)).await?.flaws.first() {
        return Err(ServiceError::NoBackup { folder: from.display().to_string(), why: flaw.to_string() });
    }
    let mut tx = upkeep.store.begin().await?;
    audit::append(&mut tx, &Audited::Restored { made_at: manifest.made_at }, upkeep.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
