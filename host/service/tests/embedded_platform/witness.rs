//! Who may know that something happened.

use mandate_model::{Change, CustomRef, Field, Occurrence, RowRef, SiteId, Subject, Value};

use crate::world::{POLICIES, World, deal, field, money, occurrence, text};

async fn told(world: &World, occurrence: &Occurrence) -> Vec<&'static str> {
    let mut told = Vec::new();
    for who in ["user:ana", "user:bob", "user:boss", "user:eve", "team:spain"] {
        if world.as_(who).witnesses(occurrence).await.unwrap() {
            told.push(who);
        }
    }
    told
}

fn updated(row: &str, changed: Option<&[&str]>) -> Occurrence {
    let changed = changed.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    Occurrence { changed, ..occurrence(Change::Updated, row) }
}

fn removed(row: &str, image: Option<Vec<Field>>) -> Occurrence {
    Occurrence { image, ..occurrence(Change::Removed, row) }
}

#[tokio::test]
async fn fnd_12_fnd_13_an_added_row_is_told_to_who_sees_it() {
    let world = World::new().await;
    assert_eq!(told(&world, &occurrence(Change::Added, "d1")).await, ["user:ana", "user:boss", "team:spain"]);
    assert_eq!(told(&world, &occurrence(Change::Added, "d3")).await, ["user:bob", "user:boss"]);
    assert!(told(&world, &occurrence(Change::Added, "d9")).await.is_empty());
}

#[tokio::test]
async fn an_update_is_told_to_who_sees_a_changed_column() {
    let world = World::new().await;
    let cases: [(Option<&[&str]>, &[&str]); 6] = [
        (Some(&["stage"]), &["user:ana", "user:boss", "team:spain"]),
        (Some(&["amount"]), &["user:ana", "user:boss"]),
        (Some(&["margin"]), &["user:boss"]),
        (Some(&["margin", "amount"]), &["user:ana", "user:boss"]),
        (Some(&[]), &[]),
        // Nobody can say which: only who sees every column.
        (None, &["user:boss"]),
    ];
    for (changed, expected) in cases {
        assert_eq!(told(&world, &updated("d1", changed)).await, expected, "{changed:?}");
    }
    assert_eq!(told(&world, &updated("d1", Some(&["nonsense"]))).await, Vec::<&str>::new());
}

#[tokio::test]
async fn where_any_change_counts_sight_of_the_row_is_enough() {
    let world = World::new().await;
    let subject = Subject::Row(RowRef { dataset: "notes".to_owned(), id: "n1".to_owned() });
    for changed in [Some(vec!["body".to_owned()]), None] {
        let body = Occurrence { subject: subject.clone(), changed, ..occurrence(Change::Updated, "") };
        assert_eq!(told(&world, &body).await, ["user:ana", "user:boss"]);
    }
}

#[tokio::test]
async fn a_removed_row_is_judged_on_its_last_image_under_rights_of_now() {
    let world = World::new().await;
    let image = deal("d8", "emea", "open", None).fields;
    assert_eq!(told(&world, &removed("d8", Some(image.clone()))).await, ["user:ana", "user:boss"]);
    assert!(told(&world, &removed("d8", None)).await.is_empty());
    // What there is now under the same id does not matter.
    assert_eq!(told(&world, &removed("d3", Some(image.clone()))).await, ["user:ana", "user:boss"]);
    let misfit = vec![field("region", Value::Integer(1))];
    assert!(told(&world, &removed("d8", Some(misfit))).await.is_empty());
    world.db.replace_policies("permit (principal == User::\"bob\", action, resource is deals);").await.unwrap();
    assert_eq!(told(&world, &removed("d8", Some(image))).await, ["user:bob"]);
}

#[tokio::test]
async fn other_happenings_are_told_to_who_sees_the_row_that_they_name() {
    let world = World::new().await;
    let custom = |about: Option<RowRef>| {
        let subject = Subject::Custom(CustomRef { event_type: "signed".to_owned(), about, file: Some("f".to_owned()) });
        Occurrence { subject, ..occurrence(Change::Other, "") }
    };
    let d3 = RowRef { dataset: "deals".to_owned(), id: "d3".to_owned() };
    assert_eq!(told(&world, &custom(Some(d3))).await, ["user:bob", "user:boss"]);
    assert!(told(&world, &custom(None)).await.is_empty());
    assert_eq!(told(&world, &occurrence(Change::Manual, "d3")).await, ["user:bob", "user:boss"]);
    let file = Occurrence { subject: Subject::File("f".to_owned()), ..occurrence(Change::Added, "") };
    assert!(told(&world, &file).await.is_empty());
    let due = Occurrence { subject: Subject::Schedule("s".to_owned()), ..occurrence(Change::Due, "") };
    assert_eq!(told(&world, &due).await, ["user:ana", "user:bob", "user:boss", "team:spain"]);
}

#[tokio::test]
async fn another_site_and_hidden_or_unknown_datasets_are_silent() {
    let world = World::new().await;
    let site = SiteId::parse("other").unwrap();
    assert!(told(&world, &Occurrence { site, ..occurrence(Change::Added, "d1") }).await.is_empty());
    let subject = |dataset: &str, id: &str| Subject::Row(RowRef { dataset: dataset.to_owned(), id: id.to_owned() });
    let ledger = Occurrence { subject: subject("ledger", "l1"), ..occurrence(Change::Added, "") };
    assert_eq!(told(&world, &ledger).await, ["user:boss"]);
    let none = Occurrence { subject: subject("nonsense", "l1"), ..occurrence(Change::Added, "") };
    assert!(told(&world, &none).await.is_empty());
}

#[tokio::test]
async fn the_platforms_own_occurrences_reach_exactly_who_may_know() {
    let world = World::new().await;
    let hidden = world.db.update(None, "deals", "d1", &[field("margin", money("5"))], 1).await.unwrap().unwrap();
    assert_eq!(told(&world, &hidden).await, ["user:boss"]);
    let shown = world.db.update(None, "deals", "d1", &[field("stage", text("x"))], 1).await.unwrap().unwrap();
    assert_eq!(told(&world, &shown).await, ["user:ana", "user:boss", "team:spain"]);
    let gone = world.db.remove(None, "deals", "d1", 1).await.unwrap();
    assert_eq!(told(&world, &gone).await, ["user:ana", "user:boss", "team:spain"]);
    world
        .db
        .replace_policies(&POLICIES.replace("principal == resource.team", "false && principal == resource.team"))
        .await
        .unwrap_err();
}
