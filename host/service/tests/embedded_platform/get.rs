//! `get`, and revisions.

use mandate_model::{ColumnSet, Value};

use crate::world::{World, field, is_denied, money, named, text};

#[tokio::test]
async fn n02_one_row_with_visible_columns_within_the_powers() {
    let world = World::new().await;
    let row = world.as_("user:ana").get("deals", "d1", &named(&["scan", "amount", "margin"])).await.unwrap();
    assert_eq!(row.id, "d1");
    assert_eq!(row.fields, [field("amount", money("100.50")), field("scan", Value::Bytes(vec![0, 1]))]);
    let row = world.as_("user:boss").get("deals", "d1", &named(&["margin"])).await.unwrap();
    assert_eq!(row.fields, [field("margin", money("1.00"))]);
}

#[tokio::test]
async fn n04_absent_hidden_and_malformed_ids_are_denied_alike() {
    let world = World::new().await;
    for row in ["d3", "d9", "", "new:1", "\0", "d1\" or 1=1", &"x".repeat(100_000)] {
        assert!(is_denied(&world.as_("user:ana").get("deals", row, &ColumnSet::All).await));
    }
    assert!(is_denied(&world.as_("user:ana").get("ledger", "l1", &ColumnSet::All).await));
    assert!(is_denied(&world.as_("user:ana").get("nonsense", "l1", &ColumnSet::All).await));
}

#[tokio::test]
async fn a_revision_changes_when_and_only_when_a_visible_cell_does() {
    let world = World::new().await;
    let (ana, carla, boss) = (
        world.revision("user:ana", "d1").await,
        world.revision("user:carla", "d1").await,
        world.revision("user:boss", "d1").await,
    );
    assert_eq!(ana, carla, "equal sight, equal revisions");
    assert_ne!(ana, boss);
    world.db.update(None, "deals", "d1", &[field("margin", money("2"))], 1).await.unwrap();
    assert_eq!(world.revision("user:ana", "d1").await, ana);
    assert_ne!(world.revision("user:boss", "d1").await, boss);
    world.db.update(None, "deals", "d1", &[field("stage", text("lost"))], 2).await.unwrap();
    assert_ne!(world.revision("user:ana", "d1").await, ana);
    world.db.update(None, "deals", "d1", &[field("stage", text("won"))], 3).await.unwrap();
    assert_eq!(world.revision("user:ana", "d1").await, ana);
}

#[tokio::test]
async fn a_revision_does_not_depend_on_the_powers_and_is_the_same_in_pages() {
    let world = World::new().await;
    let ana = world.as_("user:ana");
    let all = world.revision("user:ana", "d1").await;
    assert_eq!(ana.get("deals", "d1", &named(&["stage"])).await.unwrap().revision, all);
    let page = ana.find("deals", &crate::world::query(), &named(&["stage"])).await.unwrap();
    assert_eq!(page.rows[0].revision, all);
    assert!(all.len() >= 16 && all.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(world.revision("user:ana", "d2").await, world.revision("user:ana", "d4").await);
}
