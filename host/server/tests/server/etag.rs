//! Nobody changes what they have not seen: `ETag`, `If-None-Match` and `If-Match`.

use hyper::{Method, StatusCode};
use serde_json::json;

use crate::{client::Client, world::World};

async fn with(client: &Client, method: Method, at: &str, header: (&str, &str), body: &str) -> (StatusCode, String) {
    let headers = [("content-type", "application/json"), ("x-csrf-token", client.csrf()), header];
    let answer = client.send(method, at, &headers, body).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn what_was_changed_since_it_was_read_is_not_changed_again() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let at = format!("/api/v1/automations/{}", world.automation);
    let first = ana.get(&at).await.header("etag").to_owned();
    assert_eq!((first.len(), first.starts_with('"')), (34, true), "{first}");
    let same = with(&ana, Method::GET, &at, ("if-none-match", &first), "").await;
    assert_eq!(same, (StatusCode::NOT_MODIFIED, String::new()));
    let renamed = ana.api(Method::POST, &format!("{at}/rename"), &json!({ "name": "Renamed" })).await;
    assert_eq!(renamed.status, StatusCode::NO_CONTENT);
    assert_eq!(with(&ana, Method::GET, &at, ("if-none-match", &first), "").await.0, StatusCode::OK);
    let stale = with(&ana, Method::DELETE, &at, ("if-match", &first), "").await;
    assert_eq!(stale.0, StatusCode::PRECONDITION_FAILED);
    assert!(stale.1.contains("M0412") && stale.1.contains("read it again"), "{}", stale.1);
    assert!(!world.service.automation(&world.automation).await.unwrap().automation.deleted);
    let now = ana.get(&at).await.header("etag").to_owned();
    assert_ne!(now, first);
    let listed = format!("\"other\", {now}");
    assert_eq!(with(&ana, Method::DELETE, &at, ("if-match", &listed), "").await.0, StatusCode::NO_CONTENT);
    world.end().await;
}

#[tokio::test]
async fn a_draft_is_kept_over_the_one_that_was_read() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let at = format!("/api/v1/automations/{}/draft", world.automation);
    let draft = |threshold: &str| {
        let trigger = json!({ "on": "row", "dataset": "deals", "change": ["added"] });
        let settings = json!({ "dataset": "deals", "threshold": threshold });
        json!({ "plugin": "new-opportunity", "settings": settings, "trigger": trigger }).to_string()
    };
    let none = with(&ana, Method::PUT, &at, ("if-match", "*"), &draft("1.00")).await;
    assert_eq!(none.0, StatusCode::PRECONDITION_FAILED, "there is no draft yet");
    let said_nothing = with(&ana, Method::PUT, &at, ("x-nothing", ""), &draft("1.00")).await;
    assert_eq!(said_nothing.0, StatusCode::NO_CONTENT);
    let read = ana.get(&at).await.header("etag").to_owned();
    assert_eq!(with(&ana, Method::PUT, &at, ("if-match", &read), &draft("2.00")).await.0, StatusCode::NO_CONTENT);
    let stale = with(&ana, Method::PUT, &at, ("if-match", &read), &draft("3.00")).await;
    assert_eq!(stale.0, StatusCode::PRECONDITION_FAILED);
    assert_eq!(ana.get(&at).await.json()["settings"]["threshold"], "2.00");
    world.end().await;
}
