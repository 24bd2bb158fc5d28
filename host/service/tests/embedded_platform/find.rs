//! Columns, filters and order of `find`.

use mandate_model::{ColumnSet, Comparison, Failure, Query, Scalar, Value};

use crate::world::{World, filter, filtered, ids, is_denied, is_invalid, money, named, query, text};

const VISIBLE: [&str; 10] =
    ["stage", "amount", "region", "owner", "team", "score", "weight", "open", "closed_at", "scan"];

#[tokio::test]
async fn empty_columns_mean_all_visible_within_the_powers_in_order() {
    let world = World::new().await;
    let ana = world.as_("user:ana");
    let page = ana.find("deals", &query(), &ColumnSet::All).await.unwrap();
    assert_eq!(page.columns, VISIBLE);
    let page = ana.find("deals", &query(), &named(&["margin", "region", "stage", "nonsense"])).await.unwrap();
    assert_eq!(page.columns, ["stage", "region"]);
    assert_eq!(page.rows[0].values, [text("won"), text("emea")]);
    let asked = Query { columns: vec!["open".to_owned(), "amount".to_owned()], ..query() };
    let page = ana.find("deals", &asked, &ColumnSet::All).await.unwrap();
    assert_eq!(page.columns, ["open", "amount"]);
    assert_eq!(page.rows[0].values, [Value::Boolean(true), money("100.50")]);
    assert_eq!(page.rows[1].values, [Value::Null, Value::Null]);
}

#[tokio::test]
async fn n04_hidden_and_unknown_columns_are_denied_alike_wherever_they_are_named() {
    let world = World::new().await;
    let ana = world.as_("user:ana");
    for column in ["margin", "nonsense", "id", ""] {
        let name = column.to_owned();
        let asked = [
            Query { columns: vec![name.clone()], ..query() },
            Query { order_by: Some(name.clone()), ..query() },
            // Wrong in other ways too: denied comes first.
            Query { limit: 0, after: Some("?".to_owned()), ..filtered(&name, Comparison::Less, text("x")) },
        ];
        for query in asked {
            assert!(is_denied(&ana.find("deals", &query, &ColumnSet::All).await), "{query:?}");
        }
    }
    // Visible, but not within the powers.
    let asked = Query { columns: vec!["amount".to_owned()], ..query() };
    assert!(is_denied(&ana.find("deals", &asked, &named(&["stage"])).await));
    let boss = world.as_("user:boss");
    assert!(
        boss.find("deals", &Query { order_by: Some("margin".to_owned()), ..query() }, &ColumnSet::All).await.is_ok()
    );
}

#[tokio::test]
async fn denied_comes_before_invalid_for_unknown_and_hidden_datasets() {
    let world = World::new().await;
    let wrong = Query { limit: 0, ..query() };
    for dataset in ["ledger", "nonsense", "", "platform", "data_deals"] {
        assert!(is_denied(&world.as_("user:ana").find(dataset, &wrong, &ColumnSet::All).await), "{dataset}");
    }
    assert!(is_invalid(&world.as_("user:boss").find("ledger", &wrong, &ColumnSet::All).await));
}

#[tokio::test]
async fn what_is_wrong_whoever_asks_is_invalid() {
    let world = World::new().await;
    let ana = world.as_("user:ana");
    let items = |items: Vec<Scalar>| Value::Items(items);
    let twice = Query { columns: vec!["stage".to_owned(), "stage".to_owned()], ..query() };
    let asked = [
        Query { limit: 0, ..query() },
        Query { limit: 1001, ..query() },
        Query { after: Some(String::new()), ..query() },
        Query { after: Some("d1".to_owned()), ..query() },
        twice,
        filtered("stage", Comparison::Equal, Value::Integer(1)),
        filtered("stage", Comparison::Other, text("won")),
        filtered("stage", Comparison::Less, Value::Null),
        filtered("stage", Comparison::OneOf, text("won")),
        filtered("stage", Comparison::OneOf, items(vec![Scalar::Text("a".to_owned()), Scalar::Integer(1)])),
        filtered("stage", Comparison::OneOf, items(vec![Scalar::Null])),
        filtered("stage", Comparison::Equal, items(vec![])),
        filtered("amount", Comparison::Contains, text("1")),
        filtered("amount", Comparison::Equal, money("1.005")),
        filtered("amount", Comparison::Equal, Value::Number(1.0)),
        filtered("owner", Comparison::Equal, text("ana")),
        filtered("owner", Comparison::Equal, text("team:emea")),
        filtered("weight", Comparison::Less, Value::Number(f64::NAN)),
        filtered("closed_at", Comparison::Less, Value::Integer(1)),
    ];
    for query in asked {
        assert!(is_invalid(&ana.find("deals", &query, &ColumnSet::All).await), "{query:?}");
    }
}

#[tokio::test]
async fn each_comparison_on_values_and_nulls() {
    let world = World::new().await;
    let boss = world.as_("user:boss");
    let texts = |texts: &[&str]| Value::Items(texts.iter().map(|text| Scalar::Text((*text).to_owned())).collect());
    // Amounts: d1 100.50, d2 null, d3 -1.00, d4 20.00, d5 30.00. Stages: won, Lost, open, open, won.
    let cases: [(&str, Comparison, Value, &[&str]); 25] = [
        ("amount", Comparison::Equal, money("100.5"), &["d1"]),
        ("amount", Comparison::Equal, Value::Null, &["d2"]),
        ("amount", Comparison::NotEqual, money("20"), &["d1", "d3", "d5"]),
        ("amount", Comparison::NotEqual, Value::Null, &["d1", "d3", "d4", "d5"]),
        ("amount", Comparison::Less, money("20"), &["d3"]),
        ("amount", Comparison::AtMost, money("20"), &["d3", "d4"]),
        ("amount", Comparison::Greater, money("20.00"), &["d1", "d5"]),
        ("amount", Comparison::AtLeast, money("20.000"), &["d1", "d4", "d5"]),
        ("amount", Comparison::OneOf, Value::Items(vec![Scalar::Decimal("30.0".to_owned())]), &["d5"]),
        ("stage", Comparison::Less, text("a"), &["d2"]),
        ("stage", Comparison::Contains, text("o"), &["d1", "d2", "d3", "d4", "d5"]),
        ("stage", Comparison::Contains, text("O"), &[]),
        ("stage", Comparison::Contains, text("%"), &[]),
        ("stage", Comparison::Contains, text(""), &["d1", "d2", "d3", "d4", "d5"]),
        ("stage", Comparison::OneOf, texts(&["won", "Lost"]), &["d1", "d2", "d5"]),
        ("stage", Comparison::OneOf, texts(&[]), &[]),
        ("owner", Comparison::Equal, text("user:ana"), &["d1"]),
        ("owner", Comparison::NotEqual, text("user:bob"), &["d1"]),
        ("team", Comparison::Equal, text("team:spain"), &["d1"]),
        ("open", Comparison::Equal, Value::Boolean(true), &["d1"]),
        ("open", Comparison::NotEqual, Value::Boolean(true), &[]),
        ("weight", Comparison::AtMost, Value::Number(0.5), &["d1"]),
        ("closed_at", Comparison::AtLeast, Value::Timestamp(7), &["d1"]),
        ("scan", Comparison::Equal, Value::Bytes(vec![0, 1]), &["d1"]),
        ("score", Comparison::Greater, Value::Integer(i64::MIN), &["d1"]),
    ];
    for (column, comparison, value, expected) in cases {
        let asked = filtered(column, comparison, value);
        let page = boss.find("deals", &asked, &ColumnSet::All).await.unwrap();
        assert_eq!(ids(&page), expected, "{asked:?}");
    }
    let mut both = filtered("stage", Comparison::Equal, text("won"));
    both.filters.push(filter("amount", Comparison::Less, money("50")));
    assert_eq!(ids(&boss.find("deals", &both, &ColumnSet::All).await.unwrap()), ["d5"]);
}

#[tokio::test]
async fn n06_filters_see_visible_rows_only() {
    let world = World::new().await;
    let open = filtered("stage", Comparison::Equal, text("open"));
    let page = world.as_("user:ana").find("deals", &open, &ColumnSet::All).await.unwrap();
    assert_eq!(ids(&page), ["d4"]);
}

#[tokio::test]
async fn order_is_bytewise_nulls_first_and_reversed_as_a_whole() {
    let world = World::new().await;
    let boss = world.as_("user:boss");
    let cases: [(Option<&str>, bool, [&str; 5]); 6] = [
        (None, false, ["d1", "d2", "d3", "d4", "d5"]),
        (None, true, ["d5", "d4", "d3", "d2", "d1"]),
        (Some("amount"), false, ["d2", "d3", "d4", "d5", "d1"]),
        (Some("amount"), true, ["d1", "d5", "d4", "d3", "d2"]),
        (Some("stage"), false, ["d2", "d3", "d4", "d1", "d5"]),
        (Some("stage"), true, ["d5", "d1", "d4", "d3", "d2"]),
    ];
    for (column, descending, expected) in cases {
        let asked = Query { order_by: column.map(str::to_owned), descending, ..query() };
        let page = boss.find("deals", &asked, &ColumnSet::All).await.unwrap();
        assert_eq!(ids(&page), expected, "{asked:?}");
        assert_eq!(page.next, None);
    }
}

#[tokio::test]
async fn what_contains_looks_for_is_bounded() {
    let world = World::new().await;
    let ana = world.as_("user:ana");
    let asked = |bytes: usize| filtered("stage", Comparison::Contains, text(&"a".repeat(bytes)));
    assert!(ana.find("deals", &asked(256), &ColumnSet::All).await.is_ok());
    let refused = ana.find("deals", &asked(257), &ColumnSet::All).await;
    assert_eq!(refused, Err(Failure::Limit("`contains` takes a text of at most 256 bytes".to_owned())));
}
