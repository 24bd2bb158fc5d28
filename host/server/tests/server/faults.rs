//! What goes wrong inside is answered as a fault of the server, to programs and to people, and tells nothing of it.

use std::sync::atomic::Ordering;

use hyper::StatusCode;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

use crate::{client::Client, world::World};

/// Nothing of the inside is ever told: no SQL, no path, no place in the source, no name of a table, nothing of what is stored.
const INSIDE: [&str; 16] = [
    "CANARY",
    "SELECT",
    "UPDATE",
    "sqlx",
    "sqlite",
    "SQL",
    "no such table",
    ".db",
    ".rs:",
    "/host/",
    "/tmp",
    "/dev/",
    "backtrace",
    "panick",
    "thread '",
    "expected value",
];

/// Asks for something and judges how that it went wrong is told: as a problem with this status and code, or as a page.
async fn judged(client: &Client, at: &str, status: StatusCode, code: &str) {
    let answer = client.get(at).await;
    assert_eq!(answer.status, status, "{at}: {answer:?}");
    if at.starts_with("/api/") {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{at}");
        assert_eq!(answer.json()["code"], code, "{at}");
    } else {
        assert!(answer.header("content-type").starts_with("text/html"), "{at}: {answer:?}");
        assert!(answer.body.contains(&format!("/problems/{code}")), "{at}: {}", answer.body);
    }
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{at}: the headers of every answer");
    let whole = format!("{:?} {}", answer.headers, answer.body);
    for inside in INSIDE {
        assert!(!whole.contains(inside), "{at} tells of `{inside}`: {whole}");
    }
}

/// A statement on a database of the world, behind the back of who uses it.
async fn behind(world: &World, file: &str, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(world.file(file)).foreign_keys(false);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::query(statement).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn what_is_stored_and_cannot_be_read_is_a_fault_that_tells_nothing() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let (api, page) =
        (format!("/api/v1/automations/{}", world.automation), format!("/automations/{}", world.automation));
    behind(&world, "store.db", "UPDATE version SET body = 'CANARY {'").await;
    for at in [api.clone(), format!("{api}/reach"), page.clone(), format!("{page}/consent"), format!("{page}/setup")] {
        judged(&ana, &at, StatusCode::INTERNAL_SERVER_ERROR, "M0500").await;
    }
    // The rest goes on.
    assert_eq!(ana.get("/api/v1/me").await.status, StatusCode::OK);
    world.end().await;
}

#[tokio::test]
async fn a_store_that_cannot_be_asked_is_not_now_and_tells_nothing() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    behind(&world, "store.db", "DROP TABLE run").await;
    for at in ["/api/v1/runs", "/runs"] {
        judged(&ana, at, StatusCode::SERVICE_UNAVAILABLE, "M0503").await;
    }
    behind(&world, "server.db", "DROP TABLE session").await;
    for at in ["/api/v1/me", "/automations", "/api/v1/live?of=inbox"] {
        judged(&ana, at, StatusCode::SERVICE_UNAVAILABLE, "M0503").await;
    }
    assert_eq!(world.nobody().get("/api/v1/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_panics_is_a_fault_that_tells_nothing_and_the_server_goes_on() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    for _ in 0..3 {
        world.panics.store(true, Ordering::SeqCst);
        for at in ["/api/v1/me", "/api/v1/automations", "/automations", "/inbox"] {
            judged(&ana, at, StatusCode::INTERNAL_SERVER_ERROR, "M0500").await;
        }
        world.panics.store(false, Ordering::SeqCst);
        assert_eq!(ana.get("/api/v1/me").await.status, StatusCode::OK);
    }
    world.end().await;
}
