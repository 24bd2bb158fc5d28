//! The API answers as its document says (A08): schemathesis asks every operation as ana, as cleo, who administers the site, and as a
//! source of events; each with what is there, so that what lies behind an id is reached. Which operations then never do what they are
//! for is a list with reasons.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use mandate_test_support::{Tried, Tries, guest, schemathesis};
use serde_json::{Value, json};

use crate::{
    client::Client,
    hostile,
    requests::{REQUESTS, Ready},
    runs::another_deal,
    who_gets_what::{MORE, automation, id},
    world::World,
};

/// What would take away what the others are asked with; `sessions.rs` and `tokens.rs` ask for these.
const ENDS: [&str; 2] = ["deleteSessions", "deletePersonSessions"];

/// What nobody here can have done, and why.
const NEVER: [(&str, &str); 1] =
    [("postHook", "who signs what they send is asked in `hooks.rs`: no signature is made up")];

/// What paths name: what is there.
async fn names(world: &World, client: &Client, me: &str) -> BTreeMap<&'static str, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let first = async |at: &str, list: &str| text(&client.get(at).await.json()[list][0]["id"]);
    let ana = world.person("user:ana").await;
    let run = &ana.get("/api/v1/runs").await.json()["runs"][0];
    let (own, token) = (json!({ "name": "x", "scopes": ["read"], "days": 1 }), "/api/v1/tokens");
    assert_eq!(client.api(Method::POST, token, &own).await.status, 201);
    // Another session than the one that is asked with.
    drop(world.person(me).await);
    let sessions = client.get("/api/v1/sessions").await.json();
    let other = sessions["sessions"].as_array().unwrap().iter().find(|one| one["this"] == false).unwrap();
    let headers = [("content-type", "application/wasm"), ("x-csrf-token", client.csrf()), ("prefer", "wait=50")];
    let upload = client.bytes(Method::POST, "/api/v1/plugins", &headers, guest("interpreter")).await.json();
    let cleo = world.person("user:cleo").await;
    let hook = cleo.api(Method::POST, "/api/v1/hooks", &json!({ "name": "x", "source": "/x" })).await.json();
    let service = json!({ "name": "x", "source": "/x", "days": 1 });
    let service = cleo.api(Method::POST, "/api/v1/service-tokens", &service).await.json();
    let message = async |own: &Client| first_with_file(own).await;
    BTreeMap::from([
        ("run", text(&run["id"])),
        ("event", text(&run["event"]["id"])),
        ("message", message(if me == "user:ana" { client } else { &ana }).await),
        ("number", "1".to_owned()),
        ("person", "user:ana".to_owned()),
        ("plugin", world.plugin.to_string()),
        ("upload", text(&upload["id"])),
        ("hook", text(&hook["id"])),
        ("token", first(token, "tokens").await),
        ("service-token", text(&service["id"])),
        ("session", text(&other["id"])),
    ])
}

/// A message that comes with a file.
async fn first_with_file(client: &Client) -> String {
    let inbox = client.get("/api/v1/inbox").await.json();
    let all = inbox["messages"].as_array().unwrap();
    let with = all.iter().find(|one| !one["attachments"].as_array().unwrap().is_empty()).unwrap();
    with["id"].as_str().unwrap().to_owned()
}

/// What is asked as somebody: the document with the body of each operation as an example, and what its path names. Each has an
/// automation of its own, so that what one does stands in no other's way.
async fn tries(world: &World, client: &Client, me: &str) -> Tries {
    let names = names(world, client, me).await;
    let mut document = mandate_server::document();
    let mut parameters = BTreeMap::new();
    for request in REQUESTS.iter().filter(|request| request.path.starts_with("/api/")) {
        let operation = &mut document["paths"][request.path][request.method.to_lowercase()];
        let id = operation["operationId"].as_str().unwrap().to_owned();
        // Cleo is one of those who ask, and bo is not.
        let ready = if request.ready == Ready::Offered { Ready::ForCleo } else { request.ready };
        let its = automation(world, ready).await;
        let mut of_path: BTreeMap<String, String> = BTreeMap::new();
        for place in request.path.split(['{', '}']).skip(1).step_by(2) {
            let name = if request.path.contains("service-tokens") { "service-token" } else { place };
            let value = if place == "automation" { its.to_string() } else { names[name].clone() };
            of_path.insert(format!("path.{place}"), value);
        }
        // Somebody who is asked about, and nobody's session is ended by it.
        if request.path.ends_with("/hand-over") {
            of_path.insert("path.person".to_owned(), "user:dan".to_owned());
        }
        if request.path.ends_with("/live") {
            of_path.insert("query.of".to_owned(), "inbox".to_owned());
        }
        if let Some(body) = operation.pointer_mut("/requestBody/content/application~1json")
            && !request.body.is_empty()
        {
            let filled = [
                ("{version}", world.version.to_string()),
                ("{plugin}", world.plugin.to_string()),
                ("{me}", me.to_owned()),
            ];
            let text = filled.iter().fold(request.body.to_owned(), |text, (name, value)| text.replace(name, value));
            body["example"] = serde_json::from_str(&text).unwrap();
        }
        parameters.insert(id, of_path);
    }
    let headers = vec![format!("Cookie: {}", client.cookie()), format!("X-CSRF-Token: {}", client.csrf())];
    let without = ENDS.map(str::to_owned).into();
    Tries { origin: world.origin.clone(), document, parameters, headers, without, ..Tries::default() }
}

async fn tried(tries: Tries) -> Tried {
    let tried = tokio::task::spawn_blocking(move || schemathesis(&tries)).await.unwrap();
    assert!(tried.found.is_none(), "{}", tried.found.unwrap());
    tried
}

/// The operations that did what they are for.
fn done(tried: &Tried) -> BTreeSet<String> {
    let fine = |answers: &BTreeMap<u16, usize>| answers.keys().any(|status| (200..300).contains(status));
    tried.answers.iter().filter(|(_, answers)| fine(answers)).map(|(id, _)| id.clone()).collect()
}

/// What is asked with the token of a source of events.
async fn source(world: &World) -> (Tries, String) {
    let cleo = world.person("user:cleo").await;
    let making = json!({ "name": "source", "source": "/crm", "days": 1 });
    let made = cleo.api(Method::POST, "/api/v1/service-tokens", &making).await.json();
    let token = made["token"].as_str().unwrap().to_owned();
    let mut tries = tries(world, &cleo, "user:cleo").await;
    tries.headers = vec![format!("Authorization: Bearer {token}")];
    tries.only = ["getIntake", "postEvents"].map(str::to_owned).into();
    tries.without = BTreeSet::new();
    let event = json!({
        "specversion": "1.0", "type": "mandate.row.added", "source": "/crm", "id": "1", "subject": "deals/d1",
    });
    for kind in ["application/json", "application/cloudevents+json"] {
        let body = &mut tries.document["paths"]["/api/v1/events"]["post"]["requestBody"]["content"][kind];
        assert!(body.is_object(), "{kind}");
        body["example"] = event.clone();
    }
    (tries, token)
}

/// A world in which something happened, and somebody was told of it, with a file.
async fn lively() -> World {
    let world = World::with(MORE).await;
    hostile::on(&world, &guest("csv_report"), json!({ "dataset": "deals" })).await;
    world.service.enable(&world.automation, &id("ana"), &world.version).await.unwrap();
    another_deal(&world, "d1").await;
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_the_api_answers_as_its_document_says_and_every_operation_is_reached() {
    let (mut reached, mut asked) = (BTreeSet::new(), BTreeMap::<String, BTreeMap<u16, usize>>::new());
    // The second time what is wrong with a request is not tried once more: that is not looked at by who asks. Each asks in a world of
    // their own, for some of them make hundreds of automations.
    for (me, phases) in [("user:ana", "examples,coverage,fuzzing"), ("user:cleo", "examples,fuzzing")] {
        let world = lively().await;
        let client = world.person(me).await;
        let tried = tried(Tries { phases, ..tries(&world, &client, me).await }).await;
        let still = client.get("/api/v1/me").await.status;
        assert_eq!(still, 200, "the session of {me} counts still: all was asked as them");
        reached.extend(done(&tried));
        asked.extend(tried.answers);
        world.end().await;
    }
    let world = lively().await;
    let (tries, token) = source(&world).await;
    let tried = tried(Tries { phases: "examples,coverage,fuzzing", ..tries }).await;
    let whose = world.nobody().by_token(&token, Method::GET, "/api/v1/intake", &Value::Null).await;
    assert_eq!(whose.status, 200, "the token counts still");
    reached.extend(done(&tried));
    asked.extend(tried.answers);
    world.end().await;
    judged(&reached, &asked);
}

/// Every operation did what it is for, but for those of which it is said why not.
fn judged(reached: &BTreeSet<String>, asked: &BTreeMap<String, BTreeMap<u16, usize>>) {
    let never: BTreeSet<String> = NEVER.iter().map(|(id, _)| (*id).to_owned()).chain(ENDS.map(str::to_owned)).collect();
    let document = mandate_server::document();
    let paths = document["paths"].as_object().unwrap().values();
    let all = paths.flat_map(|methods| methods.as_object().unwrap().values());
    let all: BTreeSet<String> = all.map(|one| one["operationId"].as_str().unwrap().to_owned()).collect();
    let missing = all.difference(reached).filter(|id| !never.contains(*id));
    let missing: Vec<_> = missing.map(|id| (id, asked.get(id))).collect();
    assert!(missing.is_empty(), "these never did what they are for: {missing:#?}");
    let idle: Vec<_> = never.iter().filter(|id| reached.contains(*id) || !all.contains(*id)).collect();
    assert!(idle.is_empty(), "these are reached, or gone: {idle:?}");
}
