//! Tokens of programs, by the API and on `/me`.

use hyper::{Method, StatusCode};
use mandate_model::PrincipalId;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Client},
    world::World,
};

const TOKENS: &str = "/api/v1/tokens";
const SERVICE: &str = "/api/v1/service-tokens";

async fn make(client: &Client, scopes: &[&str]) -> (String, String) {
    let made = client.api(Method::POST, TOKENS, &json!({ "name": "nightly", "scopes": scopes, "days": 30 })).await;
    told(&made)
}

/// Id and token of what was made.
fn told(made: &Answer) -> (String, String) {
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let body = made.json();
    (body["id"].as_str().unwrap().to_owned(), body["token"].as_str().unwrap().to_owned())
}

/// Status, code and text of a problem.
fn problem(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text = |field: &str| body[field].as_str().unwrap().to_owned();
    (answer.status.as_u16(), text("code"), text("detail"))
}

#[tokio::test]
async fn a_token_is_shown_once_and_asks_as_its_person() {
    let world = World::start().await;
    let (ana, program) = (world.person("user:ana").await, world.nobody());
    let (id, token) = make(&ana, &["read"]).await;
    assert!(token.starts_with("mdt_"), "{token}");
    let listed = ana.get(TOKENS).await;
    assert!(!listed.body.contains(&token));
    let one = &listed.json()["tokens"][0];
    assert_eq!((&one["id"], &one["name"], &one["scopes"]), (&json!(id), &json!("nightly"), &json!(["read"])));
    assert_eq!((&one["made_by"], one.get("used")), (&json!("user:ana"), None));
    let me = program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await;
    assert_eq!((me.status, &me.json()["id"]), (StatusCode::OK, &json!("user:ana")));
    assert!(ana.get(TOKENS).await.json()["tokens"][0]["used"].is_string());
    let bo = world.person("user:bo").await;
    assert_eq!(bo.get(TOKENS).await.json(), json!({ "tokens": [] }));
    assert_eq!(bo.api(Method::DELETE, &format!("{TOKENS}/{id}"), &Value::Null).await.status, StatusCode::NOT_FOUND);
    let revoked = ana.api(Method::DELETE, &format!("{TOKENS}/{id}"), &Value::Null).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    let after = program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await;
    let text = "sign in first, or send a token that is in force";
    assert_eq!(problem(&after), (401, "M0401".to_owned(), text.to_owned()));
    let never = program.by_token("mdt_x", Method::GET, "/api/v1/me", &Value::Null).await;
    assert_eq!(never.without_date(), after.without_date(), "what was revoked is told like what never was");
    world.end().await;
}

#[tokio::test]
async fn a_token_does_what_it_is_for_without_a_page_and_nothing_else() {
    let world = World::start().await;
    let (ana, program) = (world.person("user:ana").await, world.nobody());
    let ((_, read), (_, write)) = (make(&ana, &["read"]).await, make(&ana, &["write"]).await);
    let at = format!("/api/v1/automations/{}/enable", world.automation);
    let enabling = json!({ "version": world.version });
    let refused = program.by_token(&read, Method::POST, &at, &enabling).await;
    let text = "this asks for the scope `write`, which what you sent does not have: send a token that was made with it";
    assert_eq!(problem(&refused), (403, "M0406".to_owned(), text.to_owned()));
    assert_eq!(program.by_token(&write, Method::GET, "/api/v1/me", &Value::Null).await.status, StatusCode::FORBIDDEN);
    // No page, no origin of ours: what asks holds the token.
    let bearer = format!("bearer  {write}");
    let headers =
        [("authorization", &*bearer), ("content-type", "application/json"), ("origin", "http://other.example")];
    let done = program.send(Method::POST, &at, &headers, &enabling.to_string()).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{done:?}");
    // With a cookie besides, it could not be said who asks.
    let both = ana.send(Method::GET, "/api/v1/me", &[("authorization", &format!("Bearer {read}"))], "").await;
    let text = "send a token or the cookie of a session, not both: it could not be said who asks";
    assert_eq!(problem(&both), (400, "M0400".to_owned(), text.to_owned()));
    // A token of others, which a proxy may leave in, says nothing here.
    let other = ana.send(Method::GET, "/api/v1/me", &[("authorization", "Bearer eyJ0")], "").await;
    assert_eq!(other.status, StatusCode::OK);
    world.end().await;
}

#[tokio::test]
async fn a_token_carries_no_more_than_its_person_now() {
    let world = World::start().await;
    let (dan, cleo, program) = (world.person("user:dan").await, world.person("user:cleo").await, world.nobody());
    let (_, token) = make(&dan, &["read", "write", "admin"]).await;
    let hidden =
        program.by_token(&token, Method::GET, &format!("/api/v1/automations/{}", world.automation), &Value::Null).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let service = program.by_token(&token, Method::GET, SERVICE, &Value::Null).await;
    assert_eq!(problem(&service), (403, "M0403".to_owned(), "only administrators of the site may do this".to_owned()));
    let id = PrincipalId::parse("user:dan").unwrap();
    world.embedded.set_active(&id, false).await.unwrap();
    assert_eq!(
        program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    world.embedded.set_active(&id, true).await.unwrap();
    assert_eq!(program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await.status, StatusCode::OK);
    let expelled = cleo.api(Method::DELETE, "/api/v1/people/user:dan/sessions", &Value::Null).await;
    assert_eq!(expelled.status, StatusCode::NO_CONTENT, "{expelled:?}");
    assert_eq!(
        program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    world.end().await;
}

#[tokio::test]
async fn a_token_expires() {
    let world = World::start().await;
    let (ana, program) = (world.person("user:ana").await, world.nobody());
    let made = ana.api(Method::POST, TOKENS, &json!({ "name": "short", "scopes": ["read"], "days": 1 })).await;
    let (_, token) = told(&made);
    world.later(24 * 3600 - 60);
    assert_eq!(program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await.status, StatusCode::OK);
    world.later(61);
    assert_eq!(
        program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    world.end().await;
}

#[tokio::test]
async fn a_token_makes_none_that_may_more_and_takes_what_it_made_with_it() {
    let world = World::start().await;
    let (ana, program) = (world.person("user:ana").await, world.nobody());
    let (id, token) = make(&ana, &["read", "write"]).await;
    let text = "a token makes none that may more or lasts longer than itself";
    for wrong in [json!({ "scopes": ["read", "admin"], "days": 1 }), json!({ "scopes": ["read"], "days": 31 })] {
        let mut making = json!({ "name": "child" });
        making.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let refused = program.by_token(&token, Method::POST, TOKENS, &making).await;
        assert_eq!(problem(&refused), (422, "M0422".to_owned(), text.to_owned()));
    }
    let making = json!({ "name": "child", "scopes": ["read"], "days": 29 });
    let (_, child) = told(&program.by_token(&token, Method::POST, TOKENS, &making).await);
    assert_eq!(program.by_token(&child, Method::GET, "/api/v1/me", &Value::Null).await.status, StatusCode::OK);
    ana.api(Method::DELETE, &format!("{TOKENS}/{id}"), &Value::Null).await;
    assert_eq!(
        program.by_token(&child, Method::GET, "/api/v1/me", &Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    world.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_token_to_be_is_said() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let name = "give it a name of 1 to 100 letters, by which you know it again";
    let days = "a token counts for 1 to 365 days";
    let scopes = "say what it is for: at least one of `read`, `write` and `admin`";
    for (field, text, making) in [
        ("name", name, json!({ "name": " ", "scopes": ["read"], "days": 1 })),
        ("days", days, json!({ "name": "x", "scopes": ["read"], "days": 0 })),
        ("days", days, json!({ "name": "x", "scopes": ["read"], "days": 366 })),
        ("scopes", scopes, json!({ "name": "x", "scopes": [], "days": 1 })),
    ] {
        let refused = ana.api(Method::POST, TOKENS, &making).await;
        assert_eq!(problem(&refused), (422, "M0422".to_owned(), text.to_owned()), "{making}");
        assert_eq!(refused.json()["field"], field);
    }
    for making in [json!({ "name": "x", "scopes": ["intake"], "days": 1 }), json!({ "name": "x", "scopes": ["read"] })]
    {
        assert_eq!(ana.api(Method::POST, TOKENS, &making).await.status, StatusCode::BAD_REQUEST, "{making}");
    }
    for _ in 0..50 {
        make(&ana, &["read"]).await;
    }
    let refused = ana.api(Method::POST, TOKENS, &json!({ "name": "x", "scopes": ["read"], "days": 1 })).await;
    assert_eq!(problem(&refused).2, "50 tokens are the most: revoke one first");
    world.end().await;
}

#[tokio::test]
async fn a_source_of_events_has_a_token_of_the_sites() {
    let world = World::start().await;
    let (bo, cleo, program) = (world.person("user:bo").await, world.person("user:cleo").await, world.nobody());
    let making = json!({ "name": "The shop", "source": "https://shop.example/orders", "days": 365 });
    let denied = "only administrators of the site may do this";
    for refused in [
        bo.api(Method::POST, SERVICE, &making).await,
        bo.get(SERVICE).await,
        bo.api(Method::DELETE, &format!("{SERVICE}/tok_x"), &Value::Null).await,
        bo.api(Method::DELETE, "/api/v1/people/user:ana/sessions", &Value::Null).await,
    ] {
        assert_eq!(problem(&refused), (403, "M0403".to_owned(), denied.to_owned()));
    }
    let (id, token) = told(&cleo.api(Method::POST, SERVICE, &making).await);
    let what = program.by_token(&token, Method::GET, "/api/v1/intake", &Value::Null).await;
    assert_eq!((what.status, &what.json()["source"]), (StatusCode::OK, &json!("https://shop.example/orders")));
    assert_eq!(what.json()["site"], "acme");
    assert_eq!(program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await.status, StatusCode::FORBIDDEN);
    let (_, own) = make(&cleo, &["read", "write", "admin"]).await;
    let refused = program.by_token(&own, Method::GET, "/api/v1/intake", &Value::Null).await;
    assert!(problem(&refused).2.starts_with("this asks for the scope `intake`"), "{refused:?}");
    assert_eq!(cleo.get(TOKENS).await.json()["tokens"].as_array().unwrap().len(), 1, "it is nobody's own");
    // Who made it may go.
    world.embedded.set_active(&PrincipalId::parse("user:cleo").unwrap(), false).await.unwrap();
    assert_eq!(program.by_token(&token, Method::GET, "/api/v1/intake", &Value::Null).await.status, StatusCode::OK);
    world.embedded.set_active(&PrincipalId::parse("user:cleo").unwrap(), true).await.unwrap();
    let cleo = world.person("user:cleo").await;
    let one = &cleo.get(SERVICE).await.json()["tokens"][0];
    assert_eq!((&one["scopes"], &one["source"]), (&json!(["intake"]), &json!("https://shop.example/orders")));
    assert_eq!(cleo.api(Method::DELETE, &format!("{SERVICE}/{id}"), &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        program.by_token(&token, Method::GET, "/api/v1/intake", &Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    let spaced = json!({ "name": "x", "source": "a b", "days": 1 });
    assert_eq!(problem(&cleo.api(Method::POST, SERVICE, &spaced).await).0, 422);
    world.end().await;
}

#[tokio::test]
async fn tokens_are_made_and_revoked_on_the_page_too() {
    let world = World::start().await;
    let (ana, program) = (world.person("user:ana").await, world.nobody());
    let wrong = ana.form("/me/tokens", &[("name", "<i>x</i>"), ("days", "9999"), ("scope", "read")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("a token counts for 1 to 365 days"), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"&lt;i&gt;x&lt;/i&gt;\""), "what was typed is kept, as text: {}", wrong.body);
    let made =
        ana.form("/me/tokens", &[("name", "By hand"), ("days", "7"), ("scope", "read"), ("scope", "write")]).await;
    let (_, rest) = made.body.split_once("<code>").unwrap();
    let token = rest.split('<').next().unwrap();
    assert_eq!(program.by_token(token, Method::GET, "/api/v1/me", &Value::Null).await.status, StatusCode::OK);
    let page = ana.get("/me").await;
    assert!(page.body.contains("By hand") && page.body.contains("read, write") && !page.body.contains(token));
    let id = ana.get(TOKENS).await.json()["tokens"][0]["id"].as_str().unwrap().to_owned();
    let revoked = ana.form(&format!("/me/tokens/{id}/revoke"), &[]).await;
    assert_eq!((revoked.status, revoked.header("location")), (StatusCode::SEE_OTHER, "/me"));
    assert_eq!(program.by_token(token, Method::GET, "/api/v1/me", &Value::Null).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ana.form(&format!("/me/tokens/{id}/revoke"), &[]).await.status, StatusCode::NOT_FOUND);
    world.end().await;
}

/// What the audit tells of tokens, in order.
async fn audited(world: &World) -> Vec<Value> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(world.file("store.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let all = "SELECT payload FROM audit WHERE what IN ('token', 'tokens-revoked') ORDER BY number";
    let all: Vec<String> = sqlx::query_scalar(all).fetch_all(&pool).await.unwrap();
    pool.close().await;
    all.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

#[tokio::test]
async fn that_a_token_was_made_or_revoked_is_in_the_audit_by_whom_and_for_what() {
    let world = World::start().await;
    let (ana, cleo) = (world.person("user:ana").await, world.person("user:cleo").await);
    let (own, secret) = make(&ana, &["read", "write"]).await;
    let making = json!({ "name": "The shop", "source": "/shop", "days": 1 });
    let (shop, _) = told(&cleo.api(Method::POST, SERVICE, &making).await);
    for wrong in [json!({ "name": "", "scopes": ["read"], "days": 1 }), json!({ "name": "x", "scopes": [], "days": 1 })]
    {
        assert_eq!(ana.api(Method::POST, TOKENS, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(cleo.api(Method::DELETE, &format!("{TOKENS}/{own}"), &Value::Null).await.status, StatusCode::NOT_FOUND);
    ana.form(&format!("/me/tokens/{own}/revoke"), &[]).await;
    cleo.api(Method::DELETE, &format!("{SERVICE}/{shop}"), &Value::Null).await;
    cleo.api(Method::DELETE, "/api/v1/people/user:ana/sessions", &Value::Null).await;
    let all = audited(&world).await;
    let became = |one: &Value| one["became"]["made"]["scopes"].clone();
    assert_eq!(all.len(), 5, "{all:?}");
    assert_eq!(
        (&all[0]["token"], &all[0]["holder"], &all[0]["actor"]),
        (&json!(own), &json!("user:ana"), &json!("user:ana"))
    );
    assert_eq!((became(&all[0]), became(&all[1])), (json!(["read", "write"]), json!(["intake"])));
    assert_eq!((&all[1]["holder"], &all[1]["actor"]), (&json!(null), &json!("user:cleo")));
    assert_eq!((&all[2]["token"], &all[2]["became"]), (&json!(own), &json!("revoked")));
    assert_eq!(
        (&all[3]["token"], &all[3]["became"], &all[3]["actor"]),
        (&json!(shop), &json!("revoked"), &json!("user:cleo"))
    );
    assert_eq!(
        (&all[4]["what"], &all[4]["holder"], &all[4]["actor"]),
        (&json!("tokens-revoked"), &json!("user:ana"), &json!("user:cleo"))
    );
    assert!(!all.iter().any(|one| one.to_string().contains(&secret)), "never the token");
    world.end().await;
}

#[tokio::test]
async fn a_token_that_cannot_be_audited_is_not_made_and_none_is_revoked_in_silence() {
    let world = World::start().await;
    let (ana, program) = (world.person("user:ana").await, world.nobody());
    let (id, token) = make(&ana, &["read"]).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(world.file("store.db"));
    let store = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("ALTER TABLE audit RENAME TO gone").execute(&store).await.unwrap();
    let making = json!({ "name": "x", "scopes": ["read"], "days": 1 });
    assert_eq!(ana.api(Method::POST, TOKENS, &making).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let revoking = ana.api(Method::DELETE, &format!("{TOKENS}/{id}"), &Value::Null).await;
    assert_eq!(revoking.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ana.get(TOKENS).await.json()["tokens"].as_array().unwrap().len(), 1, "nothing was half done");
    assert_eq!(program.by_token(&token, Method::GET, "/api/v1/me", &Value::Null).await.status, StatusCode::OK);
    sqlx::query("ALTER TABLE gone RENAME TO audit").execute(&store).await.unwrap();
    store.close().await;
    world.end().await;
}
