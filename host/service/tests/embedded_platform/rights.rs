//! Default deny, grants before policies, and rights that are live.

use mandate_model::{ColumnSet, Failure};
use mandate_policy::Right;
use mandate_runtime::platform::Directory;

use crate::world::{World, grant, id, is_denied, occurrence, query, remove};

#[tokio::test]
async fn fnd_11_who_sees_which_rows() {
    let world = World::new().await;
    let expected: [(&str, &[&str]); 4] = [
        ("user:ana", &["d1", "d2", "d4"]),
        ("user:carla", &["d1", "d2", "d4"]),
        ("user:bob", &["d3", "d5"]),
        ("user:boss", &["d1", "d2", "d3", "d4", "d5"]),
    ];
    for (who, rows) in expected {
        assert_eq!(world.ids(who, "deals").await.unwrap(), rows, "{who}");
    }
}

#[tokio::test]
async fn one_09_a_team_has_its_own_grants_and_not_its_members_sight() {
    let world = World::new().await;
    // Spain is in emea, which holds the grants; the policy gives a team the rows that name it.
    assert_eq!(world.ids("team:spain", "deals").await.unwrap(), ["d1"]);
    assert_eq!(world.ids("team:emea", "deals").await.unwrap(), Vec::<String>::new());
    assert!(is_denied(&world.ids("site:acme", "deals").await));
    let row = world.as_("team:spain").get("deals", "d1", &ColumnSet::All).await.unwrap();
    assert_eq!(row.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["stage"]);
}

#[tokio::test]
async fn unknown_and_deactivated_people_are_denied_everything() {
    let world = World::new().await;
    for who in ["user:eve", "user:nobody", "team:nobody", "site:other"] {
        let data = world.as_(who);
        assert!(is_denied(&data.find("deals", &query(), &ColumnSet::All).await), "{who}");
        assert!(is_denied(&data.get("deals", "d1", &ColumnSet::All).await), "{who}");
        assert!(is_denied(&data.check(&remove("d1"), &[]).await), "{who}");
        assert!(is_denied(&data.view_class(&["deals".to_owned()]).await), "{who}");
        assert_eq!(data.witnesses(&occurrence(mandate_model::Change::Added, "d1")).await, Ok(false), "{who}");
        assert_eq!(world.db.principal(&id(who)).await, Ok(None), "{who}");
    }
}

#[tokio::test]
async fn fnd_05_rights_are_those_of_the_moment() {
    let world = World::new().await;
    let carla = world.as_("user:carla");
    let asks = || carla.get("deals", "d1", &ColumnSet::All);
    assert!(asks().await.is_ok());
    world.db.set_active(&id("user:carla"), false).await.unwrap();
    assert!(is_denied(&asks().await));
    world.db.set_active(&id("user:carla"), true).await.unwrap();
    assert!(world.db.revoke(&id("team:emea"), &grant(Right::Read, "deals")).await.unwrap());
    assert!(is_denied(&asks().await));
    assert!(world.db.grant(&id("user:carla"), &grant(Right::Read, "deals")).await.unwrap());
    assert!(asks().await.is_ok());
    world.db.replace_policies("permit (principal == User::\"boss\", action, resource);").await.unwrap();
    assert!(is_denied(&asks().await));
}

#[tokio::test]
async fn policies_replaced_by_another_process_hold_at_once() {
    let world = World::new().await;
    let other = mandate_service::embedded::Embedded::open(&world.path(), crate::world::clock()).await.unwrap();
    other.replace_policies("permit (principal == User::\"boss\", action, resource);").await.unwrap();
    assert_eq!(world.ids("user:ana", "deals").await.unwrap(), Vec::<String>::new());
    assert_eq!(world.ids("user:boss", "deals").await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_grant_without_visible_rows_is_an_empty_page_and_no_grant_is_denied() {
    let world = World::new().await;
    world.db.grant(&id("user:bob"), &grant(Right::Read, "ledger")).await.unwrap();
    assert_eq!(world.ids("user:bob", "ledger").await, Ok(vec![]));
    assert!(is_denied(&world.ids("user:ana", "ledger").await));
    assert!(is_denied(&world.ids("user:ana", "nonsense").await));
}

#[tokio::test]
async fn reasons_name_who_what_and_where() {
    let world = World::new().await;
    let reason = |result: Result<mandate_model::Row, Failure>| match result {
        Err(Failure::Denied(reason)) => reason,
        other => panic!("{other:?}"),
    };
    let data = world.as_("user:ana");
    let reason = reason(data.get("deals", "d3", &ColumnSet::All).await);
    assert_eq!(reason, "`user:ana` may not read `deals/d3`: no policy permits it");
}

#[tokio::test]
async fn the_directory_flattens_nested_teams() {
    let world = World::new().await;
    let people = |team: &'static str| {
        let db = world.db.clone();
        async move { db.people(&id(team)).await.unwrap().iter().map(ToString::to_string).collect::<Vec<_>>() }
    };
    // Ana is in both; eve is deactivated.
    assert_eq!(people("team:emea").await, ["user:ana", "user:carla"]);
    assert_eq!(people("team:spain").await, ["user:ana", "user:carla"]);
    assert_eq!(people("team:nobody").await, Vec::<String>::new());
    // One by one, the answer is the same.
    for team in ["team:emea", "team:spain", "team:nobody"] {
        for person in ["user:ana", "user:bob", "user:carla", "user:eve", "user:nobody", "team:spain"] {
            let listed = people(team).await.contains(&person.to_owned());
            assert_eq!(world.db.is_in(&id(person), &id(team)).await.unwrap(), listed, "{person} in {team}");
        }
    }
    let ana = world.db.principal(&id("user:ana")).await.unwrap().unwrap();
    assert_eq!((ana.name.as_str(), ana.time_zone.as_str()), ("ana", "UTC"));
    assert_eq!(world.db.principal(&id("team:spain")).await.unwrap().unwrap().name, "team:spain");
    assert!(world.db.principal(&id("site:acme")).await.unwrap().is_some());
}
