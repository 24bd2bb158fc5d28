//! Looking after a store: verifying it, reading its audit, purging, forgetting, backing up, counting. For its operator; nothing here
//! needs a platform or runs anything.

pub(crate) mod backup;
pub(crate) mod forget;
pub(crate) mod purge;
mod restore;
pub(crate) mod stats;
pub(crate) mod verify;

use std::{path::Path, sync::Arc};

use mandate_model::AutomationId;

pub use self::{
    backup::{Manifest, ManifestFile},
    forget::Forgotten,
    purge::{Purged, Purging},
    stats::Stats,
    verify::{Flaw, Verified},
};
use crate::{
    clock::Clock,
    error::{Result, ServiceError},
    service::Service,
    store::{
        Store, StoreOptions,
        audit::{self, AuditEntry, chain::Head, entry::Audited},
        automation,
        retention::{self, Kind},
    },
};

/// A store that is looked after. [`Service::upkeep`] looks after one in use, [`Upkeep::open`] after one that nobody uses.
pub struct Upkeep {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
}

impl Service {
    /// Looks after the store of this service, beside its work.
    pub fn upkeep(&self) -> Upkeep {
        Upkeep { store: Arc::clone(&self.runner().store), clock: Arc::clone(&self.host().clock) }
    }
}

impl Upkeep {
    /// Opens a store that is there and brings it to this version; it is this process's until it is dropped.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        if !path.is_file() {
            return Err(ServiceError::NoStore(path.display().to_string()));
        }
        let store = Store::open(path, StoreOptions::default(), clock.now()).await?;
        Ok(Self { store: Arc::new(store), clock })
    }

    /// Closes the store.
    pub async fn close(self) {
        self.store.close().await;
    }

    /// How far the audit reaches now: to be kept elsewhere.
    pub async fn head(&self) -> Result<Head> {
        let head = audit::head(self.store.reader()).await?;
        head.ok_or_else(|| ServiceError::Damaged("the audit is empty".to_owned()))
    }

    /// At most `most` entries of the audit after number `after`, in order: all, or those of one automation. For the operator: it names
    /// everybody as whom anything ran.
    pub async fn audit(&self, automation: Option<&AutomationId>, after: i64, most: u32) -> Result<Vec<AuditEntry>> {
        audit::entries(self.store.reader(), automation, after, most).await
    }

    /// The automations with this id or this name, deleted ones too, in order of their ids.
    pub async fn named(&self, id_or_name: &str) -> Result<Vec<AutomationId>> {
        let all = automation::all(self.store.reader()).await?.into_iter().map(|life| life.automation);
        let named = all.filter(|automation| automation.id.as_str() == id_or_name || automation.name == id_or_name);
        Ok(named.map(|automation| automation.id).collect())
    }

    /// For how many days a kind is kept; `None`: for ever.
    pub async fn retention(&self, kind: Kind) -> Result<Option<u32>> {
        retention::days(self.store.reader(), kind).await
    }

    /// Keeps a kind for so many days from now on; [`Upkeep::purge`] goes by it. `None`: for ever.
    pub async fn retain(&self, kind: Kind, days: Option<u32>) -> Result<()> {
        let mut tx = self.store.begin().await?;
        retention::set(&mut tx, kind, days).await?;
        audit::append(&mut tx, &Audited::Retention { kind, days }, self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}
