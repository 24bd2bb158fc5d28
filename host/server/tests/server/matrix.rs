//! Who gets through which gate: every route there is, asked with every kind of credential. The expectation is by hand, for each
//! scope; a route that lets somebody through who is not meant, or a public one that is not listed here, fails.

use std::collections::BTreeSet;

use hyper::{Method, StatusCode};
use mandate_server::{RouteInfo, routes};
use serde_json::{Value, json};

use crate::{
    client::{Answer, Client},
    world::World,
};

/// What a gate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    /// It opens; what is behind it answers.
    In,
    /// It does not know who asks.
    Who,
    /// It knows, and what was sent is not for this.
    Scope,
    /// It was sent two means at once.
    Both,
}

use Gate::{Both, In, Scope, Who};

/// What is sent, in this order.
const SENT: [&str; 11] = [
    "nothing",
    "cookie",
    "read",
    "write",
    "admin",
    "intake",
    "expired",
    "revoked",
    "other site",
    "made up",
    "cookie and read",
];

/// Routes of the API, by scope.
const API: [(&str, [Gate; 11]); 6] = [
    //           nothing cookie read   write  admin  intake expired revoked other made-up both
    ("public", [In, In, In, In, In, In, In, In, In, In, Both]),
    ("read", [Who, In, In, Scope, Scope, Scope, Who, Who, Who, Who, Both]),
    ("write", [Who, In, Scope, In, Scope, Scope, Who, Who, Who, Who, Both]),
    ("admin", [Who, In, Scope, Scope, In, Scope, Who, Who, Who, Who, Both]),
    ("intake", [Who, Scope, Scope, Scope, Scope, In, Who, Who, Who, Who, Both]),
    // Nothing of it is looked at: nothing of it is signed.
    ("signed", [Who, Who, Who, Who, Who, Who, Who, Who, Who, Who, Who]),
];

/// Pages, by scope: for people with a cookie.
const PAGES: [(&str, [Gate; 11]); 4] = [
    ("public", [In, In, In, In, In, In, In, In, In, In, Both]),
    ("read", [Who, In, Who, Who, Who, Who, Who, Who, Who, Who, Both]),
    ("write", [Who, In, Who, Who, Who, Who, Who, Who, Who, Who, Both]),
    ("admin", [Who, In, Who, Who, Who, Who, Who, Who, Who, Who, Both]),
];

/// All that anybody may ask.
const PUBLIC: [&str; 11] = [
    "GET /",
    "GET /api/v1/health",
    "GET /api/v1/openapi.json",
    "GET /assets/{digest}/{name}",
    "GET /enter",
    "GET /enter/back",
    "GET /enter/provider",
    "GET /left",
    "GET /problems",
    "GET /problems/{code}",
    "POST /enter",
];

/// A token of each kind; all of cleo, who may do everything.
async fn tokens(world: &World) -> Vec<String> {
    let cleo = world.person("user:cleo").await;
    let make = async |at: &str, how: Value| {
        let made = cleo.api(Method::POST, at, &how).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let made = made.json();
        (made["id"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned())
    };
    let own = |scopes: &[&str]| json!({ "name": "x", "scopes": scopes, "days": 1 });
    let mut all = vec![];
    for scope in ["read", "write", "admin"] {
        all.push(make("/api/v1/tokens", own(&[scope])).await.1);
    }
    all.push(make("/api/v1/service-tokens", json!({ "name": "x", "source": "shop", "days": 1 })).await.1);
    let every = || make("/api/v1/tokens", own(&["read", "write", "admin"]));
    let changed = async |sql: &'static str, (id, token): (String, String)| {
        assert_eq!(sqlx::query(sql).bind(id).execute(&world.server).await.unwrap().rows_affected(), 1);
        token
    };
    all.push(changed("UPDATE token SET expires = 1 WHERE id = $1", every().await).await);
    let (id, revoked) = every().await;
    assert_eq!(
        cleo.api(Method::DELETE, &format!("/api/v1/tokens/{id}"), &Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    all.push(revoked);
    all.push(changed("UPDATE token SET site = 'other' WHERE id = $1", every().await).await);
    all.push(format!("mdt_{}", "A".repeat(43)));
    all
}

/// The route's address, with things in it that are not there: the gate stands before them.
fn address(route: &RouteInfo) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "absent" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn gate(route: &RouteInfo, answer: &Answer) -> Gate {
    let is =
        |code: &str| answer.body.contains(&format!("\"{code}\"")) || answer.body.contains(&format!("Code {code}<"));
    // The first page leads there by itself.
    let led = route.path != "/" && answer.header("location").starts_with("/enter");
    match answer.status {
        StatusCode::UNAUTHORIZED => Who,
        StatusCode::SEE_OTHER if led => Who,
        StatusCode::FORBIDDEN if is("M0406") => Scope,
        StatusCode::BAD_REQUEST if answer.body.contains("not both") => Both,
        _ => In,
    }
}

#[tokio::test]
async fn every_route_lets_through_whom_it_is_for_and_nobody_else() {
    let world = World::start().await;
    let tokens = tokens(&world).await;
    let (nobody, mut wrong, mut met) = (world.nobody(), vec![], BTreeSet::new());
    for route in routes() {
        let (page, scope, at) = (!route.path.starts_with("/api/"), route.access.scope.as_str(), address(&route));
        let expected =
            if page { PAGES.iter().find(|row| row.0 == scope) } else { API.iter().find(|row| row.0 == scope) };
        let (_, expected) = expected.unwrap_or_else(|| panic!("{} {}: no row for `{scope}`", route.method, route.path));
        met.insert((page, scope));
        // A new session each time: some routes end it.
        let cleo = world.person("user:cleo").await;
        let mut got = vec![plain(&nobody, &route, &at, "").await, plain(&cleo, &route, &at, "").await];
        for token in &tokens {
            got.push(plain(&nobody, &route, &at, token).await);
        }
        got.push(plain(&world.person("user:cleo").await, &route, &at, &tokens[0]).await);
        for ((sent, got), expected) in SENT.iter().zip(&got).zip(expected) {
            let found = gate(&route, got);
            if found != *expected {
                wrong.push(format!(
                    "{} {} ({scope}) with {sent}: {found:?}, not {expected:?}",
                    route.method, route.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(met.len(), API.len() + PAGES.len(), "a row that no route meets: {met:?}");
    world.end().await;
}

async fn plain(client: &Client, route: &RouteInfo, at: &str, token: &str) -> Answer {
    if route.path.starts_with("/api/") {
        let (bearer, csrf) = (format!("Bearer {token}"), client.csrf().to_owned());
        let mut headers = vec![("content-type", "application/json"), ("x-csrf-token", &*csrf)];
        if !token.is_empty() {
            headers.push(("authorization", &bearer));
        }
        return client.send(route.method.clone(), at, &headers, "{}").await;
    }
    let (bearer, form) = (format!("Bearer {token}"), format!("csrf={}", client.csrf()));
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    if !token.is_empty() {
        headers.push(("authorization", &bearer));
    }
    client.send(route.method.clone(), at, &headers, &form).await
}

#[test]
fn what_anybody_may_ask_is_listed_here() {
    let public = routes().into_iter().filter(|route| route.access.scope.as_str() == "public");
    let public: BTreeSet<String> = public.map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(public, PUBLIC.map(str::to_owned).into_iter().collect());
}
