//! What makes a store durable is switched on, on each connection, and a connection that SQLite threw out of its transaction is replaced.

use std::time::Duration;

use sqlx::{AssertSqlSafe, SqlitePool};

use super::{Store, StoreOptions, audit::entry::Audited};
use crate::error::ServiceError;

async fn pragma(pool: &SqlitePool, name: &str) -> String {
    let mut connection = pool.acquire().await.unwrap();
    let sql = AssertSqlSafe(format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"));
    if name == "busy_timeout" {
        return sqlx::query_scalar("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
    }
    sqlx::query_scalar(sql).fetch_one(&mut *connection).await.unwrap()
}

#[tokio::test]
async fn every_commit_is_on_the_disk_before_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.db"), StoreOptions::default(), 1).await.unwrap();
    for (pool, whose) in [(store.writer.pool(), "writer"), (&store.reader, "reader")] {
        assert_eq!(pragma(pool, "journal_mode").await, "wal", "{whose}");
        assert_eq!(pragma(pool, "synchronous").await, "2", "{whose}: FULL");
        assert_eq!(pragma(pool, "foreign_keys").await, "1", "{whose}");
        assert_eq!(pragma(pool, "busy_timeout").await, "5000", "{whose}");
        assert_eq!(pragma(pool, "secure_delete").await, "1", "{whose}");
    }
    let refused = sqlx::query("DELETE FROM retention").execute(&store.reader).await.unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
}

#[tokio::test]
async fn a_transaction_that_will_write_is_the_only_one_from_its_begin_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let how = StoreOptions { patience: Duration::from_millis(5), ..StoreOptions::default() };
    let store = Store::open(&path, how, 1).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).busy_timeout(Duration::ZERO);
    let other = SqlitePool::connect_with(options).await.unwrap();
    let mut held = store.begin().await.unwrap();
    let refused = sqlx::query("DELETE FROM retention").execute(&other).await.unwrap_err();
    assert!(matches!(ServiceError::from(refused), ServiceError::Locked));
    // Given up amid a statement: what rolls back has to wait for it.
    let long = sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n",
    );
    tokio::time::timeout(Duration::from_millis(1), long.execute(&mut *held)).await.ok();
    drop(held);
    store.settle().await.unwrap();
    sqlx::query("DELETE FROM retention").execute(&other).await.unwrap();
}

#[tokio::test]
async fn a_full_store_says_so_however_often_and_its_writer_stays_fit_for_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let how = StoreOptions { most_bytes: Some(1 << 20), ..StoreOptions::default() };
    let store = Store::open(&path, how, 1).await.unwrap();
    let big = Audited::Run { of: of(), outcome: "x".repeat(1 << 20) };
    for _ in 0..5 {
        let mut tx = store.begin().await.unwrap();
        let refused = super::audit::append(&mut tx, &big, 1).await.unwrap_err();
        assert!(matches!(refused, ServiceError::Full), "{refused:?}");
    }
    let mut tx = store.begin().await.unwrap();
    assert_eq!(super::audit::append(&mut tx, &Audited::Restored { made_at: 1 }, 1).await.unwrap(), 2);
    tx.commit().await.unwrap();
}

fn of() -> super::audit::entry::Of {
    serde_json::from_value(serde_json::json!({
        "run": mandate_model::RunId::from_bytes([1; 16]), "automation": mandate_model::AutomationId::from_bytes([1; 16]),
        "version": mandate_model::VersionId::from_digest(&[1; 32]), "event": mandate_model::EventId::from_bytes([1; 16]),
        "started": null
    }))
    .unwrap()
}
