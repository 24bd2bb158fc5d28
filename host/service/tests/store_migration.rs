//! What was stored before a migration is there after it.
#![allow(clippy::unwrap_used, reason = "tests")]

use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};

const BEFORE: [&str; 3] = [
    include_str!("../migrations/store/0001_store.sql"),
    include_str!("../migrations/store/0002_event_reason.sql"),
    include_str!("../migrations/store/0003_governance.sql"),
];
const TELL: &str = include_str!("../migrations/store/0004_tell.sql");

/// A delivered message of bob's in a run of before.
const KEPT: &str = "
INSERT INTO version VALUES ('ver_1', '{}', 1);
INSERT INTO automation VALUES ('aut_1', '{}', NULL);
INSERT INTO event (id, occurrence, state, at) VALUES ('evt_1', '{}', 'matched', 1);
INSERT INTO run (id, automation, version, event, state, due) VALUES ('run_1', 'aut_1', 'ver_1', 'evt_1', 'planned', 1);
INSERT INTO part (id, run, kind, principal, state, due) VALUES ('prt_1', 'run_1', 'act', 'user:ana', 'done', 1);
INSERT INTO message VALUES ('msg_1', 'prt_1', 0, 'key', 'user:bob', '{}', 7);
";

async fn migrated() -> SqlitePool {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    for sql in BEFORE.into_iter().chain([KEPT, TELL]) {
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    }
    pool
}

#[tokio::test]
async fn messages_and_runs_of_before_are_kept_and_were_evaluated_as_recipients() {
    let pool = migrated().await;
    let kept: (String, String, i64) =
        sqlx::query_as("SELECT part, recipient, delivered FROM message").fetch_one(&pool).await.unwrap();
    assert_eq!(kept, ("prt_1".to_owned(), "user:bob".to_owned(), 7));
    let tells_as: String = sqlx::query_scalar("SELECT tells_as FROM run").fetch_one(&pool).await.unwrap();
    assert_eq!(tells_as, "recipient");
    sqlx::query("UPDATE run SET tells_as = 'both'").execute(&pool).await.unwrap_err();
}

#[tokio::test]
async fn a_part_tells_several_people_about_one_finding_and_each_of_them_once() {
    let pool = migrated().await;
    let insert = |id: &'static str, recipient: &'static str| {
        sqlx::query("INSERT INTO message VALUES ($1, 'prt_1', 1, 'key', $2, '{}', 8)").bind(id).bind(recipient)
    };
    insert("msg_2", "user:cleo").execute(&pool).await.unwrap();
    insert("msg_3", "user:bob").execute(&pool).await.unwrap_err();
    // They go with their part.
    sqlx::query("DELETE FROM part").execute(&pool).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM message").fetch_one(&pool).await.unwrap();
    assert_eq!(left, 0);
}
