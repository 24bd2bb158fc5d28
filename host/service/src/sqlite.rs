//! What is SQLite's alone: its faults, and connections that are fit for use after one.

use std::path::Path;

use futures::future::BoxFuture;
use sqlx::{
    Connection as _, SqliteConnection, SqlitePool, error::DatabaseError, pool::PoolConnectionMetadata,
    sqlite::SqliteError,
};

/// Why a file cannot be used now, whatever is stored in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `SQLITE_FULL`.
    Full,
    /// `SQLITE_BUSY`, `SQLITE_LOCKED`; or every connection was taken for too long.
    Locked,
    /// `SQLITE_IOERR`, `SQLITE_READONLY`, `SQLITE_CANTOPEN`: reading, writing, syncing failed.
    Disk,
}

/// What fault an error is, if it is one.
pub(crate) fn fault(error: &sqlx::Error) -> Option<Fault> {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return Some(Fault::Locked);
    }
    let code: i32 = error.as_database_error()?.try_downcast_ref::<SqliteError>()?.code()?.parse().ok()?;
    // The low byte is the primary code: the rest says more of the same.
    match code & 0xff {
        13 => Some(Fault::Full),
        5 | 6 => Some(Fault::Locked),
        8 | 10 | 14 => Some(Fault::Disk),
        _ => None,
    }
}

/// Whether a connection that waits for use is out of every transaction. SQLite ends a transaction by itself when the disk is full; the
/// driver then takes the connection for being in it, for ever, and refuses to begin another. Such a connection is replaced.
pub(crate) fn is_sound(
    connection: &mut SqliteConnection,
    _: PoolConnectionMetadata,
) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    Box::pin(async move {
        // What was queued for it, a rollback for instance, comes first.
        connection.ping().await?;
        Ok(!connection.is_in_transaction())
    })
}

/// Copies a database, as it is at one moment, into a new file, without what was erased from it. `SQLITE_ERROR` if the file exists and
/// is not empty.
pub(crate) async fn copy(pool: &SqlitePool, to: &Path) -> Result<(), sqlx::Error> {
    sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(pool).await?;
    Ok(())
}
