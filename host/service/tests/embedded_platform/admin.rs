//! What an administrator does, and the occurrences of it.

use std::collections::BTreeSet;

use mandate_model::{Change, RowRef, Subject, Value};
use mandate_policy::Right;
use mandate_service::embedded::{Embedded, EmbeddedError};

use crate::world::{World, clock, field, grant, id, is_denied, is_invalid, money, text};

#[tokio::test]
async fn changes_tell_what_really_differs() {
    let world = World::new().await;
    let same = [field("stage", text("won")), field("amount", money("100.500"))];
    assert_eq!(world.db.update(None, "deals", "d1", &same, 5).await, Ok(None));
    let differs = [field("stage", text("won")), field("amount", money("7")), field("owner", Value::Null)];
    let told = world.db.update(None, "deals", "d1", &differs, 5).await.unwrap().unwrap();
    assert_eq!(told.changed, Some(vec!["amount".to_owned(), "owner".to_owned()]));
    assert_eq!((told.at, told.change, told.image), (5, Change::Updated, None));
    let fields = [field("stage", text("open")), field("region", text("emea"))];
    let told = world.db.insert(None, "deals", "d6", &fields, 6).await.unwrap();
    assert_eq!(told.subject, Subject::Row(RowRef { dataset: "deals".to_owned(), id: "d6".to_owned() }));
    assert_eq!((told.at, told.change, told.changed, told.image), (6, Change::Added, None, None));
    let told = world.db.remove(None, "deals", "d6", 7).await.unwrap();
    assert_eq!((told.at, told.change), (7, Change::Removed));
    assert_eq!(told.image.unwrap()[..2], [field("stage", text("open")), field("amount", Value::Null)]);
}

#[tokio::test]
async fn occurrences_wait_until_they_are_acknowledged() {
    let world = World::new().await;
    for number in 0..5 {
        world.db.update(None, "deals", "d1", &[field("score", Value::Integer(number))], number).await.unwrap();
    }
    // Score was 3: setting it to 3 after 2 differs, and each change is told.
    let pending = world.db.pending_occurrences(100).await.unwrap();
    assert_eq!(pending.iter().map(|one| one.at).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(pending.iter().map(|one| one.id.as_str()).collect::<BTreeSet<_>>().len(), 5);
    assert_eq!(world.db.pending_occurrences(2).await.unwrap(), pending[..2]);
    world.db.acknowledge(&pending[0].id).await.unwrap();
    world.db.acknowledge(&pending[0].id).await.unwrap();
    world.db.close().await;
    let again = Embedded::open(&world.path(), clock()).await.unwrap();
    assert_eq!(again.pending_occurrences(100).await.unwrap(), pending[1..]);
    // Ids are not used again, whatever was acknowledged.
    let more = again.update(None, "deals", "d1", &[field("score", Value::Integer(9))], 9).await.unwrap().unwrap();
    assert!(pending.iter().all(|one| one.id != more.id));
}

#[tokio::test]
async fn rows_may_be_changed_with_somebodys_rights() {
    let world = World::new().await;
    let (ana, stage) = (id("user:ana"), [field("stage", text("open"))]);
    assert!(world.db.update(Some(&ana), "deals", "d1", &stage, 1).await.unwrap().is_some());
    assert!(is_denied(&world.db.update(Some(&ana), "deals", "d3", &stage, 1).await));
    assert!(is_denied(&world.db.remove(Some(&ana), "deals", "d2", 1).await));
    let fields = [field("stage", text("open")), field("region", text("emea"))];
    assert!(world.db.insert(Some(&ana), "deals", "d6", &fields, 1).await.is_ok());
    // N06: a taken id is denied, whether the row is visible (d2) or not (d3).
    assert!(is_denied(&world.db.insert(Some(&ana), "deals", "d2", &fields, 1).await));
    assert!(is_denied(&world.db.insert(Some(&ana), "deals", "d3", &fields, 1).await));
}

#[tokio::test]
async fn an_administrator_is_told_what_is_wrong() {
    let world = World::new().await;
    let good = [field("stage", text("open")), field("region", text("emea"))];
    assert!(is_invalid(&world.db.insert(None, "deals", "d1", &good, 1).await));
    assert!(is_invalid(&world.db.insert(None, "nonsense", "d1", &good, 1).await));
    assert!(is_invalid(&world.db.insert(None, "deals", "d6", &good[..1], 1).await));
    for row in ["", "new:1", "a\nb", &"x".repeat(201)] {
        assert!(is_invalid(&world.db.insert(None, "deals", row, &good, 1).await), "{row}");
    }
    assert!(is_invalid(&world.db.update(None, "deals", "d9", &[], 1).await));
    assert!(is_invalid(&world.db.update(None, "deals", "d1", &[field("nonsense", Value::Null)], 1).await));
    assert!(is_invalid(&world.db.update(None, "deals", "d1", &[field("stage", Value::Null)], 1).await));
    assert!(is_invalid(&world.db.remove(None, "deals", "d9", 1).await));
    assert_eq!(world.db.pending_occurrences(1).await, Ok(vec![]));
}

#[tokio::test]
async fn grants_need_somebody_and_something() {
    let world = World::new().await;
    let read = |dataset: &str| grant(Right::Read, dataset);
    for who in ["user:nobody", "team:nobody", "site:other"] {
        let refused = world.db.grant(&id(who), &read("deals")).await;
        assert!(matches!(refused, Err(EmbeddedError::UnknownPrincipal(_))), "{who}");
    }
    let refused = world.db.grant(&id("user:ana"), &read("nonsense")).await;
    assert!(matches!(refused, Err(EmbeddedError::UnknownDataset(name)) if name == "nonsense"));
    for who in ["user:ana", "user:eve", "team:spain", "site:acme"] {
        assert!(world.db.grant(&id(who), &read("ledger")).await.unwrap(), "{who}");
        assert!(!world.db.grant(&id(who), &read("ledger")).await.unwrap(), "{who}");
        assert!(world.db.revoke(&id(who), &read("ledger")).await.unwrap(), "{who}");
        assert!(!world.db.revoke(&id(who), &read("ledger")).await.unwrap(), "{who}");
    }
    assert!(matches!(world.db.set_active(&id("user:nobody"), true).await, Err(EmbeddedError::UnknownPrincipal(_))));
}

#[tokio::test]
async fn wrong_policies_change_nothing() {
    let world = World::new().await;
    let wrong = world.db.replace_policies("permit (principal, action, resource) when { resource.nonsense };").await;
    assert!(matches!(wrong, Err(EmbeddedError::Policies(errors)) if !errors.is_empty()));
    assert_eq!(world.ids("user:ana", "deals").await.unwrap(), ["d1", "d2", "d4"]);
}
