//! Every route has a gate and is documented; every answer carries its headers.

use hyper::{Method, StatusCode};

use crate::world::World;

#[tokio::test]
async fn no_route_answers_who_is_not_signed_in() {
    let world = World::start().await;
    let nobody = world.nobody();
    let mut asked = 0;
    for route in mandate_server::routes() {
        if route.access.scope.as_str() == "public" {
            continue;
        }
        let at = route.path.replace("{automation}", world.automation.as_str()).replace(['{', '}'], "");
        let answer = nobody.send(route.method.clone(), &at, &[("content-type", "application/json")], "{}").await;
        if route.path.starts_with("/api/") {
            let code = if route.access.scope.as_str() == "signed" { "M0408" } else { "M0401" };
            assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some(code)), "{at}");
        } else {
            let get = route.method == Method::GET;
            let enter = if get { format!("/enter?to={}", at.replace('/', "%2F")) } else { "/enter".to_owned() };
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*enter), "{at}");
        }
        asked += 1;
    }
    assert!(asked > 5, "{asked}");
    world.end().await;
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let world = World::start().await;
    for at in ["/enter", "/nowhere", "/api/v1/openapi.json", "/api/v1/me"] {
        let answer = world.nobody().get(at).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{at}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{at}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{at}");
        assert_eq!(answer.header("cache-control"), "no-store", "{at}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_language_of_who_asks() {
    let world = World::start().await;
    let api = world.nobody().get("/api/v1/nowhere").await;
    assert_eq!((api.status, api.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
    let page = world.nobody().get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("<h1>Nothing here</h1>"), "{}", page.body);
    let method = world.nobody().send(Method::DELETE, "/api/v1/me", &[], "").await;
    assert_eq!((method.status, method.json()["code"].as_str()), (StatusCode::METHOD_NOT_ALLOWED, Some("M0405")));
    world.end().await;
}
