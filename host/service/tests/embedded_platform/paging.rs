//! Paging over rows half of which are hidden.

use mandate_model::{ColumnSet, Query};
use mandate_service::embedded::Seed;

use crate::world::{World, deal, ids, query, seed};

/// `count` deals, each second one hidden from ana, with few amounts and many nulls so that the sort values tie.
fn many(count: usize) -> Seed {
    let mut seed = seed();
    seed.rows.retain(|row| row.dataset != "deals");
    seed.rows.extend((0..count).map(|number| {
        let region = if number % 2 == 0 { "emea" } else { "apac" };
        let amount = ["1", "2", "3"].get(number / 2 % 5).copied();
        deal(&format!("d{number:04}"), region, "open", amount)
    }));
    seed
}

/// All pages of `base`, checking that each but the last is full.
async fn walk(world: &World, base: &Query) -> Vec<String> {
    let (ana, mut found, mut asked) = (world.as_("user:ana"), Vec::new(), base.clone());
    loop {
        let page = ana.find("deals", &asked, &ColumnSet::All).await.unwrap();
        found.extend(ids(&page));
        assert!(page.next.is_none() || page.rows.len() == asked.limit as usize, "a page is not full");
        assert!(!page.rows.is_empty(), "an empty last page says that hidden rows follow");
        asked.after = page.next;
        if asked.after.is_none() {
            return found;
        }
    }
}

async fn every_page_size(world: &World, count: u32) {
    for order_by in [None, Some("amount".to_owned())] {
        for descending in [false, true] {
            let base = Query { order_by: order_by.clone(), descending, ..query() };
            let whole = walk(world, &base).await;
            assert_eq!(whole.len(), count as usize);
            for limit in 1..=count + 1 {
                assert_eq!(walk(world, &Query { limit, ..base.clone() }).await, whole, "{base:?} {limit}");
            }
        }
    }
}

#[tokio::test]
async fn n05_pages_of_every_size_are_full_and_have_no_gaps() {
    let world = World::of(&many(24)).await;
    every_page_size(&world, 12).await;
}

#[tokio::test]
async fn n05_a_thousand_rows_with_half_hidden() {
    let world = World::of(&many(1000)).await;
    let base = Query { order_by: Some("amount".to_owned()), ..query() };
    let whole = walk(&world, &base).await;
    assert_eq!(whole.len(), 500);
    for limit in [7, 100, 499, 500, 501] {
        assert_eq!(walk(&world, &Query { limit, ..base.clone() }).await, whole, "{limit}");
    }
}

#[tokio::test]
async fn n01_hidden_rows_change_neither_pages_nor_cursors() {
    let (one, other) = (World::of(&many(20)).await, World::of(&many(20)).await);
    for row in ["d0001", "d0007"] {
        other.db.remove(None, "deals", row, 1).await.unwrap();
    }
    let asked = Query { limit: 3, order_by: Some("amount".to_owned()), ..query() };
    let pages = [&one, &other].map(|world| world.as_("user:ana"));
    assert_eq!(
        pages[0].find("deals", &asked, &ColumnSet::All).await,
        pages[1].find("deals", &asked, &ColumnSet::All).await
    );
}

#[tokio::test]
async fn a_row_that_moves_behind_the_cursor_is_not_delivered_twice() {
    let world = World::of(&many(10)).await;
    let ana = world.as_("user:ana");
    let asked = Query { limit: 2, ..query() };
    let first = ana.find("deals", &asked, &ColumnSet::All).await.unwrap();
    assert_eq!(ids(&first), ["d0000", "d0002"]);
    world.db.remove(None, "deals", "d0002", 1).await.unwrap();
    let second = ana.find("deals", &Query { after: first.next, ..asked }, &ColumnSet::All).await.unwrap();
    assert_eq!(ids(&second), ["d0004", "d0006"]);
}
