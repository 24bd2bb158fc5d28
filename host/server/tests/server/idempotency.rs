//! `Idempotency-Key`: what is asked for again with the same key is done once and answered alike.

use hyper::{Method, StatusCode};
use serde_json::json;

use crate::{
    client::{Answer, Client},
    world::World,
};

const TOKENS: &str = "/api/v1/tokens";
const AUTOMATIONS: &str = "/api/v1/automations";
const TOKEN: &str = r#"{"name":"ci","scopes":["read"],"days":1}"#;

async fn keyed(client: &Client, at: &str, key: &str, body: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("x-csrf-token", client.csrf()), ("idempotency-key", key)];
    client.send(Method::POST, at, &headers, body).await
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

fn is_replayed(answer: &Answer) -> bool {
    match answer.header("idempotency-replayed") {
        "" => false,
        "true" => true,
        other => panic!("{other}"),
    }
}

/// How many tokens somebody has.
async fn tokens(client: &Client) -> usize {
    client.get(TOKENS).await.json()["tokens"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_is_asked_again_is_done_once_and_answered_alike() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let first = keyed(&ana, AUTOMATIONS, "\"k1\"", r#"{"name":"Made"}"#).await;
    assert_eq!((first.status, is_replayed(&first)), (StatusCode::CREATED, false), "{first:?}");
    for key in ["\"k1\"", "k1"] {
        let again = keyed(&ana, AUTOMATIONS, key, r#"{"name":"Made"}"#).await;
        assert!(is_replayed(&again));
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        for header in ["location", "content-type", "content-security-policy", "cache-control"] {
            assert_eq!(again.header(header), first.header(header), "{header}");
        }
    }
    let all = ana.get(AUTOMATIONS).await.body;
    assert_eq!(all.matches("\"Made\"").count(), 1, "{all}");
    // What is refused is answered alike, too.
    let refused = keyed(&ana, TOKENS, "k2", r#"{"name":"ci","scopes":["read"],"days":0}"#).await;
    let again = keyed(&ana, TOKENS, "k2", r#"{"name":"ci","scopes":["read"],"days":0}"#).await;
    assert_eq!((code(&refused), &refused.body, is_replayed(&again)), ((422, "M0422".to_owned()), &again.body, true));
    let disabled = format!("{AUTOMATIONS}/{}/disable", world.automation);
    for replayed in [false, true] {
        let done = keyed(&ana, &disabled, "k3", "{}").await;
        assert_eq!((done.status, done.body.as_str(), is_replayed(&done)), (StatusCode::NO_CONTENT, "", replayed));
    }
    world.end().await;
}

#[tokio::test]
async fn a_key_stands_for_one_request_of_one_person() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    assert_eq!(keyed(&ana, TOKENS, "k", TOKEN).await.status, StatusCode::CREATED);
    let other = keyed(&ana, TOKENS, "k", &TOKEN.replace("ci", "other")).await;
    assert_eq!(code(&other), (422, "M0423".to_owned()));
    let elsewhere = keyed(&world.person("user:ana").await, TOKENS, "k", TOKEN).await;
    assert_eq!(code(&elsewhere), (422, "M0423".to_owned()), "another session is given nothing of it");
    assert_eq!(tokens(&ana).await, 1);
    let theirs = keyed(&bo, TOKENS, "k", TOKEN).await;
    assert_eq!((theirs.status, is_replayed(&theirs)), (StatusCode::CREATED, false));
    let there = keyed(&ana, AUTOMATIONS, "k", r#"{"name":"Made"}"#).await;
    assert_eq!((there.status, is_replayed(&there)), (StatusCode::CREATED, false), "another address has its own keys");
    world.later(24 * 3600 + 1);
    let ana = world.person("user:ana").await;
    let late = keyed(&ana, TOKENS, "k", TOKEN).await;
    assert_eq!((late.status, is_replayed(&late)), (StatusCode::CREATED, false), "after a day it is another request");
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM answer").fetch_one(&world.server).await.unwrap();
    assert_eq!(kept, 1, "those of before are gone");
    world.end().await;
}

#[tokio::test]
async fn a_secret_in_an_answer_is_kept_sealed() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let first = keyed(&ana, TOKENS, "made-up-key-of-ana", TOKEN).await.json()["token"].as_str().unwrap().to_owned();
    assert!(!world.holds(&first) && !world.holds("made-up-key-of-ana") && world.holds("/api/v1/tokens"));
    assert_eq!(keyed(&ana, TOKENS, "made-up-key-of-ana", TOKEN).await.json()["token"], json!(first));
    assert_eq!(tokens(&ana).await, 1);
    // A token that may less is given nothing of it.
    let made = ana.api(Method::POST, TOKENS, &json!({ "name": "x", "scopes": ["write"], "days": 1 })).await;
    let bearer = format!("Bearer {}", made.json()["token"].as_str().unwrap());
    let headers =
        [("authorization", &*bearer), ("content-type", "application/json"), ("idempotency-key", "made-up-key-of-ana")];
    let program = world.nobody().send(Method::POST, TOKENS, &headers, TOKEN).await;
    assert_eq!(code(&program), (422, "M0423".to_owned()));
    world.end().await;
}

#[tokio::test]
async fn who_may_not_ask_is_told_so_and_nothing_is_kept() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let made = ana.api(Method::POST, TOKENS, &json!({ "name": "x", "scopes": ["read"], "days": 1 })).await;
    let bearer = format!("Bearer {}", made.json()["token"].as_str().unwrap());
    let (json, key) = (("content-type", "application/json"), ("idempotency-key", "k"));
    let nobody = world.nobody();
    for _ in 0..2 {
        assert_eq!(code(&nobody.send(Method::POST, TOKENS, &[json, key], TOKEN).await), (401, "M0401".to_owned()));
        let scope = nobody.send(Method::POST, TOKENS, &[json, key, ("authorization", &bearer)], TOKEN).await;
        assert_eq!(code(&scope), (403, "M0406".to_owned()));
        let forged = ana.send(Method::POST, TOKENS, &[json, key, ("x-csrf-token", "x")], TOKEN).await;
        assert_eq!(code(&forged), (403, "M0402".to_owned()));
    }
    for wrong in ["\"\"", "\"a", "a b", &"x".repeat(256)] {
        let answer = keyed(&ana, TOKENS, wrong, TOKEN).await;
        assert_eq!(code(&answer), (400, "M0400".to_owned()), "{wrong}");
        assert!(answer.body.contains("`Idempotency-Key`: 1 to 255 letters"), "{answer:?}");
    }
    assert_eq!(tokens(&ana).await, 1);
    // What changes nothing has no use for it.
    for _ in 0..2 {
        let read = ana.send(Method::GET, TOKENS, &[key], "").await;
        assert_eq!((read.status, is_replayed(&read)), (StatusCode::OK, false));
    }
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM answer").fetch_one(&world.server).await.unwrap();
    assert_eq!(kept, 0);
    world.end().await;
}

#[tokio::test]
async fn what_failed_on_our_side_is_tried_again() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    sqlx::query("ALTER TABLE token RENAME TO gone").execute(&world.server).await.unwrap();
    assert_eq!(code(&keyed(&ana, TOKENS, "k", TOKEN).await), (503, "M0503".to_owned()));
    sqlx::query("ALTER TABLE gone RENAME TO token").execute(&world.server).await.unwrap();
    let again = keyed(&ana, TOKENS, "k", TOKEN).await;
    assert_eq!((again.status, is_replayed(&again)), (StatusCode::CREATED, false), "{again:?}");
    assert_eq!(tokens(&ana).await, 1);
    world.end().await;
}

#[tokio::test]
async fn while_the_first_is_under_way_the_second_waits_and_nobody_need_wait_for_the_first() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    // Nobody writes meanwhile: what is asked for cannot be done yet.
    let mut held = world.server.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *held).await.unwrap();
    let (one, other) = (keyed(&ana, TOKENS, "k", TOKEN), keyed(&ana, TOKENS, "k", TOKEN));
    let mut asked = [Box::pin(one), Box::pin(other)];
    let [one, other] = &mut asked;
    let second = tokio::select! { answer = one => answer, answer = other => answer };
    assert_eq!((code(&second), second.header("retry-after")), ((409, "M0424".to_owned()), "1"));
    let different = keyed(&ana, TOKENS, "k", &TOKEN.replace("ci", "other")).await;
    assert_eq!(code(&different), (422, "M0423".to_owned()));
    // Who asked first goes away.
    drop(asked);
    sqlx::query("ROLLBACK").execute(&mut *held).await.unwrap();
    drop(held);
    let mut again = keyed(&ana, TOKENS, "k", TOKEN).await;
    while again.status == StatusCode::CONFLICT {
        again = keyed(&ana, TOKENS, "k", TOKEN).await;
    }
    assert_eq!((again.status, is_replayed(&again)), (StatusCode::CREATED, true), "{again:?}");
    assert_eq!(tokens(&ana).await, 1);
    world.end().await;
}

#[tokio::test]
async fn so_many_answers_are_kept_for_a_person() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    assert_eq!(keyed(&ana, TOKENS, "first", TOKEN).await.status, StatusCode::CREATED);
    let more = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 999) \
                INSERT INTO answer SELECT site, person, route, 'k' || n, sealed, made FROM answer, n";
    assert_eq!(sqlx::query(more).execute(&world.server).await.unwrap().rows_affected(), 999);
    let full = keyed(&ana, TOKENS, "another", TOKEN).await;
    assert_eq!((code(&full), full.header("retry-after")), ((429, "M0429".to_owned()), "3600"));
    assert!(is_replayed(&keyed(&ana, TOKENS, "first", TOKEN).await), "what is kept is answered");
    assert_eq!(keyed(&bo, TOKENS, "another", TOKEN).await.status, StatusCode::CREATED);
    assert_eq!((tokens(&ana).await, tokens(&bo).await), (1, 1));
    world.end().await;
}
