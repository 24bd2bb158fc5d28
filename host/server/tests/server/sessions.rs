//! Sessions: begun anew, ended, and worth what their person is now (W04).

use hyper::{Method, StatusCode};
use mandate_model::PrincipalId;
use mandate_server::SignIn;
use serde_json::{Value, json};

use crate::{browser::Browser, world::World};

const SESSIONS: &str = "/api/v1/sessions";

#[tokio::test]
async fn w04_becoming_somebody_else_ends_what_was_before() {
    let world = World::start().await;
    let mut browser = Browser::default();
    browser.plant(&world.origin, "mandate", "planted");
    let at = |path: &str| format!("{}{path}", world.origin);
    let seen = browser.submit(&at("/enter"), &[("person", "user:ana"), ("to", "/me")]).await;
    assert_eq!(seen.at, at("/me"));
    let first = browser.cookies(&world.origin)["mandate"].clone();
    assert_ne!(first, "planted");
    assert!(seen.answer.body.contains("Demo: you are"), "the switcher: {}", seen.answer.body);
    assert!(seen.answer.body.contains("<option value=\"user:ana\" selected>Ana</option>"), "{}", seen.answer.body);
    assert!(seen.answer.body.contains("name=\"to\" value=\"/me\""), "{}", seen.answer.body);
    let csrf = seen.behind("name=\"csrf\" value=\"");
    // Nobody else's page switches, and neither does one of before.
    let stale = browser.step(Method::POST, &at("/enter"), "person=user%3Abo&csrf=x").await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let seen = browser.submit(&at("/enter"), &[("person", "user:bo"), ("to", "/me"), ("csrf", &csrf)]).await;
    assert!(seen.answer.body.contains("<dd>Bo</dd>"), "{}", seen.answer.body);
    assert_ne!(seen.behind("name=\"csrf\" value=\""), csrf, "the pages of before send nothing any more");
    let mut before = Browser::default();
    before.plant(&world.origin, "mandate", &first);
    assert!(before.go(&at("/me")).await.at.contains("/enter?to=%2Fme"), "the session before is over");
    for person in ["user:zoe", "team:x", "x", ""] {
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("person", person).finish();
        let answer = Browser::default().step(Method::POST, &at("/enter"), &form).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::NOT_FOUND, ""), "{person}");
    }
    world.end().await;
}

#[tokio::test]
async fn w04_who_leaves_is_out_at_once() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let left = ana.form("/leave", &[]).await;
    assert_eq!((left.status, left.header("location")), (StatusCode::SEE_OTHER, "/left"));
    assert_eq!(left.header("set-cookie"), "mandate=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    assert_eq!(ana.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "the cookie of before is worth nothing");
    world.end().await;
}

#[tokio::test]
async fn w04_roles_and_being_active_count_at_the_next_request() {
    let world = World::start().await;
    let (dan, cleo) = (world.person("user:dan").await, world.person("user:cleo").await);
    let admin = mandate_service::Holding { role: "site-admin".to_owned(), reach: mandate_service::Reach::Site };
    let id = PrincipalId::parse("user:dan").unwrap();
    assert_eq!(dan.get("/api/v1/service-tokens").await.status, StatusCode::FORBIDDEN);
    world.embedded.give_role(&id, &admin).await.unwrap();
    assert_eq!(dan.get("/api/v1/service-tokens").await.status, StatusCode::OK);
    world.embedded.take_role(&id, &admin).await.unwrap();
    assert_eq!(dan.get("/api/v1/service-tokens").await.status, StatusCode::FORBIDDEN);
    world.embedded.set_active(&id, false).await.unwrap();
    assert_eq!(dan.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    world.embedded.set_active(&id, true).await.unwrap();
    assert_eq!(dan.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "who may act again signs in again");
    assert_eq!(cleo.get("/api/v1/me").await.status, StatusCode::OK);
    world.end().await;
}

#[tokio::test]
async fn sessions_are_seen_and_ended_by_whose_they_are() {
    let world = World::start().await;
    let (one, two, bo) =
        (world.person("user:ana").await, world.person("user:ana").await, world.person("user:bo").await);
    let all = one.get(SESSIONS).await.json();
    let all = all["sessions"].as_array().unwrap();
    assert_eq!((all.len(), &all[0]["way"]), (2, &json!("demo")));
    let other = all.iter().find(|one| one["this"] == false).unwrap()["id"].as_str().unwrap();
    let at = format!("{SESSIONS}/{other}");
    assert_eq!(bo.api(Method::DELETE, &at, &Value::Null).await.status, StatusCode::NOT_FOUND, "not his");
    assert_eq!(two.get("/api/v1/me").await.status, StatusCode::OK);
    assert_eq!(one.api(Method::DELETE, &at, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(two.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let (two, three) = (world.person("user:ana").await, world.person("user:ana").await);
    let page = three.get("/me").await;
    assert!(page.body.contains("This is the one that you use now.") && page.body.contains("End all others"));
    let id =
        one.get(SESSIONS).await.json()["sessions"].as_array().unwrap().iter().find(|one| one["this"] == true).unwrap()
            ["id"]
            .as_str()
            .unwrap()
            .to_owned();
    assert_eq!(three.form(&format!("/me/sessions/{id}/end"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(one.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(three.form("/me/sessions/end", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(two.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(three.api(Method::DELETE, SESSIONS, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(three.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "all: this one too");
    assert_eq!(bo.get("/api/v1/me").await.status, StatusCode::OK);
    world.end().await;
}

#[tokio::test]
async fn a_session_is_over_after_twelve_hours_without_use() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    world.later(12 * 3600 - 60);
    assert_eq!(ana.get("/api/v1/me").await.status, StatusCode::OK);
    world.later(12 * 3600 + 1);
    assert_eq!(ana.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    world.end().await;
}

#[tokio::test]
async fn over_tls_cookies_say_so() {
    let world = World::start_at(Some("https://mandate.example"), |_| SignIn::Demo).await;
    let form = [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://mandate.example")];
    let entered = world.nobody().send(Method::POST, "/enter", &form, "person=user%3Aana").await;
    let cookie = entered.header("set-cookie");
    assert!(cookie.starts_with("__Host-mandate="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    assert_eq!(entered.header("strict-transport-security"), "max-age=31536000");
    let unprefixed = cookie.trim_start_matches("__Host-").split(';').next().unwrap();
    let refused = world.nobody().send(Method::GET, "/api/v1/me", &[("cookie", unprefixed)], "").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "a cookie of another name is none");
    world.end().await;
}

#[tokio::test]
async fn where_nobody_can_sign_in_that_is_said() {
    let world = World::start_with(|_| SignIn::Nobody).await;
    let page = world.nobody().get("/enter").await;
    assert!(page.body.contains("Nobody can sign in here yet"), "{}", page.body);
    let picked = world.nobody().form("/enter", &[("person", "user:ana")]).await;
    assert_eq!(picked.status, StatusCode::NOT_FOUND);
    world.end().await;
}
