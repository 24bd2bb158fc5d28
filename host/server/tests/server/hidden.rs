//! W01: what is another's, or another site's, is told byte for byte like what does not exist, whatever is asked of it: each route of the
//! table that names something is asked for both.

use hyper::Method;
use mandate_model::{PluginDigest, SiteId};
use mandate_test_support::guest;
use serde_json::json;

use crate::{
    client::{Answer, Client},
    requests::{REQUESTS, Request},
    who_gets_what::{Names, id, names, sent},
    world::World,
};

/// What everybody may know of.
const PUBLIC: [&str; 2] = ["{code}", "{digest}"];

/// What a path names, as it is there and as it is not.
struct Named {
    place: &'static str,
    there: String,
    absent: String,
}

impl Named {
    fn new(place: &'static str, there: impl Into<String>) -> Self {
        let there = there.into();
        // Of the same form: only what it names is not there.
        let mut turned: Vec<char> = there.chars().collect();
        turned[6..14].reverse();
        let absent = turned.into_iter().collect();
        assert_ne!(there, absent);
        Self { place, there, absent }
    }
}

/// The path and the body with what they name.
fn filled(request: &Request, world: &World, names: &Names, named: &[Named], there: bool) -> (String, String) {
    let fill = |text: &str| {
        let of_path = named
            .iter()
            .fold(text.to_owned(), |text, one| text.replace(one.place, if there { &one.there } else { &one.absent }));
        let (version, plugin) = (world.version.to_string(), world.plugin.to_string());
        let names = [
            ("{number}", "1"),
            ("{me}", "user:dan"),
            ("{event}", &names.event),
            ("{version}", &version),
            ("{plugin}", &plugin),
        ];
        names.iter().fold(of_path, |text, (name, value)| text.replace(name, value))
    };
    (fill(request.path), fill(request.body))
}

/// Whoever asks for each is answered alike. How many routes were judged.
async fn alike(world: &World, client: &Client, names: &Names, named: &[Named], wanted: impl Fn(&str) -> bool) -> usize {
    let mut judged = 0;
    for request in REQUESTS.iter().filter(|request| wanted(request.path)) {
        let mut answers: Vec<Answer> = vec![];
        for there in [true, false] {
            let (at, body) = filled(request, world, names, named, there);
            assert!(!at.contains('{'), "{at}: say in this test what that is");
            answers.push(sent(client, request, &at, &body).await.without_date());
        }
        let what = format!("{} {}", request.method, request.path);
        // Whoever signs nothing is told so, whatever the hook.
        let expected: &[u16] = if request.path == "/api/v1/hooks/{hook}" { &[401, 403, 404] } else { &[403, 404] };
        assert!(expected.contains(&answers[0].status.as_u16()), "{what}: {:?}", answers[0]);
        assert_eq!(answers[0], answers[1], "{what}");
        judged += 1;
    }
    judged
}

/// An upload of theirs, which is refused.
async fn upload_of(client: &Client) -> String {
    let headers = [("content-type", "application/wasm"), ("x-csrf-token", client.csrf())];
    let begun = client.send(Method::POST, "/api/v1/plugins", &headers, "no component").await;
    begun.json()["id"].as_str().unwrap().to_owned()
}

/// The id of what is listed first.
async fn first(client: &Client, at: &str, list: &str) -> String {
    client.get(at).await.json()[list][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn w01_what_is_anothers_is_told_like_what_does_not_exist() {
    let world = World::start().await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let names = names(&world, &ana).await;
    let token = json!({ "name": "nightly", "scopes": ["read"], "days": 1 });
    assert_eq!(ana.api(Method::POST, "/api/v1/tokens", &token).await.status, 201);
    let cleo = world.person("user:cleo").await;
    let hook = cleo.api(Method::POST, "/api/v1/hooks", &json!({ "name": "Payments", "source": "/payments" })).await;
    let hook = hook.json()["id"].as_str().unwrap().to_owned();
    let named = [
        Named::new("{automation}", world.automation.to_string()),
        Named::new("{hook}", hook),
        Named::new("{run}", names.run.clone()),
        Named::new("{message}", names.message.clone()),
        Named::new("{token}", first(&ana, "/api/v1/tokens", "tokens").await),
        Named::new("{session}", first(&ana, "/api/v1/sessions", "sessions").await),
        Named::new("{upload}", upload_of(&ana).await),
        Named { place: "{person}", there: "user:ana".to_owned(), absent: "user:absent".to_owned() },
    ];
    // Plugins are for everybody of a site.
    let wanted = |path: &str| {
        let names_one = path.contains('{') && !path.contains("{id}") && !path.contains("{plugin}");
        names_one && !PUBLIC.iter().any(|public| path.contains(public))
    };
    let judged = alike(&world, &dan, &names, &named, wanted).await;
    assert!(judged > 55, "{judged}");
    for (list, ids, end) in [("/api/v1/tokens", "tokens", "revoke"), ("/api/v1/sessions", "sessions", "end")] {
        let named = [Named::new("{id}", first(&ana, list, ids).await)];
        let judged = alike(&world, &dan, &names, &named, |path| path.ends_with(&format!("/{{id}}/{end}"))).await;
        assert!(judged > 0, "{ids}");
    }
    // Nothing of it happened.
    assert_eq!(ana.get("/api/v1/me").await.status, 200);
    assert_eq!(ana.get("/api/v1/tokens").await.json()["tokens"].as_array().unwrap().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn w01_what_is_of_another_site_is_told_like_what_does_not_exist() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let names = names(&world, &ana).await;
    let other = SiteId::parse("globex").unwrap();
    let plugin: PluginDigest = world.service.upload(&other, &guest("interpreter")).await.unwrap();
    let automation = world.elsewhere(&other).await;
    let named = [Named::new("{automation}", automation.to_string()), Named::new("{plugin}", plugin.to_string())];
    let wanted = |path: &str| path.contains("{automation}") || path.contains("{plugin}");
    for who in ["user:ana", "user:cleo"] {
        // Whoever manages it there, and whoever administers this site.
        let client = world.person(who).await;
        let judged = alike(&world, &client, &names, &named, wanted).await;
        assert!(judged > 40, "{who}: {judged}");
    }
    // Nor can it be run from here.
    let Named { there, absent, .. } = &named[1];
    let draft = |plugin: &str| json!({ "plugin": plugin, "settings": {}, "trigger": { "on": "event", "type": "a.b" } });
    let at = format!("/api/v1/automations/{}/draft", world.automation);
    let mut told = vec![];
    for plugin in [there, absent] {
        let written = ana.api(Method::PUT, &at, &draft(plugin)).await;
        let published = ana.api(Method::POST, &at.replace("draft", "publish"), &json!({})).await;
        assert!(published.status.is_client_error(), "{published:?}");
        told.push((written.status, published.status, published.body.replace(plugin, "it")));
    }
    assert_eq!(told[0], told[1]);
    assert!(world.service.automation(&automation).await.unwrap().automation.managers.contains(&id("ana")));
    world.end().await;
}

/// What is of another site in the server's own store: a token, a hook and a session that were made there.
async fn moved_away(world: &World) {
    for (moved, count) in [
        ("UPDATE token SET site = 'globex' WHERE name = 'theirs'", 2),
        ("UPDATE hook SET site = 'globex' WHERE name = 'theirs'", 1),
        ("UPDATE session SET site = 'globex' WHERE person = 'user:bo'", 1),
    ] {
        assert_eq!(sqlx::query(moved).execute(&world.server).await.unwrap().rows_affected(), count, "{moved}");
    }
}

#[tokio::test]
async fn w01_tokens_hooks_and_sessions_of_another_site_are_none_here() {
    let world = World::start().await;
    let (bo, cleo) = (world.person("user:bo").await, world.person("user:cleo").await);
    let making = |name: &str| json!({ "name": name, "scopes": ["read", "write"], "days": 1 });
    let made = bo.api(Method::POST, "/api/v1/tokens", &making("theirs")).await.json();
    let source = json!({ "name": "theirs", "source": "/theirs", "days": 1 });
    let service = cleo.api(Method::POST, "/api/v1/service-tokens", &source).await.json();
    let hook = cleo.api(Method::POST, "/api/v1/hooks", &json!({ "name": "theirs", "source": "/theirs" })).await.json();
    let session = first(&bo, "/api/v1/sessions", "sessions").await;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    moved_away(&world).await;
    // With what is of another site one is nobody here, like with what never was.
    for (token, at) in [(text(&made["token"]), "/api/v1/me"), (text(&service["token"]), "/api/v1/intake")] {
        let told = world.nobody().by_token(&token, Method::GET, at, &json!(null)).await.without_date();
        let never = world.nobody().by_token(&format!("{token}x"), Method::GET, at, &json!(null)).await.without_date();
        assert_eq!((told.status.as_u16(), &told), (401, &never), "{at}");
    }
    let (told, nobody) =
        (bo.get("/api/v1/me").await.without_date(), world.nobody().get("/api/v1/me").await.without_date());
    assert_eq!((told.status.as_u16(), &told), (401, &nobody));
    // Nor is any of it listed or ended from here, by who administers this site or by the same person.
    let bo = world.person("user:bo").await;
    for (client, list, ids) in [
        (&bo, "/api/v1/tokens", "tokens"),
        (&cleo, "/api/v1/service-tokens", "tokens"),
        (&cleo, "/api/v1/hooks", "hooks"),
    ] {
        assert_eq!(client.get(list).await.json()[ids], json!([]), "{list}");
    }
    let named = [
        (&bo, "{token}", text(&made["id"])),
        (&cleo, "{token}", text(&service["id"])),
        (&bo, "{session}", session),
        (&cleo, "{hook}", text(&hook["id"])),
    ];
    let ana = world.person("user:ana").await;
    let names = names(&world, &ana).await;
    for (client, place, there) in named {
        let judged = alike(&world, client, &names, &[Named::new(place, there)], |path| path.contains(place)).await;
        assert!(judged > 0, "{place}");
    }
    world.end().await;
}

#[tokio::test]
async fn w01_runs_messages_and_topics_of_another_site_are_none_here_nor_are_its_cursors() {
    let (world, other) = (World::start().await, World::start().await);
    let (ana, cleo) = (world.person("user:ana").await, world.person("user:cleo").await);
    let names = names(&world, &ana).await;
    let absent = Named::new("{run}", names.run.clone()).absent;
    let seen = cleo.get(&format!("/api/v1/runs/{}", names.run)).await;
    assert_eq!(seen.status, 200, "she sees what ran in her site: {seen:?}");
    let store = sqlx::sqlite::SqliteConnectOptions::new().filename(world.file("store.db"));
    let store = sqlx::SqlitePool::connect_with(store).await.unwrap();
    let moved = "UPDATE automation SET body = json_set(body, '$.site', 'globex')";
    assert_eq!(sqlx::query(moved).execute(&store).await.unwrap().rows_affected(), 1);
    store.close().await;
    let automation = Named::new("{automation}", world.automation.to_string());
    for (there, none) in [
        (format!("/api/v1/runs/{}", names.run), format!("/api/v1/runs/{absent}")),
        (format!("/api/v1/runs/{}/record", names.run), format!("/api/v1/runs/{absent}/record")),
        (format!("/runs/{}", names.run), format!("/runs/{absent}")),
        (format!("/api/v1/live?of={}", names.run), format!("/api/v1/live?of={absent}")),
        (
            format!("/api/v1/runs?automation={}", automation.there),
            format!("/api/v1/runs?automation={}", automation.absent),
        ),
        (format!("/api/v1/live?of={}", automation.there), format!("/api/v1/live?of={}", automation.absent)),
        (format!("/inbox/{}", names.message), "/inbox/msg_aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned()),
    ] {
        let (told, never) = (cleo.get(&there).await.without_date(), cleo.get(&none).await.without_date());
        assert_eq!(told, never, "{there}");
    }
    assert!(!cleo.get("/api/v1/runs").await.body.contains(&names.run), "nor is it listed");
    // What another site sealed, an upload of it, and a person of it.
    let there = other.person("user:ana").await;
    other.another(&[]).await;
    let cursor = there.get("/api/v1/automations?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    let (told, never) =
        (ana.get(&format!("/api/v1/automations?cursor={cursor}")).await, ana.get("/api/v1/automations?cursor=x").await);
    assert_eq!((told.status.as_u16(), told.without_date()), (422, never.without_date()));
    let upload = upload_of(&there).await;
    let (told, never) = (ana.get(&format!("/api/v1/uploads/{upload}")).await, ana.get("/api/v1/uploads/upl_x").await);
    assert_eq!((told.status.as_u16(), told.without_date()), (404, never.without_date()));
    world.end().await;
    other.end().await;
}
