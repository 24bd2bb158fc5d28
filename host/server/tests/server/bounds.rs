//! How much pages list at once, and that they say so.

use std::fmt::Write as _;

use mandate_governance::Ask;
use mandate_model::AutomationKind;

use crate::world::World;

#[tokio::test]
async fn mon_06_the_pane_lists_twelve_main_ones_and_no_deleted_ones() {
    let world = World::start().await;
    let (ana, id) = (world.person("user:ana").await, "user:ana".to_owned().try_into().unwrap());
    let pane = async || {
        let page = ana.get("/inbox").await.body;
        let list =
            page.split_once("aria-labelledby=\"main\"").map_or("", |(_, rest)| rest.split("</ul>").next().unwrap());
        list.matches("/automations/aut_").count()
    };
    assert_eq!(pane().await, 0, "no main ones");
    let mut all = vec![];
    for _ in 0..13 {
        let automation = world.another(&[]).await;
        let kind = Ask::SetKind { kind: AutomationKind::Main };
        world.service.ask(&automation, &id, kind).await.unwrap();
        all.push(automation);
    }
    assert_eq!(pane().await, 12);
    for automation in &all[..3] {
        world.service.delete(automation, &id).await.unwrap();
    }
    assert_eq!(pane().await, 10);
    world.end().await;
}

#[tokio::test]
async fn mon_06_where_main_ones_are_nothing_special_the_pane_lists_none() {
    let world = World::with("[governance]\npreset = \"oneup\"\n").await;
    let (ana, id) = (world.person("user:ana").await, "user:ana".to_owned().try_into().unwrap());
    let kind = Ask::SetKind { kind: AutomationKind::Main };
    world.service.ask(&world.automation, &id, kind).await.unwrap();
    assert!(!ana.get("/inbox").await.body.contains("Main automations"));
    world.end().await;
}

#[tokio::test]
async fn thirty_are_offered_as_owners_and_the_rest_by_more_of_the_name() {
    let people = (0..30).fold(String::new(), |mut text, at| {
        let _ = write!(text, "[[people]]\nid = \"p{at}\"\nname = \"Person {at}\"\n");
        text
    });
    let world = World::with(&people).await;
    let cleo = world.person("user:cleo").await;
    let at = format!("/automations/{}/owners", world.automation);
    let page = cleo.get(&at).await.body;
    // Bo is an owner; Cleo, Dan and thirty others could be.
    assert_eq!(page.matches("name=\"owner\"").count(), 1 + 30);
    assert!(page.contains("There are more: write more of the name."), "{page}");
    let fewer = cleo.form(&at, &[("was", "user:bo"), ("owner", "user:bo"), ("q", "Person 2"), ("do", "search")]).await;
    assert_eq!(fewer.body.matches("name=\"owner\"").count(), 1 + 11);
    assert!(!fewer.body.contains("There are more"), "{}", fewer.body);
    world.end().await;
}

#[tokio::test]
async fn about_a_hundred_it_is_asked_whether_one_may_take_them_over() {
    let world = World::start().await;
    let cleo = world.person("user:cleo").await;
    for _ in 0..101 {
        world.another(&[]).await;
    }
    let page = cleo.get("/people/user:ana").await.body;
    assert_eq!(page.matches(">Take over</a>").count(), 100);
    // All that run as Ana, and all that tell her.
    assert_eq!(page.matches(">Large deals</a>").count(), 2 * 102);
    world.end().await;
}
