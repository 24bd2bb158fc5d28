//! Versions of an automation, and the way back to one.

use hyper::{Method, StatusCode};
use mandate_governance::Ask;
use mandate_model::PrincipalId;
use serde_json::{Value, json};

use crate::{client::Client, world::World};

fn id(person: &str) -> PrincipalId {
    PrincipalId::parse(&format!("user:{person}")).unwrap()
}

fn at(world: &World) -> String {
    format!("/api/v1/automations/{}", world.automation)
}

/// Publishes with another threshold; the version.
async fn publish(world: &World, client: &Client, threshold: &str) -> String {
    let draft = json!({
        "plugin": world.plugin,
        "settings": { "dataset": "deals", "threshold": threshold },
        "trigger": { "on": "row", "dataset": "deals", "change": ["added"] },
        "recipients": ["user:ana", "user:bo"],
    });
    let kept = client.api(Method::PUT, &format!("{}/draft", at(world)), &draft).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT, "{kept:?}");
    let published = client.api(Method::POST, &format!("{}/publish", at(world)), &json!({})).await;
    assert_eq!(published.status, StatusCode::OK, "{published:?}");
    published.json()["version"].as_str().unwrap().to_owned()
}

async fn versions(world: &World, client: &Client) -> Vec<Value> {
    client.get(&format!("{}/versions", at(world))).await.json()["versions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn each_version_is_listed_as_far_as_one_may_see_it() {
    let world = World::start().await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let second = publish(&world, &ana, "7.00").await;
    let all = versions(&world, &ana).await;
    let told: Vec<_> =
        all.iter().map(|one| (&one["number"], &one["live"], &one["by"], &one["version"]["id"])).collect();
    let (first, by) = (json!(world.version), json!("user:ana"));
    assert_eq!(told, [(&json!(2), &json!(true), &by, &json!(second)), (&json!(1), &json!(false), &by, &first)]);
    assert_eq!(all[0]["changes"], json!([r#"other settings: {"dataset":"deals","threshold":"7.00"}"#]));
    assert!(all[1]["changes"].as_array().unwrap().contains(&json!("tells user:bo")), "{}", all[1]);

    // Who may see it and decides on nothing learns that there were versions, when and by whom.
    let hidden = dan.get(&format!("{}/versions", at(&world))).await;
    let absent = dan.get("/api/v1/automations/aut_aaaaaaaaaaaaaaaaaaaaaaaaaa/versions").await;
    assert_eq!((hidden.status, hidden.without_date()), (StatusCode::NOT_FOUND, absent.without_date()));
    let invite = Ask::Invite { add: [id("dan")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("ana"), invite).await.unwrap();
    let seen = versions(&world, &dan).await;
    assert_eq!(seen.len(), 2);
    for one in &seen {
        assert_eq!((&one["changes"], &one["version"]["id"]), (&Value::Null, &Value::Null), "{one}");
        assert_eq!(one["version"]["recipients"], Value::Null, "{one}");
        assert_eq!(one["by"], "user:ana");
    }
    let page = dan.get(&format!("/automations/{}/versions", world.automation)).await.body;
    assert!(page.contains("Version 2") && page.contains("What it changed is not for you to see"), "{page}");
    assert!(!page.contains("7.00") && !page.contains("Roll back"), "{page}");
    world.end().await;
}

#[tokio::test]
async fn the_list_is_bounded_and_goes_on_for_who_began_it() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    for threshold in ["2.00", "3.00", "4.00"] {
        publish(&world, &ana, threshold).await;
    }
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let page = ana.get(&format!("{}/versions?limit=3{cursor}", at(&world))).await.json();
        seen.extend(page["versions"].as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        let stolen = bo.get(&format!("{}/versions?cursor={next}", at(&world))).await;
        assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY);
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, [4, 3, 2, 1]);
    for limit in ["0", "51", "-1", "x"] {
        let answer = ana.get(&format!("{}/versions?limit={limit}", at(&world))).await;
        assert!(answer.status.is_client_error(), "{limit}: {answer:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn rolling_back_publishes_what_was_and_asks_for_consent_anew() {
    let world = World::start().await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let second = publish(&world, &ana, "7.00").await;
    let enabling = json!({ "version": second });
    ana.api(Method::POST, &format!("{}/enable", at(&world)), &enabling).await;
    let roll_back = |version: &str, base: &str| json!({ "version": version, "base": base });
    let to = format!("{}/roll-back", at(&world));
    let first = world.version.to_string();

    let stale = bo.api(Method::POST, &to, &roll_back(&first, &first)).await;
    assert_eq!((stale.status, stale.json()["code"].as_str()), (StatusCode::CONFLICT, Some("M0409")));
    let absent = format!("ver_{}", "0".repeat(64));
    let never = bo.api(Method::POST, &to, &roll_back(&absent, &second)).await;
    assert_eq!(never.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(never.json()["detail"].as_str().unwrap().contains("the automation never had the version"), "{never:?}");
    // Whether it had one is nothing that who may only see it learns.
    let invite = Ask::Invite { add: [id("dan")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("ana"), invite).await.unwrap();
    let (had, not) = (
        dan.api(Method::POST, &to, &roll_back(&first, &second)).await,
        dan.api(Method::POST, &to, &roll_back(&absent, &second)).await,
    );
    assert_eq!((had.status, had.without_date()), (StatusCode::FORBIDDEN, not.without_date()));
    let life = world.service.automation(&world.automation).await.unwrap();
    assert_eq!((life.automation.published.unwrap().to_string(), life.consent.is_some()), (second.clone(), true));

    let back = bo.api(Method::POST, &to, &roll_back(&first, &second)).await;
    assert_eq!((back.status, back.json()["version"].as_str()), (StatusCode::OK, Some(first.as_str())), "{back:?}");
    let life = world.service.automation(&world.automation).await.unwrap();
    assert_eq!((life.automation.published.unwrap().to_string(), life.consent), (first, None));
    let numbers: Vec<_> =
        versions(&world, &ana).await.iter().map(|one| (one["number"].as_u64(), one["by"].clone())).collect();
    let by = |who: &str| json!(format!("user:{who}"));
    assert_eq!(numbers, [(Some(3), by("bo")), (Some(2), by("ana")), (Some(1), by("ana"))]);
    world.end().await;
}

#[tokio::test]
async fn a_page_rolls_back_and_a_draft_stays_begun_on_what_it_was() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let second = publish(&world, &ana, "7.00").await;
    let page = format!("/automations/{}/versions", world.automation);
    assert!(bo.get(&page).await.body.contains("Roll back to version 1"));
    let first = world.version.to_string();
    let to = format!("/automations/{}/roll-back", world.automation);
    let stale = ana.form(&to, &[("version", &first), ("base", &first)]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("Not rolled back: another version was published meanwhile"), "{}", stale.body);
    let odd = ana.form(&to, &[("version", "ver_1"), ("base", &second)]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let back = ana.form(&to, &[("version", &first), ("base", &second)]).await;
    assert_eq!(
        (back.status, back.header("location")),
        (StatusCode::SEE_OTHER, &*format!("/automations/{}/consent", world.automation))
    );
    // Ana's own draft was published as the second version; it is not begun on what she rolled back to.
    let draft = world.service.saved_draft(&world.automation, &id("ana")).await.unwrap().unwrap();
    assert_eq!(draft.base.unwrap().to_string(), second);
    let refused = ana.api(Method::POST, &format!("{}/publish", at(&world)), &json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    world.end().await;
}
