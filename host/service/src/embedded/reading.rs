//! A reading transaction. Who asked may go before it has its answer, because its time is over; SQLite then stops as well, since
//! there are few connections that read, and one that goes on working for nobody would be missing to the others.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

/// Steps of SQLite's machine after which it looks whether anybody still waits. Beginning and ending a transaction take fewer.
const STEPS: i32 = 1000;

/// A transaction that sees the database as it is when it first asks.
pub(super) struct Reading {
    tx: Transaction<'static, Sqlite>,
    /// Whether it was dropped.
    over: Arc<AtomicBool>,
}

impl Reading {
    /// Waits for a free connection.
    pub(super) async fn begin(pool: &SqlitePool) -> Result<Self, sqlx::Error> {
        let mut tx = pool.begin().await?;
        let over = Arc::new(AtomicBool::new(false));
        let asked = over.clone();
        tx.lock_handle().await?.set_progress_handler(STEPS, move || !asked.load(Ordering::Relaxed));
        Ok(Self { tx, over })
    }
}

/// The transaction is dropped after this, and its connection is free as soon as SQLite has stopped.
impl Drop for Reading {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

impl Deref for Reading {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.tx
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::sqlite::SqlitePoolOptions;

    use super::*;

    const ENDLESS: &str = "with recursive n (x) as (select 1 union all select x + 1 from n) select count(*) from n";

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_question_that_nobody_waits_for_gives_its_connection_back() {
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(10));
        let pool = pool.connect("sqlite::memory:").await.unwrap();
        for _ in 0..3 {
            let mut reading = Reading::begin(&pool).await.unwrap();
            let endless = sqlx::query(ENDLESS).fetch_one(&mut *reading);
            assert!(tokio::time::timeout(Duration::from_millis(20), endless).await.is_err());
        }
        // As often as it is asked for after that, it works, also for more than a thousand steps.
        for _ in 0..3 {
            let mut reading = Reading::begin(&pool).await.unwrap();
            let counted: i64 = sqlx::query_scalar(
                "with recursive n (x) as (select 1 union all select x + 1 from n limit 10000) select count(*) from n",
            )
            .fetch_one(&mut *reading)
            .await
            .unwrap();
            assert_eq!(counted, 10_000);
        }
    }
}
