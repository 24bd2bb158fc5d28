//! The server's own store, `server.db` beside the service's: sessions, tokens, hooks, sign-ins under way, what was answered. Of each
//! secret only the digest is in it, or the secret is sealed. It is in no backup, so that restoring one brings back no session and no
//! token that was revoked since.

pub(crate) mod answers;
pub(crate) mod hooks;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
pub(crate) mod tokens;

#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc, time::Duration};

use mandate_model::PrincipalId;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use tokio::sync::watch;

use crate::secret::NoRandom;

/// How long a writer waits for another.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many connections there are.
const CONNECTIONS: u32 = 4;
/// How often it is noted that a session or token is used: microseconds. Not every request is a write.
const NOTED: i64 = 60_000_000;

/// Sessions, tokens and sign-ins under way.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    ended: Arc<watch::Sender<u64>>,
}

/// The server's store does not do what it is asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be opened.
    #[error(
        "`{path}` cannot be used: {error}; if it is damaged, remove it: people sign in again, and make their tokens anew"
    )]
    Open {
        /// The file.
        path: String,
        /// What is wrong with it.
        error: sqlx::Error,
    },
    /// It cannot be asked or changed.
    #[error("the server's store: {0}")]
    Sql(#[from] sqlx::Error),
    /// What is in it cannot be read.
    #[error("the server's store: `{0}` is no {1}")]
    Damaged(String, &'static str),
    /// No secret can be made.
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
}

impl Store {
    /// Opens `path`, making it if need be, and brings it to this version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .foreign_keys(true)
            .pragma("secure_delete", "ON");
        let unusable = |error| StoreError::Open { path: path.display().to_string(), error };
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await;
        let pool = pool.map_err(unusable)?;
        sqlx::migrate!().run(&pool).await.map_err(|error| unusable(error.into()))?;
        Ok(Self { pool, ended: Arc::default() })
    }

    /// Changes whenever a session or a token was ended: who answers one for long asks again then whether it counts.
    pub(crate) fn ends(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    /// Some session or token was ended.
    fn one_ended(&self) {
        self.ended.send_modify(|count| *count += 1);
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

/// A person, as they are stored.
fn person(text: String) -> Result<PrincipalId, StoreError> {
    PrincipalId::parse(&text).map_err(|_| StoreError::Damaged(text, "person"))
}
