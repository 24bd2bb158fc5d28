//! Whether the `where` of a trigger fits a dataset, for who writes it.

use mandate_model::{Failure, RowFilter};

use crate::world::{World, id, is_denied, is_invalid};

fn only(column: &str, value: &str) -> Vec<RowFilter> {
    serde_json::from_value(serde_json::json!([{ "column": column, "is": "equal", "value": value }])).unwrap()
}

async fn fits(world: &World, who: &str, dataset: &str, column: &str, value: &str) -> Result<(), Failure> {
    world.as_(who).fits(dataset, &only(column, value)).await
}

#[tokio::test]
async fn n04_hidden_and_absent_columns_and_datasets_are_denied_alike_before_anything_is_wrong() {
    let world = World::new().await;
    assert_eq!(fits(&world, "user:ana", "deals", "amount", "12.50").await, Ok(()));
    assert_eq!(fits(&world, "user:boss", "deals", "margin", "12.50").await, Ok(()));
    for (dataset, column) in [("deals", "margin"), ("deals", "nonsense"), ("ledger", "x"), ("nonsense", "x")] {
        assert!(is_denied(&fits(&world, "user:ana", dataset, column, "nonsense").await), "{dataset}.{column}");
    }
    assert!(is_denied(&fits(&world, "user:eve", "deals", "amount", "12.50").await), "deactivated");
    let both = [only("amount", "nonsense"), only("margin", "1.00")].concat();
    assert!(is_denied(&world.as_("user:ana").fits("deals", &both).await), "first what may not be known");
}

#[tokio::test]
async fn a_value_of_another_type_is_told() {
    let world = World::new().await;
    let wrong = fits(&world, "user:ana", "deals", "amount", "much").await;
    assert!(is_invalid(&wrong), "{wrong:?}");
    assert!(
        wrong.unwrap_err().to_string().contains("`amount` is compared with a number in quotes such as `\"12.50\"`")
    );
    world.db.set_active(&id("user:ana"), false).await.unwrap();
    assert!(is_denied(&fits(&world, "user:ana", "deals", "amount", "much").await));
}
