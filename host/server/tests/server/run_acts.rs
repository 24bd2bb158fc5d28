//! What one may do with a run: see it as a line of time, replay it, take one's parts along, have others' revealed, have it tried again.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{client::Client, runs::a_deal, world::World};

/// The run of the deal, as ana is told it.
async fn run(ana: &Client) -> String {
    ana.get("/api/v1/runs").await.json()["runs"][0]["id"].as_str().unwrap().to_owned()
}

/// What stands in the picture: each stop with its word.
fn path(page: &str) -> Vec<String> {
    let (_, list) = page.split_once("<ol class=\"path\"").unwrap();
    let (list, _) = list.split_once("</ol>").unwrap();
    let stops = list.split("<li").skip(1);
    let text = |stop: &str| stop.replace("</strong> <span>", ": ").replace("</span>", "<");
    stops
        .map(|stop| {
            let text = text(stop);
            let (_, text) = text.split_once("<strong>").unwrap();
            text.split('<').next().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn n12_a_run_is_a_line_of_time_of_what_one_may_see() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo, cleo) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:cleo").await);
    let at = format!("/runs/{}", run(&ana).await);
    let page = ana.get(&at).await.body;
    let words = ["Accepted: Accepted", "Condition: Met", "Act: Done", "Effects: Done", "Deliveries: In your inbox"];
    assert_eq!(path(&page), words);
    for shown in ["<dd>you</dd>", "A row was added", "In your inbox", "It was over", "it ran"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // bo manages it and may not see what the act part read: whether there is one is not told.
    let hidden = "Not shown";
    let page = bo.get(&at).await.body;
    let [accepted, condition, act, effects, told] = path(&page).try_into().unwrap();
    assert_eq!((&*accepted, &*told), ("Accepted: Accepted", "Deliveries: In your inbox"));
    for (name, stop) in [("Condition", condition), ("Act", act), ("Effects", effects)] {
        assert_eq!(stop, format!("{name}: {hidden}"));
    }
    // cleo administers the site and sees no deals: when it was accepted is not hers to know.
    let page = cleo.get(&at).await.body;
    assert_eq!(path(&page)[0], format!("Accepted: {hidden}"));
    assert_eq!(path(&page)[4], "Deliveries: None to you");
    world.end().await;
}

#[tokio::test]
async fn e06_a_replay_changes_nothing_and_comes_to_the_same() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let id = run(&ana).await;
    let inbox = ana.get("/api/v1/inbox").await.body;
    let before = ana.get(&format!("/api/v1/runs/{id}")).await.body;
    let replayed = ana.api(Method::POST, &format!("/api/v1/runs/{id}/replay"), &Value::Null).await.json();
    let parts = replayed["parts"].as_array().unwrap();
    let kinds: Vec<_> = parts.iter().map(|part| (part["kind"].as_str().unwrap(), &part["differs"])).collect();
    assert_eq!(kinds, [("act", &json!([])), ("notify", &json!([]))]);
    assert_eq!(parts[0]["now"]["effects"].as_array().unwrap().len(), 1, "what it would change: {replayed}");
    let page = ana.form(&format!("/runs/{id}/replay"), &[]).await;
    assert!(page.body.contains("it comes to the same. Nothing was carried out."), "{}", page.body);
    assert!(!page.body.contains("data-watch"), "to fetch it again would be to ask for it again");
    assert_eq!(ana.get("/api/v1/inbox").await.body, inbox);
    assert_eq!(ana.get(&format!("/api/v1/runs/{id}")).await.body, before);
    // Each has their own parts alone.
    let theirs = bo.api(Method::POST, &format!("/api/v1/runs/{id}/replay"), &Value::Null).await.json();
    assert_eq!(theirs["parts"].as_array().unwrap().len(), 1, "{theirs}");
    for (what, method) in [("replay", Method::POST), ("retry", Method::POST), ("record", Method::GET)] {
        let there = dan.api(method.clone(), &format!("/api/v1/runs/{id}/{what}"), &Value::Null).await;
        let absent = format!("/api/v1/runs/run_aaaaaaaaaaaaaaaaaaaaaaaaaa/{what}");
        let absent = dan.api(method, &absent, &Value::Null).await;
        assert_eq!((there.status, there.without_date()), (StatusCode::NOT_FOUND, absent.without_date()), "{what}");
    }
    world.end().await;
}

#[tokio::test]
async fn w08_ones_own_parts_are_a_file_to_be_saved() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let id = run(&ana).await;
    for at in [format!("/api/v1/runs/{id}/record"), format!("/runs/{id}/record")] {
        let mine = ana.get(&at).await;
        assert_eq!(mine.header("content-disposition"), format!("attachment; filename*=UTF-8''{id}.json"));
        assert_eq!(mine.header("content-type"), "application/octet-stream");
        assert_eq!(mine.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(mine.json().as_array().unwrap().len(), 2, "{at}");
        let theirs = bo.get(&at).await;
        let recorded = theirs.json();
        assert_eq!((recorded.as_array().unwrap().len(), &recorded[0]["principal"]["id"]), (1, &json!("user:bo")));
        assert!(!theirs.body.contains("0.40"), "the margin: {}", theirs.body);
    }
    world.end().await;
}

#[tokio::test]
async fn what_others_were_told_is_revealed_on_the_page_with_a_reason() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, cleo) = (world.person("user:ana").await, world.person("user:cleo").await);
    let id = run(&ana).await;
    let offered = |page: &str| page.contains(&format!("action=\"/runs/{id}/reveal\""));
    assert!(!offered(&ana.get(&format!("/runs/{id}")).await.body), "ana would be refused");
    assert!(offered(&cleo.get(&format!("/runs/{id}")).await.body));
    let refused = ana.form(&format!("/runs/{id}/reveal"), &[("reason", "why not")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let without = cleo.form(&format!("/runs/{id}/reveal"), &[("reason", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.body.contains("500 bytes"), "{}", without.body);
    let shown = cleo.form(&format!("/runs/{id}/reveal"), &[("reason", "complaint <7>")]).await;
    assert!(shown.body.contains("What others were told") && shown.body.contains("It told Ana"), "{}", shown.body);
    assert!(!shown.body.contains("0.40"), "she sees no deals: {}", shown.body);
    assert!(!shown.body.contains("data-watch"), "to fetch it again would be to be revealed it again");
    let page = ana.get(&format!("/automations/{}", world.automation)).await;
    assert!(page.body.contains("complaint &lt;7&gt;"), "{}", page.body);
    world.end().await;
}

#[tokio::test]
async fn only_an_administrator_has_it_tried_again_and_nothing_failed() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, cleo) = (world.person("user:ana").await, world.person("user:cleo").await);
    let id = run(&ana).await;
    let refused = ana.api(Method::POST, &format!("/api/v1/runs/{id}/retry"), &Value::Null).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::FORBIDDEN, &json!("M0403")));
    let tried = cleo.api(Method::POST, &format!("/api/v1/runs/{id}/retry"), &Value::Null).await;
    assert_eq!((tried.status, tried.json()), (StatusCode::OK, json!({ "tried_again": false })));
    assert_eq!(ana.form(&format!("/runs/{id}/retry"), &[]).await.status, StatusCode::FORBIDDEN);
    assert!(!cleo.get(&format!("/runs/{id}")).await.body.contains("Try again what failed"));
    world.end().await;
}
