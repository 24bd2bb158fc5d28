//! View classes: equal sight, equal class.

use mandate_runtime::platform::ViewClass;

use crate::world::{POLICIES, World, id};

async fn class(world: &World, who: &str, datasets: &[&str]) -> Option<ViewClass> {
    let datasets: Vec<String> = datasets.iter().map(|name| (*name).to_owned()).collect();
    world.as_(who).view_class(&datasets).await.unwrap()
}

#[tokio::test]
async fn who_sees_equal_data_is_of_one_class() {
    let world = World::new().await;
    let ana = class(&world, "user:ana", &["deals"]).await;
    assert!(ana.is_some());
    assert_eq!(class(&world, "user:carla", &["deals"]).await, ana);
    assert_ne!(class(&world, "user:bob", &["deals"]).await, ana);
    assert_ne!(class(&world, "user:boss", &["deals"]).await, ana);
    // Ana may read notes, carla may not.
    assert_ne!(
        class(&world, "user:carla", &["deals", "notes"]).await,
        class(&world, "user:ana", &["deals", "notes"]).await
    );
    assert_eq!(
        class(&world, "user:ana", &["notes", "deals"]).await,
        class(&world, "user:ana", &["deals", "notes"]).await
    );
    assert_ne!(class(&world, "user:ana", &["notes"]).await, class(&world, "user:boss", &["notes"]).await);
    // Hidden and unknown datasets are alike but for their names.
    assert!(class(&world, "user:ana", &["nonsense"]).await.is_some());
}

#[tokio::test]
async fn columns_are_part_of_it() {
    let world = World::new().await;
    let hide = |who: &str, column: &str| {
        format!(
            "forbid (principal == User::\"{who}\", action == Action::\"read-column\", resource == Column::\"deals.{column}\");"
        )
    };
    let policies = [POLICIES, &hide("carla", "scan")].concat();
    world.db.replace_policies(&policies).await.unwrap();
    assert_eq!(world.ids("user:carla", "deals").await, world.ids("user:ana", "deals").await);
    assert_ne!(class(&world, "user:carla", &["deals"]).await, class(&world, "user:ana", &["deals"]).await);
    // As many columns, but others.
    world.db.replace_policies(&[&policies, hide("ana", "owner").as_str()].concat()).await.unwrap();
    assert_ne!(class(&world, "user:carla", &["deals"]).await, class(&world, "user:ana", &["deals"]).await);
}

#[tokio::test]
async fn where_it_cannot_be_decided_which_rows_there_is_none() {
    let world = World::new().await;
    let policies =
        "permit (principal is User, action, resource is deals) when { principal.region like \"e*\" && OVERFLOW };";
    world.db.replace_policies(&policies.replace("OVERFLOW", "9223372036854775807 + 1 > 0")).await.unwrap();
    assert_eq!(class(&world, "user:ana", &["deals"]).await, None);
    assert!(class(&world, "user:bob", &["deals"]).await.is_some());
    world.db.set_active(&id("user:ana"), false).await.unwrap();
    assert!(world.as_("user:ana").view_class(&[]).await.is_err());
}
