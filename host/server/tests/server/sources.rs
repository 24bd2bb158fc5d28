//! The page of an administrator for service tokens and hooks.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{client::Client, world::World};

/// What stands in the first `<code>` of a page that shows a secret.
fn secret(page: &str) -> String {
    let (_, note) = page.split_once("It is not shown again.").expect("a page with a secret");
    let (_, rest) = note.split_once("<code>").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

async fn first(cleo: &Client, list: &str, key: &str) -> Value {
    cleo.get(list).await.json()[key][0].clone()
}

#[tokio::test]
async fn tokens_of_sources_are_made_and_revoked_on_the_page() {
    let world = World::start().await;
    let (cleo, program) = (world.person("user:cleo").await, world.nobody());
    let wrong = [("name", "<i>x</i>"), ("source", "a b"), ("days", "1")];
    let wrong = cleo.form("/sources/tokens", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("a source is 1 to 100 letters") && wrong.body.contains("&lt;i&gt;x&lt;/i&gt;"));
    let made = cleo.form("/sources/tokens", &[("name", "CRM"), ("source", "/crm"), ("days", "7")]).await;
    assert_eq!(made.status, StatusCode::OK);
    let token = secret(&made.body);
    let what = program.by_token(&token, Method::GET, "/api/v1/intake", &Value::Null).await;
    assert_eq!(what.json()["source"], "/crm");
    let page = cleo.get("/sources").await.body;
    assert!(page.contains("CRM") && page.contains("/crm") && !page.contains(&token), "{page}");
    let id = first(&cleo, "/api/v1/service-tokens", "tokens").await["id"].as_str().unwrap().to_owned();
    let revoked = cleo.form(&format!("/sources/tokens/{id}/revoke"), &[]).await;
    assert_eq!((revoked.status, revoked.header("location")), (StatusCode::SEE_OTHER, "/sources"));
    let after = program.by_token(&token, Method::GET, "/api/v1/intake", &Value::Null).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
    world.end().await;
}

#[tokio::test]
async fn hooks_are_made_rolled_and_removed_on_the_page() {
    let world = World::start().await;
    let cleo = world.person("user:cleo").await;
    let fields = |subject: &'static str| {
        [("name", "Payments"), ("source", "/pay"), ("type", "com.acme.paid"), ("subject", subject)]
    };
    let wrong = cleo.form("/sources/hooks", &fields("order")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("write a JSON pointer") && wrong.body.contains("value=\"com.acme.paid\""));
    let made = cleo.form("/sources/hooks", &fields("/order/ref")).await;
    let before = secret(&made.body);
    let hook = first(&cleo, "/api/v1/hooks", "hooks").await;
    let id = hook["id"].as_str().unwrap();
    assert_eq!((&hook["type"], &hook["subject"]), (&json!("com.acme.paid"), &json!("/order/ref")));
    assert!(before.starts_with("whsec_") && made.body.contains(&format!("{}/api/v1/hooks/{id}", world.origin)));
    let late = cleo.form(&format!("/sources/hooks/{id}/roll"), &[("hours", "200")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("the secret before counts for 0 to 168 hours"), "{}", late.body);
    let rolled = cleo.form(&format!("/sources/hooks/{id}/roll"), &[("hours", "2")]).await;
    assert_ne!(secret(&rolled.body), before);
    let page = cleo.get("/sources").await.body;
    assert!(page.contains("Secret before") && !page.contains("whsec_"), "{page}");
    let plain = cleo.form("/sources/hooks", &[("name", "x"), ("source", "/x"), ("type", ""), ("subject", "")]).await;
    assert!(plain.body.contains("<dt>Takes</dt><dd>CloudEvents</dd>"), "{}", plain.body);
    let removed = cleo.form(&format!("/sources/hooks/{id}/remove"), &[]).await;
    assert_eq!((removed.status, removed.header("location")), (StatusCode::SEE_OTHER, "/sources"));
    assert_eq!(cleo.form(&format!("/sources/hooks/{id}/remove"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(cleo.form(&format!("/sources/hooks/{id}/roll"), &[("hours", "2")]).await.status, StatusCode::NOT_FOUND);
    world.end().await;
}

#[tokio::test]
async fn the_page_is_for_administrators_and_only_they_are_led_to_it() {
    let world = World::start().await;
    let (bo, cleo) = (world.person("user:bo").await, world.person("user:cleo").await);
    let link = "href=\"/sources\"";
    assert!(cleo.get("/automations").await.body.contains(link));
    assert!(!bo.get("/automations").await.body.contains(link));
    assert_eq!(bo.get("/sources").await.status, StatusCode::FORBIDDEN);
    let made = bo.form("/sources/hooks", &[("name", "x"), ("source", "/x")]).await;
    assert_eq!(made.status, StatusCode::FORBIDDEN);
    assert_eq!(cleo.get("/api/v1/hooks").await.json(), json!({ "hooks": [] }));
    world.end().await;
}
