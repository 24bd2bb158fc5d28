//! Who writes, one after the other; and what several write at the same time in one commit, since a commit waits for the disk.
//!
//! Whoever writes has the connection alone until they are done. Who was first then has a commit stand in line: who stood there
//! before it writes first, into the same transaction, behind a savepoint of their own. So who is alone is committed at once, and
//! nobody waits for more than those who were there before them.
//!
//! Each sees what was written before them as if it were committed, which it is if theirs is. Nobody is told that something is
//! kept before the commit that it is in is on the disk. Who gives up takes nothing of anybody else's with them.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, watch},
};

use crate::error::{Result, ServiceError};

/// How long one stands in line.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most that share a commit.
const MOST: u32 = 64;

/// The connection that writes, and the line before it.
pub(super) struct Writer {
    pool: SqlitePool,
    begin: &'static str,
    line: Line,
    patience: Duration,
    kept: Arc<watch::Sender<u64>>,
}

type Line = Arc<Mutex<Option<Shared>>>;
type Turn = OwnedMutexGuard<Option<Shared>>;

/// A transaction that several write in.
struct Shared {
    tx: Transaction<'static, Sqlite>,
    /// How many are done with theirs.
    done: u32,
    /// Whether the last to write gave up: what they wrote is still in it.
    spoilt: bool,
    ended: watch::Sender<Ended>,
    kept: Arc<watch::Sender<u64>>,
}

/// What came of a transaction.
enum Ended {
    NotYet,
    Kept,
    Lost(ServiceError),
}

impl Writer {
    /// Of a pool that has one connection; `begin` is how a transaction begins that will write.
    pub(super) fn new(pool: SqlitePool, begin: &'static str) -> Self {
        Self { pool, begin, line: Line::default(), patience: PATIENCE, kept: Arc::default() }
    }

    /// The connection, for what is not done in a transaction.
    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// How often something was kept; says nothing of what.
    pub(super) fn kept(&self) -> watch::Receiver<u64> {
        self.kept.subscribe()
    }

    /// Stands in line, and begins.
    pub(super) async fn begin(&self) -> Result<Tx> {
        let mut turn = self.turn().await?;
        mend(&mut turn).await;
        if turn.as_ref().is_some_and(|shared| shared.done >= MOST) {
            turn = closed(turn).await?;
        }
        self.write(turn).await
    }

    /// Begins with nothing in the transaction that is not committed.
    pub(super) async fn begin_alone(&self) -> Result<Tx> {
        let turn = closed(self.turn().await?).await?;
        self.write(turn).await
    }

    async fn write(&self, mut turn: Turn) -> Result<Tx> {
        if let Some(shared) = turn.as_mut() {
            sqlx::query("SAVEPOINT theirs").execute(&mut *shared.tx).await?;
        } else {
            let tx = self.pool.begin_with(self.begin).await?;
            let (ended, kept) = (watch::Sender::new(Ended::NotYet), Arc::clone(&self.kept));
            *turn = Some(Shared { tx, done: 0, spoilt: false, ended, kept });
        }
        let shared = OwnedMutexGuard::try_map(turn, Option::as_mut).map_err(|_| ServiceError::Locked)?;
        Ok(Tx { shared, line: Arc::clone(&self.line), is_done: false })
    }

    /// Waits until everything is committed that was written until now, also by who did not stay for it.
    pub(super) async fn settle(&self) -> Result<()> {
        closed(self.turn().await?).await?;
        Ok(())
    }

    async fn turn(&self) -> Result<Turn> {
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.line).lock_owned()).await;
        turn.map_err(|_| ServiceError::Locked)
    }
}

/// What somebody writes, all or nothing: nothing, if it is dropped.
pub(crate) struct Tx {
    shared: OwnedMappedMutexGuard<Option<Shared>, Shared>,
    line: Line,
    is_done: bool,
}

impl Tx {
    /// Keeps what was written. It is on the disk when this answers.
    pub(crate) async fn commit(mut self) -> Result<()> {
        self.is_done = true;
        let mut ended = self.shared.ended.subscribe();
        drop(self);
        match ended.wait_for(|ended| !matches!(ended, Ended::NotYet)).await.as_deref() {
            Ok(Ended::Lost(why)) => Err(like(why)),
            Ok(_) => Ok(()),
            Err(_) => Err(given_up()),
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let is_first = self.shared.done == 0;
        self.shared.done += u32::from(self.is_done);
        self.shared.spoilt = !self.is_done;
        // In a task of its own: whoever waits for the commit may go away.
        if let (true, Ok(runtime)) = (is_first, Handle::try_current()) {
            let line = Arc::clone(&self.line);
            runtime.spawn(async move { close(line.lock_owned().await).await });
        }
    }
}

impl Deref for Tx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.shared.tx
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.shared.tx
    }
}

/// Takes out what somebody wrote who gave up. Where that cannot be done, nothing of the whole transaction is kept.
async fn mend(turn: &mut Turn) {
    let Some(shared) = turn.as_mut().filter(|shared| shared.spoilt) else { return };
    // It can be dropped halfway and called again, for the savepoint stays. That of the first one is the transaction. After some
    // errors SQLite has given all of it up by itself.
    if shared.done > 0 && sqlx::query("ROLLBACK TO theirs").execute(&mut *shared.tx).await.is_ok() {
        shared.spoilt = false;
    } else if let Some(Shared { tx, ended, .. }) = turn.take() {
        ended.send_replace(Ended::Lost(given_up()));
        // Waited for, so that whoever comes next, also in another process, finds the store free. One that SQLite itself has given
        // up cannot be rolled back; its connection is replaced.
        tx.rollback().await.ok();
    }
}

/// [`close`], whatever becomes of who asks for it.
async fn closed(turn: Turn) -> Result<Turn> {
    tokio::spawn(close(turn)).await.map_err(|_| given_up())
}

/// Commits for all who wrote.
async fn close(mut turn: Turn) -> Turn {
    mend(&mut turn).await;
    if let Some(Shared { tx, ended, kept, .. }) = turn.take() {
        let committed = tx.commit().await.map_err(ServiceError::from);
        if committed.is_ok() {
            kept.send_modify(|count| *count += 1);
        }
        ended.send_replace(committed.map_or_else(Ended::Lost, |()| Ended::Kept));
    }
    turn
}

/// What each is told of an error that all of them met.
fn like(why: &ServiceError) -> ServiceError {
    match why {
        ServiceError::Full => ServiceError::Full,
        ServiceError::Locked => ServiceError::Locked,
        ServiceError::Disk(why) => ServiceError::Disk(why.clone()),
        other => ServiceError::Disk(other.to_string()),
    }
}

fn given_up() -> ServiceError {
    ServiceError::Disk("what was written at the same time could not be kept".to_owned())
}

#[cfg(test)]
mod tests;
