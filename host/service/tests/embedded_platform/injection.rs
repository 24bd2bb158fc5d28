//! Names and values from outside never become SQL.

use mandate_model::{ColumnSet, Comparison, Query, Scalar, Value};

use crate::world::{World, field, filtered, ids, is_denied, query, text, update};

const EVIL: [&str; 8] = [
    "'",
    "\"",
    "'; drop table data_deals; --",
    "\"; drop table data_deals; --",
    "x' or '1'='1",
    "c_margin",
    "stage\" or 1=1 --",
    "?1 $1 :a @b",
];

#[tokio::test]
async fn in_names() {
    let world = World::new().await;
    let boss = world.as_("user:boss");
    for evil in EVIL {
        assert!(is_denied(&boss.find(evil, &query(), &ColumnSet::All).await), "{evil}");
        assert!(is_denied(&boss.get(evil, "d1", &ColumnSet::All).await), "{evil}");
        let order = Query { order_by: Some(evil.to_owned()), ..query() };
        assert!(is_denied(&boss.find("deals", &order, &ColumnSet::All).await), "{evil}");
        let filter = filtered(evil, Comparison::Equal, Value::Null);
        assert!(is_denied(&boss.find("deals", &filter, &ColumnSet::All).await), "{evil}");
        assert!(is_denied(&boss.check(&update("d1", vec![field(evil, Value::Null)]), &[]).await), "{evil}");
    }
    assert_eq!(world.ids("user:boss", "deals").await.unwrap().len(), 5);
}

#[tokio::test]
async fn in_values_and_ids() {
    let world = World::new().await;
    let boss = world.as_("user:boss");
    for (number, evil) in EVIL.into_iter().enumerate() {
        world.db.update(None, "deals", "d1", &[field("stage", text(evil))], 1).await.unwrap();
        let items = Value::Items(vec![Scalar::Text(evil.to_owned())]);
        let asked = [
            filtered("stage", Comparison::Equal, text(evil)),
            filtered("stage", Comparison::Contains, text(evil)),
            filtered("stage", Comparison::OneOf, items),
        ];
        for asked in asked {
            let page = boss.find("deals", &asked, &ColumnSet::All).await.unwrap();
            assert_eq!(ids(&page), ["d1"], "{evil}");
            assert_eq!(page.rows[0].values[0], text(evil));
        }
        assert!(is_denied(&boss.get("deals", evil, &ColumnSet::All).await), "{evil}");
        let fields = [field("stage", text("open")), field("region", text(evil))];
        world.db.insert(None, "deals", evil, &fields, 1).await.unwrap();
        assert_eq!(boss.get("deals", evil, &ColumnSet::All).await.unwrap().id, evil);
        assert_eq!(world.ids("user:boss", "deals").await.unwrap().len(), 6 + number);
    }
}
