//! Hooks: who can sign is heard, once; all others are told the same (W07).

use data_encoding::BASE64;
use hyper::{Method, StatusCode};
use mandate_service::{Clock as _, SystemClock};
use ring::hmac;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Client},
    world::World,
};

const HOOKS: &str = "/api/v1/hooks";
const JSON: &str = "application/json";

fn now() -> i64 {
    SystemClock.now() / 1_000_000
}

/// The header `webhook-signature`, made here and not by the host.
fn sign(secret: &str, id: &str, at: &str, body: &str) -> String {
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let signed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(signed.as_ref()))
}

/// A hook that was made, and who sends to it.
struct Hook {
    client: Client,
    id: String,
    secret: String,
}

impl Hook {
    async fn make(world: &World, how: &Value) -> Self {
        let made = world.person("user:cleo").await.api(Method::POST, HOOKS, how).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let body = made.json();
        let text = |field: &str| body[field].as_str().unwrap().to_owned();
        assert_eq!(made.header("location"), format!("{HOOKS}/{}", text("id")));
        Self { client: world.nobody(), id: text("id"), secret: text("secret") }
    }

    async fn send(&self, headers: &[(&str, &str)], body: &str) -> Answer {
        self.client.send(Method::POST, &format!("{HOOKS}/{}", self.id), headers, body).await
    }

    /// As it should be.
    async fn say(&self, id: &str, kind: &str, body: &str) -> Answer {
        self.say_at(id, now(), kind, body).await
    }

    async fn say_at(&self, id: &str, at: i64, kind: &str, body: &str) -> Answer {
        let at = at.to_string();
        let signature = sign(&self.secret, id, &at, body);
        let headers =
            [("content-type", kind), ("webhook-id", id), ("webhook-timestamp", &at), ("webhook-signature", &signature)];
        self.send(&headers, body).await
    }
}

/// Whether what was taken was new.
fn new(answer: &Answer) -> bool {
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    answer.json()["new"].as_bool().unwrap()
}

fn problem(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text("code"), text("field"))
}

fn told(status: u16, code: &str, field: &str) -> (u16, String, String) {
    (status, code.to_owned(), field.to_owned())
}

fn paid() -> Value {
    json!({ "name": "Payments", "source": "/pay", "type": "com.acme.paid" })
}

#[tokio::test]
async fn w07_who_cannot_sign_is_told_the_same_as_of_no_hook() {
    let world = World::start().await;
    world.listening("com.acme.paid").await;
    let hook = Hook::make(&world, &paid()).await;
    let (at, body) = (now().to_string(), "{\"amount\": 1}");
    let right = sign(&hook.secret, "e1", &at, body);
    let other = format!("whsec_{}", BASE64.encode(&[7; 32]));
    let (early, late) = ((now() - 310).to_string(), (now() + 3600).to_string());
    let nothing = hook.client.send(Method::POST, &format!("{HOOKS}/hook_absent"), &[], body).await;
    assert_eq!(problem(&nothing), told(401, "M0408", ""));
    let all = |id: &str, at: &str, signature: &str| {
        vec![
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_owned()),
            ("webhook-signature", signature.to_owned()),
        ]
    };
    let dotted = format!("e1.{at}");
    for (why, headers) in [
        ("nothing", vec![]),
        ("no signature", all("e1", &at, &right)[..2].to_vec()),
        ("no time", [&all("e1", &at, &right)[..1], &all("e1", &at, &right)[2..]].concat()),
        ("no id", all("e1", &at, &right)[1..].to_vec()),
        ("an empty signature", all("e1", &at, "")),
        ("forged", all("e1", &at, &sign(&other, "e1", &at, body))),
        ("signed for another body", all("e1", &at, &sign(&hook.secret, "e1", &at, "{}"))),
        ("signed for another id", all("e2", &at, &right)),
        ("signed for another time", all("e1", &(now() - 1).to_string(), &right)),
        ("another version", all("e1", &at, &right.replace("v1,", "v2,"))),
        ("cut", all("e1", &at, right.get(..20).unwrap())),
        ("too old", all("e1", &early, &sign(&hook.secret, "e1", &early, body))),
        ("too new", all("e1", &late, &sign(&hook.secret, "e1", &late, body))),
        ("no number", all("e1", "now", &sign(&hook.secret, "e1", "now", body))),
        (
            "another way to write the time",
            all("e1", &format!("+{at}"), &sign(&hook.secret, "e1", &format!("+{at}"), body)),
        ),
        ("an id with a dot", all(&dotted, &at, &sign(&hook.secret, &dotted, &at, body))),
        ("an id twice", [&all("e1", &at, &right)[..1], &all("e1", &at, &right)].concat()),
        ("a token", vec![("authorization", format!("Bearer mdt_{}", "A".repeat(43)))]),
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = hook.send(&headers, body).await;
        assert_eq!(answer.without_date(), nothing.clone().without_date(), "{why}");
    }
    assert!(new(&hook.say("e1", JSON, body).await), "nothing of it was heard");
    world.end().await;
}

#[tokio::test]
async fn w07_a_replay_is_the_same_event_and_after_its_time_it_is_nothing() {
    let world = World::start().await;
    let automation = world.listening("com.acme.paid").await;
    let hook = Hook::make(&world, &paid()).await;
    let (at, body) = (now().to_string(), "{\"amount\": 1}");
    let right = sign(&hook.secret, "e1", &at, body);
    let nothing = hook.client.send(Method::POST, &format!("{HOOKS}/hook_absent"), &[], body).await;
    // Whatever signatures are beside the right one.
    let several = format!("v1a,xyz {} {right}", sign(&hook.secret, "e2", &at, body));
    assert!(new(&hook
        .send(&[("webhook-id", "e1"), ("webhook-timestamp", &at), ("webhook-signature", &several)], body)
        .await));
    assert!(!new(&hook.say("e1", JSON, body).await), "a replay");
    assert!(!new(&hook.say_at("e1", now() - 290, JSON, "{}").await), "whatever it says");
    assert!(new(&hook.say_at("e2", now() + 290, JSON, body).await));
    world.service.drain().await.unwrap();
    let runs = world.person("user:ana").await.get(&format!("/api/v1/runs?automation={automation}")).await;
    assert_eq!(runs.json()["runs"].as_array().unwrap().len(), 2);
    world.later(600);
    let replayed =
        hook.send(&[("webhook-id", "e1"), ("webhook-timestamp", &at), ("webhook-signature", &right)], body).await;
    assert_eq!(replayed.without_date(), nothing.without_date(), "a replay after its time");
    world.end().await;
}

#[tokio::test]
async fn w07_old_and_new_secret_count_for_the_time_that_is_said() {
    let world = World::start().await;
    world.listening("com.acme.paid").await;
    let cleo = world.person("user:cleo").await;
    let first = Hook::make(&world, &paid()).await;
    let roll = async |hours: u16| {
        let rolled = cleo.api(Method::POST, &format!("{HOOKS}/{}/roll", first.id), &json!({ "hours": hours })).await;
        assert_eq!(rolled.status, StatusCode::OK, "{rolled:?}");
        assert!(rolled.json()["old_until"].is_string());
        let secret = rolled.json()["secret"].as_str().unwrap().to_owned();
        Hook { client: world.nobody(), id: first.id.clone(), secret }
    };
    let second = roll(2).await;
    assert_ne!(first.secret, second.secret);
    assert!(cleo.get(HOOKS).await.json()["hooks"][0]["old_until"].is_string());
    assert!(new(&first.say("a", JSON, "{}").await) && new(&second.say("b", JSON, "{}").await));
    world.later(2 * 3600 + 1);
    let later = now() + 2 * 3600 + 1;
    assert_eq!(first.say_at("c", later, JSON, "{}").await.status, StatusCode::UNAUTHORIZED);
    assert!(new(&second.say_at("c", later, JSON, "{}").await));
    assert!(cleo.get(HOOKS).await.json()["hooks"][0].get("old_until").is_none());
    let third = roll(0).await;
    let ended = second.say_at("d", later, JSON, "{}").await.without_date();
    assert!(new(&third.say_at("d", later, JSON, "{}").await));
    let fourth = roll(168).await;
    let fifth = roll(168).await;
    assert!(new(&fourth.say_at("e", later, JSON, "{}").await) && new(&fifth.say_at("f", later, JSON, "{}").await));
    assert_eq!(third.say_at("g", later, JSON, "{}").await.without_date(), ended, "at most two count");
    let wrong = cleo.api(Method::POST, &format!("{HOOKS}/{}/roll", first.id), &json!({ "hours": 169 })).await;
    assert_eq!(problem(&wrong), told(422, "M0422", "hours"));
    let removed = cleo.api(Method::DELETE, &format!("{HOOKS}/{}", first.id), &Value::Null).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(fifth.say_at("h", later, JSON, "{}").await.without_date(), ended, "one that is gone");
    for secret in [&first.secret, &fifth.secret] {
        assert!(!world.holds(secret) && !world.holds(secret.strip_prefix("whsec_").unwrap()), "it is kept sealed");
    }
    world.end().await;
}

#[tokio::test]
async fn a_hook_takes_cloud_events_that_are_its_own() {
    let world = World::start().await;
    let hook = Hook::make(&world, &json!({ "name": "CRM", "source": "/crm" })).await;
    let event = |source: &str, subject: &str| {
        let id = "not the one that counts";
        json!({ "specversion": "1.0", "type": "mandate.row.added", "source": source, "id": id, "subject": subject })
            .to_string()
    };
    let right = event("/crm", "deals/d1");
    assert!(new(&hook.say("e1", "application/cloudevents+json", &right).await));
    assert!(!new(&hook.say("e1", JSON, &event("/crm", "deals/d2")).await), "`webhook-id` is its id");
    assert!(new(&hook.say("e2", JSON, &right).await));
    for (id, kind, body, expected) in [
        ("e3", JSON, event("/shop", "deals/d1"), told(422, "M0207", "source")),
        ("e3", JSON, event("/crm", "leads/1"), told(422, "M0204", "subject")),
        ("e3", JSON, "[]".to_owned(), told(422, "M0201", "event")),
        ("e3", "text/plain", right.clone(), told(415, "M0415", "")),
        ("e3", "application/cloudevents-batch+json", format!("[{right}]"), told(415, "M0415", "")),
    ] {
        assert_eq!(problem(&hook.say(id, kind, &body).await), expected, "{kind} {body}");
    }
    // Headers are not signed: an event in them is none.
    let at = now().to_string();
    let signature = sign(&hook.secret, "e3", &at, "");
    let headers = [
        ("webhook-id", "e3"),
        ("webhook-timestamp", &*at),
        ("webhook-signature", &signature),
        ("ce-specversion", "1.0"),
        ("ce-type", "mandate.row.added"),
        ("ce-source", "/crm"),
        ("ce-id", "e3"),
        ("ce-subject", "deals/d1"),
    ];
    assert_eq!(problem(&hook.send(&headers, "").await), told(415, "M0415", ""));
    assert!(new(&hook.say("e3", JSON, &right).await), "nothing of them was kept");
    let large = format!("{right}{}", " ".repeat((2 << 20) + 1 - right.len()));
    let unknown = hook.client.send(Method::POST, &format!("{HOOKS}/hook_absent"), &[], &large).await;
    let larger = hook.say("e4", JSON, &large).await;
    assert_eq!(problem(&larger), told(413, "M0413", ""));
    assert_eq!(larger.without_date(), unknown.without_date());
    world.end().await;
}

#[tokio::test]
async fn a_hook_makes_events_of_its_type_and_keeps_nothing_else() {
    let world = World::start().await;
    world.listening("com.acme.paid").await;
    let bare = Hook::make(&world, &paid()).await;
    assert!(new(&bare.say("e1", "text/plain", "CANARY-1").await), "what it says is not read");
    let mut how = paid();
    (how["subject"], how["source"]) = (json!("/order/ref~1id"), json!("/orders"));
    let hook = Hook::make(&world, &how).await;
    let body = r#"{"order": {"ref/id": "deals/d1", "card": "CANARY-2"}}"#;
    assert!(new(&hook.say("e1", "application/json; charset=utf-8", body).await));
    for (kind, body, expected) in [
        (JSON, body.replace("deals", "leads"), told(422, "M0204", "subject")),
        (JSON, body.replace("\"deals/d1\"", "7"), told(422, "M0204", "subject")),
        (JSON, body.replace("ref/id", "ref"), told(422, "M0204", "subject")),
        (JSON, "{".to_owned(), told(422, "M0204", "subject")),
        ("text/plain", body.to_owned(), told(415, "M0415", "")),
    ] {
        assert_eq!(problem(&hook.say("e2", kind, &body).await), expected, "{kind} {body}");
    }
    let unheard = Hook::make(&world, &json!({ "name": "x", "source": "/x", "type": "com.acme.unheard" })).await;
    assert_eq!(problem(&unheard.say("e1", JSON, "{}").await), told(422, "M0203", "type"));
    assert!(world.holds("com.acme.paid") && !world.holds("CANARY-"));
    world.end().await;
}

#[tokio::test]
async fn two_hooks_with_one_id_are_two_events_unless_they_are_one_source() {
    let world = World::start().await;
    world.listening("com.acme.paid").await;
    let (one, like_it) = (Hook::make(&world, &paid()).await, Hook::make(&world, &paid()).await);
    let mut how = paid();
    how["source"] = json!("/other");
    let other = Hook::make(&world, &how).await;
    assert!(new(&one.say("e1", JSON, "{}").await) && new(&other.say("e1", JSON, "{}").await));
    assert!(!new(&like_it.say("e1", JSON, "{}").await));
    let crossed = Hook { client: world.nobody(), id: other.id.clone(), secret: one.secret.clone() };
    assert_eq!(crossed.say("e2", JSON, "{}").await.status, StatusCode::UNAUTHORIZED, "each has its own secret");
    world.end().await;
}

#[tokio::test]
async fn hooks_are_made_by_administrators_and_never_show_their_secret_again() {
    let world = World::start().await;
    let (bo, cleo) = (world.person("user:bo").await, world.person("user:cleo").await);
    let hook = Hook::make(&world, &paid()).await;
    let (at, roll) = (format!("{HOOKS}/{}", hook.id), format!("{HOOKS}/{}/roll", hook.id));
    for refused in [
        bo.get(HOOKS).await,
        bo.api(Method::POST, HOOKS, &paid()).await,
        bo.api(Method::POST, &roll, &json!({ "hours": 0 })).await,
        bo.api(Method::DELETE, &at, &Value::Null).await,
    ] {
        assert_eq!(problem(&refused), told(403, "M0403", ""));
    }
    let listed = cleo.get(HOOKS).await;
    assert!(!listed.body.contains("whsec_"), "{}", listed.body);
    let one = &listed.json()["hooks"][0];
    assert_eq!((&one["id"], &one["source"], &one["type"]), (&json!(hook.id), &json!("/pay"), &json!("com.acme.paid")));
    assert_eq!((&one["made_by"], one.get("used"), one.get("subject")), (&json!("user:cleo"), None, None));
    hook.say("e1", JSON, "{}").await;
    assert!(cleo.get(HOOKS).await.json()["hooks"][0]["used"].is_string());
    for (how, field) in [
        (json!({ "name": " ", "source": "/x" }), "name"),
        (json!({ "name": "x", "source": "a b" }), "source"),
        (json!({ "name": "x", "source": "/x", "type": "mandate.row.added" }), "type"),
        (json!({ "name": "x", "source": "/x", "type": "a b" }), "type"),
        (json!({ "name": "x", "source": "/x", "type": "a", "subject": "order" }), "subject"),
        (json!({ "name": "x", "source": "/x", "subject": "/order" }), "subject"),
    ] {
        assert_eq!(problem(&cleo.api(Method::POST, HOOKS, &how).await), told(422, "M0422", field), "{how}");
    }
    for absent in ["hook_absent", "tok_absent"] {
        let gone = cleo.api(Method::DELETE, &format!("{HOOKS}/{absent}"), &Value::Null).await;
        let roll = cleo.api(Method::POST, &format!("{HOOKS}/{absent}/roll"), &json!({ "hours": 1 })).await;
        assert_eq!((gone.status, roll.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    }
    for _ in 1..50 {
        assert_eq!(cleo.api(Method::POST, HOOKS, &paid()).await.status, StatusCode::CREATED);
    }
    let more = cleo.api(Method::POST, HOOKS, &paid()).await;
    assert_eq!(problem(&more), told(422, "M0422", "name"));
    assert_eq!(more.json()["detail"], "50 hooks are the most: remove one first");
    world.end().await;
}
