//! The store: one SQLite file, one writer. What is answered was written; what was written survives.

pub(crate) mod audit;
pub(crate) mod automation;
pub(crate) mod damaged;
pub(crate) mod delivery;
pub(crate) mod draft;
pub(crate) mod effect;
pub(crate) mod event;
pub(crate) mod inbox;
pub(crate) mod listed;
pub(crate) mod listing;
mod lock;
pub(crate) mod loss;
pub(crate) mod notice;
pub(crate) mod part;
#[cfg(test)]
mod plans;
pub(crate) mod plugin;
pub(crate) mod published;
pub(crate) mod quarantine;
pub(crate) mod retention;
pub(crate) mod run;
pub(crate) mod schedule;
pub(crate) mod site;
pub(crate) mod turn;
pub(crate) mod wish;
mod writer;

#[cfg(test)]
mod tests;

use std::{path::Path, time::Duration};

use mandate_model::{Secret, id::ID_BYTES};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use self::{
    lock::Lock,
    writer::{Tx, Writer},
};
use crate::{
    error::{Result, ServiceError},
    sqlite,
};

/// How many connections read at the same time.
const READERS: u32 = 4;

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreOptions {
    /// Most bytes that its file may have; beyond that it is full, like a disk. `None`: as the disk allows.
    pub most_bytes: Option<u64>,
    /// How long a writer waits, in ever longer naps, while another program has the file locked.
    pub patience: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { most_bytes: None, patience: Duration::from_secs(5) }
    }
}

/// Bytes of a page of the file.
const PAGE: u64 = 4096;

/// The store.
pub(crate) struct Store {
    writer: Writer,
    reader: SqlitePool,
    secret: Secret,
    _lock: Lock,
}

impl Store {
    /// Changes whenever something was kept.
    pub(crate) fn kept(&self) -> tokio::sync::watch::Receiver<u64> {
        self.writer.kept()
    }

    /// Opens `path`, making it if need be, and brings it to this version. It is this process's until it is dropped.
    pub(crate) async fn open(path: &Path, how: StoreOptions, now: i64) -> Result<Self> {
        let lock = Lock::take(path)?;
        let options = options(path, how);
        let writer = SqlitePoolOptions::new().max_connections(1).before_acquire(sqlite::is_sound);
        let writer = writer.connect_with(options.clone()).await?;
        sqlx::migrate!("migrations/store").run(&writer).await?;
        let reader = SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await?;
        let secret = secret(&writer).await?;
        let store = Self { writer: Writer::new(writer, "BEGIN IMMEDIATE"), reader, secret, _lock: lock };
        let mut tx = store.begin().await?;
        audit::begin::begin(&mut tx, now).await?;
        tx.commit().await?;
        Ok(store)
    }

    /// A transaction that will write: it waits for the one before it, and never loses what it read meanwhile.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        self.writer.begin().await
    }

    /// The same, with nothing in it that others have not committed yet: who reads the file sees what this sees.
    pub(crate) async fn begin_alone(&self) -> Result<Tx> {
        self.writer.begin_alone().await
    }

    /// Waits until everything is committed that was written until now, also by who did not stay for it.
    pub(crate) async fn settle(&self) -> Result<()> {
        self.writer.settle().await
    }

    /// For questions outside a transaction.
    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.reader
    }

    /// What derived ids are keyed with.
    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Copies the store, as it is now, into a new file; nothing that was erased is in it.
    pub(crate) async fn copy_to(&self, path: &Path) -> Result<()> {
        Ok(sqlite::copy(&self.reader, path).await?)
    }

    /// Takes everything over from the write-ahead log and empties it: what was erased is in no file any more.
    pub(crate) async fn wipe_log(&self) -> Result<()> {
        self.settle().await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(self.writer.pool()).await?;
        Ok(())
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.pool().close().await;
    }
}

/// Every commit is on the disk before it is told (consent, ownership, audit, everything); one writer at a time.
fn options(path: &Path, how: StoreOptions) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(how.patience)
        .foreign_keys(true)
        // What a person may not know of is erased, not only forgotten.
        .pragma("secure_delete", "ON");
    match how.most_bytes {
        Some(most) => options.page_size(4096).pragma("max_page_count", (most / PAGE).to_string()),
        None => options,
    }
}

/// The store's secret, made when it is first opened.
async fn secret(writer: &SqlitePool) -> Result<Secret> {
    let mut fresh = [0; 32];
    random(&mut fresh)?;
    sqlx::query("INSERT INTO secret (one, bytes) VALUES (1, $1) ON CONFLICT DO NOTHING")
        .bind(fresh.as_slice())
        .execute(writer)
        .await?;
    let bytes: Vec<u8> = sqlx::query_scalar("SELECT bytes FROM secret").fetch_one(writer).await?;
    let bytes = bytes.try_into().map_err(|_| ServiceError::Damaged("the secret is not 32 bytes".to_owned()))?;
    Ok(Secret::from_bytes(bytes))
}

fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| ServiceError::Random(error.to_string()))
}

/// Bytes of a random id.
pub(crate) fn random_id() -> Result<[u8; ID_BYTES]> {
    let mut bytes = [0; ID_BYTES];
    random(&mut bytes)?;
    Ok(bytes)
}

/// A value as JSON text.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| ServiceError::Damaged(error.to_string()))
}

/// A value from the JSON text that was stored.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| ServiceError::Damaged(error.to_string()))
}

/// A value that is a plain word in JSON, from that word.
pub(crate) fn from_word<T: DeserializeOwned>(word: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|error| ServiceError::Damaged(error.to_string()))
}

/// The word of a value that is a plain word in JSON.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(ServiceError::Damaged(format!("`{other:?}` is no word"))),
    }
}
