//! What one cell may hold, and what one question may bring into memory.

use std::collections::BTreeMap;

use mandate_model::{ColumnSet, Failure, Query, Value, rows::MAX_CELL};
use mandate_service::{
    apply::Apply,
    embedded::{Embedded, EmbeddedError, Seed},
};

use crate::world::{World, clock, create, deal, field, id, ids, query, row, seed, text, update};

fn too_large(column: &str) -> Failure {
    let rule = "65537 bytes, and a cell has at most 65536: divide it among rows, or keep it elsewhere";
    Failure::Invalid(format!("column `{column}`: {rule}"))
}

fn long(bytes: usize) -> Value {
    text(&"x".repeat(bytes))
}

#[tokio::test]
async fn a_cell_has_a_limit_for_whoever_writes_it() {
    let world = World::new().await;
    let ana = id("user:ana");
    let stage = |bytes| vec![field("stage", long(bytes)), field("region", text("emea"))];
    let (fits, beyond) = (stage(MAX_CELL), stage(MAX_CELL + 1));
    for effect in [create(beyond.clone()), update("d1", beyond.clone())] {
        assert_eq!(world.as_("user:ana").check(&effect, &[]).await, Err(too_large("stage")));
        assert_eq!(world.db.apply(&ana, "k", &effect, &BTreeMap::new()).await, Err(too_large("stage")));
    }
    for who in [None, Some(&ana)] {
        assert_eq!(world.db.insert(who, "deals", "d6", &beyond, 1).await, Err(too_large("stage")));
        assert_eq!(world.db.update(who, "deals", "d1", &beyond, 1).await, Err(too_large("stage")));
    }
    let scan = [field("scan", Value::Bytes(vec![0; MAX_CELL + 1]))];
    assert_eq!(world.db.update(None, "deals", "d1", &scan, 1).await, Err(too_large("scan")));
    assert!(world.db.update(Some(&ana), "deals", "d1", &fits, 1).await.is_ok());
}

#[tokio::test]
async fn a_column_that_may_not_be_set_is_denied_whatever_the_size() {
    let world = World::new().await;
    let small = world.as_("user:ana").check(&update("d1", vec![field("score", Value::Integer(1))]), &[]).await;
    let large = world.as_("user:ana").check(&update("d1", vec![field("score", long(MAX_CELL + 1))]), &[]).await;
    assert!(matches!(small, Err(Failure::Denied(_))));
    assert_eq!(small, large);
}

#[tokio::test]
async fn a_cell_has_a_limit_in_a_seed() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut seed = seed();
    seed.rows.push(row("ledger", "l2", vec![field("entry", long(MAX_CELL + 1))]));
    let refused = Embedded::create(&folder.path().join("p.db"), &seed, clock()).await;
    let rule = "65537 bytes, and a cell has at most 65536: divide it among rows, or keep it elsewhere";
    let expected = format!("row `l2` of dataset `ledger`: column `entry`: {rule}");
    assert!(matches!(refused, Err(EmbeddedError::Seed(problem)) if problem.to_string() == expected));
}

/// 40 deals of ana's with a stage of 60,000 bytes, and as many that she does not see.
fn heavy() -> Seed {
    let mut seed = seed();
    let stage = "x".repeat(60_000);
    seed.rows = (0..80).map(|n| deal(&format!("d{n:02}"), ["emea", "apac"][n % 2], &stage, None)).collect();
    seed
}

#[tokio::test]
async fn an_answer_has_a_limit_and_whoever_asks_for_less_gets_all() {
    let world = World::of(&heavy()).await;
    let ana = world.as_("user:ana");
    let asked = |limit| Query { columns: vec!["stage".to_owned()], limit, ..query() };
    let limit = "an answer has at most 1048576 bytes: ask for fewer rows or columns at a time";
    assert_eq!(ana.find("deals", &asked(1000), &ColumnSet::All).await, Err(Failure::Limit(limit.to_owned())));
    assert_eq!(ana.find("deals", &asked(18), &ColumnSet::All).await, Err(Failure::Limit(limit.to_owned())));
    // The row behind the page is read too, and counts for nothing.
    let first = ana.find("deals", &asked(17), &ColumnSet::All).await.unwrap();
    assert_eq!((first.rows.len(), first.next.is_some()), (17, true));
    // Cells that are not asked for count for nothing, though each row's revision is made of them.
    let asked = Query { columns: vec!["region".to_owned()], ..query() };
    let page = ana.find("deals", &asked, &ColumnSet::All).await.unwrap();
    assert_eq!(page.rows.len(), 40);
    assert_eq!(page.rows[0].revision, first.rows[0].revision);
}

#[tokio::test]
async fn n06_hidden_rows_and_cells_count_for_nothing() {
    let (with, without) = (World::of(&heavy()).await, heavy());
    let without = World::of(&Seed {
        rows: without.rows.into_iter().filter(|row| row.fields[0].value == text("emea")).collect(),
        ..without
    })
    .await;
    let asked = |limit| Query { columns: vec!["stage".to_owned()], limit, ..query() };
    for limit in [1, 16, 17, 18, 19, 1000] {
        let pages = [&with, &without].map(|world| world.as_("user:ana"));
        let one = pages[0].find("deals", &asked(limit), &ColumnSet::All).await;
        assert_eq!(one, pages[1].find("deals", &asked(limit), &ColumnSet::All).await, "{limit}");
        assert_eq!(one.is_ok(), limit < 18);
    }
    // A column that ana may not see, in rows that she sees: 41 rows of notes with a body of 60,000 bytes each.
    let mut seed = seed();
    let note = |n| row("notes", &format!("m{n}"), vec![field("title", text("t")), field("body", long(60_000))]);
    seed.rows.extend((0..40).map(note));
    let world = World::of(&seed).await;
    let page = world.as_("user:ana").find("notes", &query(), &ColumnSet::All).await.unwrap();
    assert_eq!((ids(&page).len(), page.columns), (41, vec!["title".to_owned()]));
}
