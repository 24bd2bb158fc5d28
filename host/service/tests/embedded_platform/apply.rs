//! Carrying effects out.

use std::collections::BTreeMap;

use mandate_model::{Change, ColumnSet, Effect, Failure, PrincipalId};
use mandate_policy::Right;
use mandate_service::apply::{Applied, Apply};

use crate::world::{World, create, field, grant, id, is_denied, is_invalid, remove, text, update, update_if};

async fn apply(world: &World, who: &str, key: &str, effect: &Effect) -> Result<Applied, Failure> {
    world.db.apply(&id(who), key, effect, &BTreeMap::new()).await
}

#[tokio::test]
async fn a_key_is_carried_out_once() {
    let world = World::new().await;
    let made = create(vec![field("stage", text("open")), field("region", text("emea"))]);
    let first = apply(&world, "user:ana", "run/act/0", &made).await.unwrap();
    let again = apply(&world, "user:ana", "run/act/0", &made).await.unwrap();
    assert!(!first.before && again.before);
    assert_eq!(first.id, again.id);
    let row = first.id.unwrap();
    assert!(row.starts_with("row_"), "{row}");
    assert_eq!(world.ids("user:ana", "deals").await.unwrap(), ["d1", "d2", "d4", &row]);
    let other = apply(&world, "user:ana", "run/act/1", &made).await.unwrap();
    assert_ne!(other.id, Some(row));
    // Also where the right is gone meanwhile: it had been carried out.
    world.db.set_active(&id("user:ana"), false).await.unwrap();
    assert!(apply(&world, "user:ana", "run/act/0", &made).await.unwrap().before);
}

#[tokio::test]
async fn rights_are_judged_again_and_a_refusal_is_not_remembered() {
    let world = World::new().await;
    let change = update("d1", vec![field("stage", text("lost"))]);
    world.as_("user:ana").check(&change, &[]).await.unwrap();
    world.db.revoke(&id("team:emea"), &grant(Right::Update, "deals")).await.unwrap();
    assert!(is_denied(&apply(&world, "user:ana", "k", &change).await));
    assert!(is_invalid(&apply(&world, "user:boss", "k", &update("d1", vec![field("stage", text("\0"))])).await));
    assert_eq!(world.db.pending_occurrences(10).await, Ok(vec![]));
    world.db.grant(&id("user:ana"), &grant(Right::Update, "deals")).await.unwrap();
    let applied = apply(&world, "user:ana", "k", &change).await.unwrap();
    assert_eq!(applied, Applied { id: Some("d1".to_owned()), before: false });
    let row = world.as_("user:ana").get("deals", "d1", &ColumnSet::All).await.unwrap();
    assert_eq!(row.fields[0], field("stage", text("lost")));
}

#[tokio::test]
async fn if_revision_is_judged_again() {
    let world = World::new().await;
    let seen = world.revision("user:ana", "d1").await;
    let change = update_if("d1", vec![field("stage", text("lost"))], &seen);
    world.as_("user:ana").check(&change, &[]).await.unwrap();
    world.db.update(None, "deals", "d1", &[field("stage", text("other"))], 1).await.unwrap();
    assert!(is_denied(&apply(&world, "user:ana", "k", &change).await));
}

#[tokio::test]
async fn what_happened_is_told_until_it_was_taken_over_with_the_key_of_its_effect() {
    let world = World::new().await;
    apply(&world, "user:ana", "run/act/0", &update("d1", vec![field("stage", text("lost"))])).await.unwrap();
    world.db.update(None, "deals", "d1", &[field("stage", text("other"))], 1).await.unwrap();
    let told = world.db.happened(10).await.unwrap();
    assert_eq!(told.iter().map(|one| one.cause.as_deref()).collect::<Vec<_>>(), [Some("run/act/0"), None]);
    assert_eq!(world.db.happened(1).await.unwrap(), told[..1], "the oldest first");
    world.db.taken_over(&[told[0].id.clone(), "unknown".to_owned()]).await.unwrap();
    assert_eq!(world.db.happened(10).await.unwrap(), told[1..]);
    world.db.taken_over(&[told[1].id.clone()]).await.unwrap();
    assert_eq!(world.db.happened(10).await.unwrap(), []);
}

#[tokio::test]
async fn placeholders_become_real_ids() {
    let world = World::new().await;
    let made =
        create(vec![field("stage", text("open")), field("region", text("emea")), field("owner", text("user:ana"))]);
    let row = apply(&world, "user:ana", "k0", &made).await.unwrap().id.unwrap();
    assert!(is_denied(&apply(&world, "user:ana", "k1", &update("new:1", vec![])).await));
    let ids = BTreeMap::from([("new:1".to_owned(), row.clone())]);
    let ana: PrincipalId = id("user:ana");
    let change = update("new:1", vec![field("stage", text("won"))]);
    assert_eq!(world.db.apply(&ana, "k1", &change, &ids).await.unwrap().id, Some(row.clone()));
    assert_eq!(world.db.apply(&ana, "k2", &remove("new:1"), &ids).await.unwrap().id, Some(row));
    assert_eq!(world.ids("user:ana", "deals").await.unwrap(), ["d1", "d2", "d4"]);
}

#[tokio::test]
async fn the_occurrence_is_kept_with_the_change() {
    let world = World::new().await;
    apply(&world, "user:ana", "k0", &update("d1", vec![field("stage", text("lost"))])).await.unwrap();
    // No cell differs: carried out, and nothing to tell.
    apply(&world, "user:ana", "k1", &update("d1", vec![field("stage", text("lost"))])).await.unwrap();
    apply(&world, "user:ana", "k2", &remove("d1")).await.unwrap();
    let pending = world.db.pending_occurrences(10).await.unwrap();
    let told: Vec<_> =
        pending.iter().map(|one| (one.change, one.changed.clone(), one.at, one.source.as_str())).collect();
    let changed = Some(vec!["stage".to_owned()]);
    assert_eq!(told, [(Change::Updated, changed, 1_000, "embedded"), (Change::Removed, None, 1_000, "embedded")]);
    let image = pending[1].image.as_ref().unwrap();
    assert_eq!(image[0], field("stage", text("lost")));
    assert_eq!(image.len(), 11, "all cells");
}

#[tokio::test]
async fn operations_are_denied() {
    let world = World::new().await;
    let invoke = Effect::Invoke { operation: "mail".to_owned(), arguments: "{}".to_owned() };
    assert!(is_denied(&apply(&world, "user:boss", "k", &invoke).await));
}
