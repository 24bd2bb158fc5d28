//! How SQLite looks things up for each event and each look at the clock: by an index, whatever number of automations there are.

use sqlx::{AssertSqlSafe, Row};

use super::{Store, StoreOptions, event, schedule};

/// What SQLite says of how it would answer.
async fn plan(sql: &'static str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.db"), StoreOptions::default(), 0).await.unwrap();
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(store.reader()).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn listeners_are_searched_by_site_subject_and_change_in_one_step() {
    assert_eq!(plan(event::LISTENERS).await, "SEARCH listen USING PRIMARY KEY (site=? AND subject=? AND change=?)");
}

#[tokio::test]
async fn whether_a_type_is_known_is_searched_in_the_same_index() {
    let plan = plan(event::IS_HEARD).await;
    assert!(plan.contains("SEARCH listen USING PRIMARY KEY (site=? AND subject=? AND change=?)"), "{plan}");
    assert!(!plan.contains("SCAN listen"), "{plan}");
}

#[tokio::test]
async fn what_is_due_is_searched_by_its_time() {
    assert_eq!(plan(schedule::DUE).await, "SEARCH schedule USING COVERING INDEX schedule_due (due<?)");
}
