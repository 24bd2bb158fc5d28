//! CloudEvents over HTTP: as documents, in headers, in batches; what is taken, and what is refused with which code.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    client::{Answer, Client},
    world::World,
};

const AT: &str = "/api/v1/events";
const ONE: &str = "application/cloudevents+json";
const MANY: &str = "application/cloudevents-batch+json";

/// A source of events, with its token.
struct Source {
    client: Client,
    bearer: String,
}

impl Source {
    async fn new(world: &World, source: &str) -> Self {
        let cleo = world.person("user:cleo").await;
        let making = json!({ "name": "x", "source": source, "days": 1 });
        let made = cleo.api(Method::POST, "/api/v1/service-tokens", &making).await;
        let token = made.json()["token"].as_str().unwrap().to_owned();
        Self { client: world.nobody(), bearer: format!("Bearer {token}") }
    }

    async fn send(&self, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers = [&[("authorization", self.bearer.as_str())], headers].concat();
        self.client.send(Method::POST, AT, &headers, body).await
    }

    async fn document(&self, kind: &str, body: &Value) -> Answer {
        self.send(&[("content-type", kind)], &body.to_string()).await
    }
}

fn added(id: &str) -> Value {
    json!({ "specversion": "1.0", "type": "mandate.row.added", "source": "/crm", "id": id, "subject": "deals/d1" })
}

/// Something of it changed.
fn but(mut event: Value, field: &str, value: Value) -> Value {
    event[field] = value;
    event
}

/// Status, code and field of a problem.
fn problem(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text("code"), text("field"))
}

fn refused(code: &str, field: &str) -> (u16, String, String) {
    (422, code.to_owned(), field.to_owned())
}

/// What was told of an event that was taken: its id, and whether it was new.
fn taken(answer: &Answer) -> (String, bool) {
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["status"], 202);
    (body["event"].as_str().unwrap().to_owned(), body["new"].as_bool().unwrap())
}

#[tokio::test]
async fn e03_an_event_is_taken_once_however_it_is_sent() {
    let world = World::start().await;
    let source = Source::new(&world, "/crm").await;
    let (id, new) = taken(&source.document(ONE, &added("e1")).await);
    assert!(new && id.starts_with("evt_"), "{id}");
    assert_eq!(taken(&source.document("Application/JSON; charset=utf-8", &added("e1")).await), (id.clone(), false));
    let other = but(added("e1"), "subject", json!("deals/d2"));
    assert_eq!(taken(&source.document(ONE, &other).await), (id.clone(), false), "whatever it says");
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-type", "mandate.row.added"),
        ("ce-source", "/crm"),
        ("ce-id", "e1"),
        ("ce-subject", "deals/d1"),
    ];
    assert_eq!(taken(&source.send(&headers, "").await), (id.clone(), false));
    let many = source.document(MANY, &json!([added("e1"), added("e2"), added("e2")])).await;
    assert_eq!(many.status, StatusCode::ACCEPTED);
    let told: Vec<_> = many.json()["events"].as_array().unwrap().iter().map(|one| one["new"].clone()).collect();
    assert_eq!(told, [json!(false), json!(true), json!(false)]);
    let shop = Source::new(&world, "/shop").await;
    let (another, new) = taken(&shop.document(ONE, &but(added("e1"), "source", json!("/shop"))).await);
    assert!(new && another != id, "another source has its own ids");
    world.end().await;
}

#[tokio::test]
async fn what_is_taken_is_run() {
    let world = World::start().await;
    let automation = world.listening("com.acme.paid").await;
    let source = Source::new(&world, "/crm").await;
    let mut paid = but(added("e1"), "type", json!("com.acme.paid"));
    paid.as_object_mut().unwrap().remove("subject");
    let (event, _) = taken(&source.document(ONE, &but(paid, "data", json!({ "card": "CANARY" }))).await);
    world.service.drain().await.unwrap();
    let ana = world.person("user:ana").await;
    let runs = ana.get(&format!("/api/v1/runs?automation={automation}")).await.json()["runs"].clone();
    assert_eq!((runs.as_array().unwrap().len(), &runs[0]["event"]["id"]), (1, &json!(event)));
    assert!(world.holds("com.acme.paid") && !world.holds("CANARY"), "of its data nothing is kept");
    world.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_an_event_is_told_by_code_and_field() {
    let world = World::start().await;
    let source = Source::new(&world, "/crm").await;
    let event = added("e1");
    for (event, code, field) in [
        (json!([]), "M0201", "event"),
        (json!({ "id": "e1" }), "M0201", "event"),
        (but(event.clone(), "specversion", json!("0.3")), "M0201", "specversion"),
        (but(event.clone(), "id", json!("")), "M0201", "source"),
        (but(event.clone(), "datacontenttype", json!("text/xml")), "M0201", "datacontenttype"),
        (but(event.clone(), "id", json!("x".repeat(1025))), "M0202", "id"),
        (but(event.clone(), "type", json!("mandate.row.moved")), "M0203", "type"),
        (but(event.clone(), "type", json!("com.acme.unheard")), "M0203", "type"),
        (but(event.clone(), "subject", json!("leads/1")), "M0204", "subject"),
        (but(event.clone(), "time", json!("yesterday")), "M0205", "time"),
        (but(event.clone(), "data", json!({ "changed": ["title"] })), "M0206", "changed"),
        (but(event.clone(), "data", json!(7)), "M0206", "data"),
        (but(event.clone(), "source", json!("/shop")), "M0207", "source"),
    ] {
        let answer = source.document(ONE, &event).await;
        assert_eq!(problem(&answer), refused(code, field), "{event}: {answer:?}");
    }
    let answer = source.send(&[("content-type", ONE)], "{\"id\": \"a\", \"id\": \"b\"}").await;
    assert_eq!(problem(&answer), refused("M0201", "event"));
    assert!(answer.body.contains("the key `id` stands twice"), "{answer:?}");
    let other = source.document(ONE, &but(event.clone(), "source", json!("/shop"))).await;
    assert_eq!(other.json()["detail"], "(M0207) `source`: it must be `/crm`: events of others are not taken");
    assert!(taken(&source.document(ONE, &event).await).1, "nothing of them was kept");
    world.end().await;
}

#[tokio::test]
async fn an_event_in_headers_is_decoded_and_its_body_is_its_data() {
    let world = World::start().await;
    let source = Source::new(&world, "/crm").await;
    let with = |more: &[(&'static str, &'static str)]| {
        let first = [("ce-specversion", "1.0"), ("ce-type", "mandate.row.updated"), ("ce-source", "/crm")];
        [first.as_slice(), more].concat()
    };
    let id = ("ce-id", "%C3%A9%201");
    let row = ("ce-subject", "\"deals/\\\"d%31\\\"\"");
    let json = ("content-type", "application/json; charset=utf-8");
    let body = r#"{"changed":["title"]}"#;
    let (event, new) = taken(&source.send(&with(&[id, row, json]), body).await);
    assert!(new);
    let document = json!({
        "specversion": "1.0", "type": "mandate.row.updated", "source": "/crm", "id": "\u{e9} 1", "subject": "deals/\"d1\"",
    });
    assert_eq!(taken(&source.document(ONE, &document).await), (event, false), "it is the same event");
    let row = ("ce-subject", "deals/d1");
    for (headers, body, expected) in [
        (with(&[row]), "", refused("M0201", "id")),
        (with(&[("ce-id", "a"), ("ce-id", "b"), row]), "", refused("M0201", "id")),
        (with(&[("ce-id", "100%"), row]), "", refused("M0201", "id")),
        (with(&[("ce-id", "%ff"), row]), "", refused("M0201", "id")),
        (with(&[("ce-id", "a"), row, ("content-type", "text/plain")]), "x", refused("M0206", "data")),
        (with(&[("ce-id", "a"), row, ("content-type", "text/plain")]), "7", refused("M0201", "datacontenttype")),
        (with(&[("ce-id", "a"), row, json]), "{", refused("M0206", "data")),
        (with(&[("ce-id", "a"), row, json]), r#"{"changed":["size"]}"#, refused("M0206", "changed")),
        (with(&[("ce-id", "a")]), "", refused("M0201", "type")),
        // What says that it is a document is one, whatever its headers say.
        (with(&[("ce-id", "a"), row, ("content-type", ONE)]), "{}", refused("M0201", "event")),
    ] {
        let answer = source.send(&headers, body).await;
        assert_eq!(problem(&answer), expected, "{headers:?} {body}: {answer:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn each_event_of_a_batch_is_answered_for_itself() {
    let world = World::start().await;
    let source = Source::new(&world, "/crm").await;
    let batch = json!([
        added("e1"),
        but(added("e2"), "subject", json!("leads/1")),
        7,
        but(added("e3"), "source", json!("/shop")),
        added("e4"),
    ]);
    let answer = source.document(MANY, &batch).await;
    assert_eq!(answer.status, StatusCode::MULTI_STATUS);
    let told = |one: &Value| {
        let text = |field: &str| one[field].as_str().unwrap_or_default().to_owned();
        (one["status"].as_u64().unwrap(), one["new"].as_bool(), text("code"), text("field"))
    };
    let told: Vec<_> = answer.json()["events"].as_array().unwrap().iter().map(told).collect();
    let wrong = |code: &str, field: &str| (422, None, code.to_owned(), field.to_owned());
    let fine = || (202, Some(true), String::new(), String::new());
    let expected = [fine(), wrong("M0204", "subject"), wrong("M0201", "event"), wrong("M0207", "source"), fine()];
    assert_eq!(told, expected);
    let none = source.document(MANY, &json!([])).await;
    assert_eq!((none.status, none.json()), (StatusCode::ACCEPTED, json!({ "events": [] })));
    let all = |count: usize| Value::Array((0..count).map(|one| added(&format!("n{one}"))).collect());
    let most = source.document(MANY, &all(500)).await;
    assert_eq!((most.status, most.json()["events"].as_array().unwrap().len()), (StatusCode::ACCEPTED, 500));
    let more = source.document(MANY, &all(501)).await;
    assert_eq!(problem(&more), refused("M0202", "event"));
    for wrong in ["{}", "[", "[{\"id\": 1, \"id\": 2}]", "7", ""] {
        assert_eq!(problem(&source.send(&[("content-type", MANY)], wrong).await), refused("M0201", "event"), "{wrong}");
    }
    world.end().await;
}

#[tokio::test]
async fn other_types_and_larger_bodies_are_not_taken() {
    let world = World::start().await;
    let source = Source::new(&world, "/crm").await;
    let event = added("e1").to_string();
    let gzip = ("content-encoding", "gzip");
    let binary = ("ce-specversion", "1.0");
    for headers in [
        vec![],
        vec![("content-type", "text/plain")],
        vec![("content-type", "application/cloudevents+avro")],
        vec![("content-type", "application/cloudevents+avro"), binary],
        vec![("content-type", ONE), gzip],
        vec![("content-type", MANY), gzip],
        vec![binary, gzip],
    ] {
        let answer = source.send(&headers, &event).await;
        assert_eq!(problem(&answer), (415, "M0415".to_owned(), String::new()), "{headers:?}");
    }
    for (kind, most) in [(ONE, 2 << 20), (MANY, 4 << 20)] {
        let padded = |bytes: usize| {
            let event = if kind == MANY { format!("[{event}]") } else { event.clone() };
            format!("{event}{}", " ".repeat(bytes - event.len()))
        };
        let fits = source.send(&[("content-type", kind)], &padded(most)).await;
        assert_eq!(fits.status, StatusCode::ACCEPTED, "{kind}: {fits:?}");
        let larger = source.send(&[("content-type", kind)], &padded(most + 1)).await;
        assert_eq!(problem(&larger), (413, "M0413".to_owned(), String::new()), "{kind}");
    }
    world.end().await;
}

#[tokio::test]
async fn nobody_sends_as_the_host_itself() {
    let world = World::start().await;
    let cleo = world.person("user:cleo").await;
    for (at, own) in [("/api/v1/service-tokens", "schedule"), ("/api/v1/hooks", "mandate:run-now")] {
        let mut making = json!({ "name": "x", "source": own });
        if at == "/api/v1/service-tokens" {
            making["days"] = json!(1);
        }
        let answer = cleo.api(Method::POST, at, &making).await;
        assert_eq!(problem(&answer), refused("M0422", "source"), "{at}");
        assert_eq!(answer.json()["detail"], format!("`{own}` is the host's own: name the system that sends"));
    }
    // Nor with a token of before.
    let source = Source::new(&world, "/crm").await;
    let changed = sqlx::query("UPDATE token SET source = 'schedule'").execute(&world.server).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    let answer = source.document(ONE, &but(added("e1"), "source", json!("schedule"))).await;
    assert_eq!(problem(&answer), refused("M0207", "source"));
    world.end().await;
}
