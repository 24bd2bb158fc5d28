//! What a hand may ask for.

use mandate_model::{Effect, Failure, Value};
use mandate_policy::Right;

use crate::world::{World, create, field, grant, id, is_denied, is_invalid, money, remove, text, update, update_if};

async fn check(world: &World, who: &str, effect: &Effect, before: &[Effect]) -> Result<(), Failure> {
    world.as_(who).check(effect, before).await
}

fn new_deal(region: &str) -> Effect {
    create(vec![field("stage", text("open")), field("region", text(region))])
}

#[tokio::test]
async fn mon_19_a_column_that_one_sees_but_may_not_edit_is_denied() {
    let world = World::new().await;
    let set = |name: &str, value: Value| update("d1", vec![field(name, value)]);
    assert_eq!(check(&world, "user:ana", &set("stage", text("open")), &[]).await, Ok(()));
    for effect in [set("score", Value::Integer(1)), set("margin", money("1")), set("nonsense", Value::Null)] {
        assert!(is_denied(&check(&world, "user:ana", &effect, &[]).await), "{effect:?}");
    }
    assert_eq!(check(&world, "user:boss", &set("score", Value::Integer(1)), &[]).await, Ok(()));
}

#[tokio::test]
async fn n04_hidden_and_unknown_rows_and_datasets_are_denied_before_anything_is_invalid() {
    let world = World::new().await;
    let wrong = || vec![field("stage", Value::Integer(1))];
    for row in ["d3", "d9", "new:7", ""] {
        assert!(is_denied(&check(&world, "user:ana", &update(row, wrong()), &[]).await), "{row}");
        assert!(is_denied(&check(&world, "user:ana", &remove(row), &[]).await), "{row}");
    }
    for dataset in ["ledger", "nonsense"] {
        let (dataset, fields) = (dataset.to_owned(), wrong());
        let effects = [
            Effect::Create { dataset: dataset.clone(), placeholder: "bad".to_owned(), fields: fields.clone() },
            Effect::Update { dataset: dataset.clone(), id: "l1".to_owned(), fields, if_revision: None },
            Effect::Remove { dataset, id: "l1".to_owned() },
        ];
        for effect in effects {
            assert!(is_denied(&check(&world, "user:ana", &effect, &[]).await), "{effect:?}");
        }
    }
    let invoke = Effect::Invoke { operation: "mail".to_owned(), arguments: "{}".to_owned() };
    assert!(is_denied(&check(&world, "user:boss", &invoke, &[]).await));
}

#[tokio::test]
async fn values_that_do_not_fit_are_invalid() {
    let world = World::new().await;
    let stage = || field("stage", text("open"));
    let effects = [
        update("d1", vec![field("stage", Value::Integer(1))]),
        update("d1", vec![field("stage", Value::Null)]),
        update("d1", vec![stage(), stage()]),
        update("d1", vec![field("amount", money("1.005"))]),
        update("d1", vec![field("owner", text("ana"))]),
        update("d1", vec![field("weight", Value::Number(f64::INFINITY))]),
        create(vec![field("region", text("emea"))]),
        create(vec![field("region", text("emea")), field("stage", Value::Null)]),
        Effect::Create {
            dataset: "deals".to_owned(),
            placeholder: "d1".to_owned(),
            fields: vec![stage(), field("region", text("emea"))],
        },
    ];
    for effect in effects {
        assert!(is_invalid(&check(&world, "user:ana", &effect, &[]).await), "{effect:?}");
    }
}

#[tokio::test]
async fn a_missing_column_that_one_may_not_set_is_denied_and_not_named() {
    let world = World::new().await;
    let policies = format!(
        "{}forbid (principal, action == Action::\"update-column\", resource == Column::\"deals.stage\");",
        crate::world::POLICIES
    );
    world.db.replace_policies(&policies).await.unwrap();
    assert!(is_denied(&check(&world, "user:ana", &create(vec![field("region", text("emea"))]), &[]).await));
}

#[tokio::test]
async fn the_row_is_judged_before_the_change_and_after_it() {
    let world = World::new().await;
    let moved = |row: &str, region: &str| update(row, vec![field("region", text(region))]);
    // Out of ana's region: she would lose it.
    assert!(is_denied(&check(&world, "user:ana", &moved("d1", "apac"), &[]).await));
    // Into it: she does not have it yet.
    assert!(is_denied(&check(&world, "user:ana", &moved("d3", "emea"), &[]).await));
    assert_eq!(check(&world, "user:boss", &moved("d1", "apac"), &[]).await, Ok(()));
    assert_eq!(check(&world, "user:ana", &new_deal("emea"), &[]).await, Ok(()));
    assert!(is_denied(&check(&world, "user:ana", &new_deal("apac"), &[]).await));
    // She owns d1 and not d2.
    assert_eq!(check(&world, "user:ana", &remove("d1"), &[]).await, Ok(()));
    assert!(is_denied(&check(&world, "user:ana", &remove("d2"), &[]).await));
}

#[tokio::test]
async fn sight_and_the_right_to_change_are_two_things() {
    let world = World::new().await;
    let policies = |reads: &str, changes: &str| {
        let rule = |actions: &str, rows: &str| {
            format!("permit (principal, action in [{actions}], resource is deals) when {{ {rows} }};")
        };
        let columns = "permit (principal, action in [Action::\"read-column\", Action::\"update-column\"], resource);";
        let changing = rule("Action::\"update\", Action::\"remove\"", changes);
        [rule("Action::\"read\"", reads), changing, columns.to_owned()].concat()
    };
    let (emea, all) = ("resource.region == \"emea\"", "true");
    let (out, into) =
        (update("d1", vec![field("region", text("apac"))]), update("d3", vec![field("region", text("emea"))]));
    // May change every row, but sees emea only: what is hidden cannot be changed, even if it could be seen afterwards.
    world.db.replace_policies(&policies(emea, all)).await.unwrap();
    assert!(is_denied(&check(&world, "user:ana", &into, &[]).await));
    assert!(is_denied(&check(&world, "user:ana", &remove("d3"), &[]).await));
    assert_eq!(check(&world, "user:ana", &out, &[]).await, Ok(()));
    // Sees every row, but may change emea only, before the change and after it.
    world.db.replace_policies(&policies(all, emea)).await.unwrap();
    assert!(is_denied(&check(&world, "user:ana", &into, &[]).await));
    assert!(is_denied(&check(&world, "user:ana", &out, &[]).await));
    assert!(is_denied(&check(&world, "user:ana", &remove("d3"), &[]).await));
    assert_eq!(check(&world, "user:ana", &update("d1", vec![field("stage", text("x"))]), &[]).await, Ok(()));
}

#[tokio::test]
async fn each_right_needs_its_own_grant_and_a_change_needs_sight() {
    let world = World::new().await;
    // Bob may read deals of apac and nothing more.
    for effect in [update("d3", vec![field("stage", text("won"))]), remove("d3"), new_deal("apac")] {
        assert!(is_denied(&check(&world, "user:bob", &effect, &[]).await), "{effect:?}");
    }
    world.db.grant(&id("user:bob"), &grant(Right::Update, "deals")).await.unwrap();
    let change = update("d3", vec![field("stage", text("won"))]);
    assert_eq!(check(&world, "user:bob", &change, &[]).await, Ok(()));
    world.db.revoke(&id("user:bob"), &grant(Right::Read, "deals")).await.unwrap();
    assert!(is_denied(&check(&world, "user:bob", &change, &[]).await));
    // Adding needs no sight.
    world.db.grant(&id("user:bob"), &grant(Right::Create, "deals")).await.unwrap();
    assert_eq!(check(&world, "user:bob", &new_deal("apac"), &[]).await, Ok(()));
}

#[tokio::test]
async fn earlier_effects_of_the_act_are_taken_into_account() {
    let world = World::new().await;
    let stage = || vec![field("stage", text("won"))];
    let made = [new_deal("emea")];
    assert_eq!(check(&world, "user:ana", &update("new:1", stage()), &made).await, Ok(()));
    assert!(is_denied(&check(&world, "user:ana", &update("new:2", stage()), &made).await));
    assert!(is_denied(&check(&world, "user:ana", &update("new:1", vec![field("region", text("apac"))]), &made).await));
    assert!(is_invalid(&check(&world, "user:ana", &new_deal("emea"), &made).await));
    // Not hers to remove, until the update before made her the owner.
    assert!(is_denied(&check(&world, "user:ana", &remove("new:1"), &made).await));
    let owned = [new_deal("emea"), update("new:1", vec![field("owner", text("user:ana"))])];
    assert_eq!(check(&world, "user:ana", &remove("new:1"), &owned).await, Ok(()));
    assert!(is_denied(&check(&world, "user:ana", &update("d1", stage()), &[remove("d1")]).await));
    // A placeholder stands for a row of its own dataset only.
    let elsewhere = Effect::Update {
        dataset: "notes".to_owned(),
        id: "new:1".to_owned(),
        fields: vec![field("title", text("t"))],
        if_revision: None,
    };
    assert!(is_denied(&check(&world, "user:boss", &elsewhere, &made).await));
}

#[tokio::test]
async fn if_revision_must_be_the_one_that_was_seen() {
    let world = World::new().await;
    let seen = world.revision("user:ana", "d1").await;
    let stage = || vec![field("stage", text("open"))];
    assert_eq!(check(&world, "user:ana", &update_if("d1", stage(), &seen), &[]).await, Ok(()));
    assert!(is_denied(&check(&world, "user:ana", &update_if("d1", stage(), "0"), &[]).await));
    assert!(is_denied(&check(&world, "user:boss", &update_if("d1", stage(), &seen), &[]).await));
    // A change that ana cannot see is none for her.
    world.db.update(None, "deals", "d1", &[field("margin", money("7"))], 1).await.unwrap();
    assert_eq!(check(&world, "user:ana", &update_if("d1", stage(), &seen), &[]).await, Ok(()));
    let earlier = [update("d1", vec![field("amount", money("1"))])];
    assert!(is_denied(&check(&world, "user:ana", &update_if("d1", stage(), &seen), &earlier).await));
}

#[tokio::test]
async fn a_check_changes_nothing() {
    let world = World::new().await;
    let before = world.revision("user:boss", "d1").await;
    check(&world, "user:ana", &update("d1", vec![field("stage", text("open"))]), &[]).await.unwrap();
    check(&world, "user:ana", &remove("d1"), &[]).await.unwrap();
    assert_eq!(world.revision("user:boss", "d1").await, before);
    assert_eq!(world.db.pending_occurrences(10).await, Ok(vec![]));
}
