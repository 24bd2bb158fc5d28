//! What hostile guests leave in answers of the API (S15), and what nothing may come of: replays and dry runs (E06), and attachments
//! of others (N08). The guests are real.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use hyper::{Method, StatusCode};
use mandate_governance::Planted;
use mandate_model::{AutomationId, AutomationKind, Change, ColumnSet, PrincipalId, Recipient, Trigger, Value};
use mandate_service::{
    Draft, Outward, Publishing,
    outbound::{Outbound, SystemNames, Target, Trust},
    outward::{Carrier, Way},
    webhook::{SigningSecret, Webhook, Webhooks},
};
use mandate_test_support::{guest, hostile, made, sinks::Http};
use serde_json::{Value as Json, json};

use crate::{
    runs::{another_deal, deal},
    world::World,
};

fn who(id: &str) -> PrincipalId {
    PrincipalId::parse(id).unwrap()
}

/// An automation that runs as ana on every deal that is added, is on, and tells ana and bo.
pub(crate) async fn on(world: &World, component: &[u8], settings: Json) -> AutomationId {
    let (site, service) = (world.embedded.site().clone(), &world.service);
    let plugin = service.upload(&site, component).await.unwrap();
    let planted = Planted {
        site,
        workspace: None,
        kind: AutomationKind::Private,
        name: "hostile".to_owned(),
        run_as: who("user:ana"),
        managers: BTreeSet::new(),
        members: BTreeSet::new(),
    };
    let id = service.plant(planted).await.unwrap();
    let draft = Draft {
        plugin,
        settings,
        trigger: Trigger::rows("deals", [Change::Added]),
        recipients: ["user:ana", "user:bo"].map(|text| Recipient::parse(text).unwrap()).into(),
    };
    let version = service.publish(&id, &who("user:ana"), &draft, Publishing::default()).await.unwrap();
    service.enable(&id, &who("user:ana"), &version).await.unwrap();
    id
}

/// What is told of how a part or a finding ended.
fn endings(run: &Json) -> Vec<Json> {
    let parts = run["parts"].as_array().unwrap().iter();
    parts.map(|part| part["outcome"].clone()).collect()
}

#[tokio::test]
async fn s15_a_trap_is_a_typed_cause_in_our_words_and_nobody_is_told_of_it() {
    let world = World::start().await;
    let mut all = vec![];
    for (name, _) in made::TRAPS {
        all.push((name, on(&world, &made::trap(name).unwrap(), json!({})).await));
    }
    let attacker = hostile("attacker");
    for attack in ["s15_panic", "s15_panic_aloud", "s15_wild_read"] {
        all.push((attack, on(&world, &attacker, json!({ "attack": attack, "dataset": "deals" })).await));
    }
    another_deal(&world, "d1").await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    for (name, automation) in &all {
        for person in [&ana, &bo] {
            let runs = person.get(&format!("/api/v1/runs?automation={automation}")).await.json();
            let [run] = runs["runs"].as_array().unwrap().as_slice() else { panic!("{name}: {runs}") };
            let endings = endings(run);
            assert!(!endings.is_empty(), "{name}: {run}");
            for ending in endings {
                assert_eq!((&ending["outcome"], &ending["cause"]), (&json!("failed"), &json!("trap")), "{name}");
                let detail = ending["detail"].as_str().unwrap();
                assert!(detail.starts_with("the plugin trapped: ") && detail.len() <= 4_096, "{name}: {detail}");
                assert!(!detail.contains("CANARY"), "{name}: {detail}");
            }
        }
    }
    // What a guest says aloud is cut, in the log of the one as whom it said so, and nowhere else.
    let (_, aloud) = all.iter().find(|(name, _)| *name == "s15_panic_aloud").unwrap();
    let at = format!("/api/v1/runs?automation={aloud}");
    let own = ana.get(&at).await;
    assert!(own.body.contains("CANARY-panic") && own.body.len() <= 64 * 1024, "{} bytes", own.body.len());
    // Of ana's act part, which said it too, bo is shown nothing.
    let theirs = bo.get(&at).await.json()["runs"][0].clone();
    assert_eq!((&theirs["others"], theirs["parts"].as_array().unwrap().len()), (&json!([]), 1), "{theirs}");
    for person in [&ana, &bo] {
        assert_eq!(person.get("/api/v1/inbox").await.json()["messages"], json!([]), "nobody is told anything");
        assert!(!person.get("/runs").await.body.contains("CANARY"));
    }
    world.end().await;
}

#[tokio::test]
async fn e06_a_dry_run_and_a_replay_carry_nothing_out_and_send_nothing() {
    let sink = Http::start([]);
    let allowed = BTreeSet::from([sink.origin()]);
    let world = World::sending(|embedded| {
        let trust = Trust::of_machine(None).unwrap();
        let outbound = Outbound::new(Arc::new(SystemNames), &trust, allowed, Duration::from_secs(10)).unwrap();
        let webhooks: Arc<dyn Carrier> = Arc::new(Webhooks::new(outbound));
        Outward { addresses: Arc::new(embedded.clone()), carriers: [(Way::Webhook, webhooks)].into() }
    });
    let world = world.await;
    let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let webhook = Webhook { target: Target::parse(&format!("{}/hook", sink.origin())).unwrap(), secret };
    world.embedded.set_webhook(&who("user:ana"), Some(webhook)).await.unwrap();
    let ana = world.person("user:ana").await;
    world.service.enable(&world.automation, &who("user:ana"), &world.version).await.unwrap();
    another_deal(&world, "d1").await;
    assert_eq!(sink.connections(), 1, "the sink counts what is sent");
    assert_eq!(status(&world, "d1").await, Value::Text("review".to_owned()), "and the guest acts");

    // d9 came while it was off: nothing acted on it.
    world.service.disable(&world.automation, &who("user:ana")).await.unwrap();
    deal(&world, "d9").await;
    world.service.drain().await.unwrap();
    let before = (ana.get("/api/v1/runs").await.body, ana.get("/api/v1/inbox").await.body);
    let run = ana.get("/api/v1/runs").await.json()["runs"][0]["id"].as_str().unwrap().to_owned();
    let replayed = ana.api(Method::POST, &format!("/api/v1/runs/{run}/replay"), &Json::Null).await.json();
    assert_eq!(replayed["parts"][0]["now"]["effects"].as_array().unwrap().len(), 1, "it would act: {replayed}");
    let tried = [("on", "row"), ("row", "deals/d9"), ("person", "user:ana")];
    let tried = ana.form(&format!("/automations/{}/dry-run", world.automation), &tried).await;
    assert!(tried.body.contains("update deals/d9"), "it would act: {}", tried.body);
    let at = format!("/api/v1/automations/{}/dry-run", world.automation);
    let tried = ana.api(Method::POST, &at, &json!({ "row": { "dataset": "deals", "id": "d9" } })).await.json();
    let act = &tried["people"][0]["parts"][0];
    assert_eq!((&act["kind"], act["comes_to"]["effects"].as_array().unwrap().len()), (&json!("act"), 1), "{tried}");
    world.service.drain().await.unwrap();
    assert_eq!(status(&world, "d9").await, Value::Null, "0 effects");
    assert_eq!(sink.connections(), 1, "0 connections");
    assert_eq!((ana.get("/api/v1/runs").await.body, ana.get("/api/v1/inbox").await.body), before);
    world.end().await;
}

async fn status(world: &World, id: &str) -> Value {
    let data = world.embedded.platform().data.open(&who("user:ana"));
    let row = data.get("deals", id, &ColumnSet::All).await.unwrap();
    row.fields.into_iter().find(|field| field.name == "status").unwrap().value
}

#[tokio::test]
async fn n08_an_attachment_is_its_recipients_alone_however_it_is_asked_for() {
    let world = World::start().await;
    on(&world, &guest("csv_report"), json!({ "dataset": "deals" })).await;
    another_deal(&world, "d1").await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let inbox = ana.get("/api/v1/inbox").await.json();
    let id = inbox["messages"][0]["id"].as_str().unwrap();
    for api in ["/api/v1", ""] {
        let own = ana.get(&format!("{api}/inbox/{id}/attachments/1")).await;
        assert!(own.status == StatusCode::OK && own.body.contains("0.40"), "{own:?}");
        assert_eq!(own.header("content-disposition"), "attachment; filename*=UTF-8''report.csv");
        assert_eq!(own.header("cache-control"), "no-store", "nothing on the way keeps it");
        let absent = format!("{api}/inbox/msg_aaaaaaaaaaaaaaaaaaaaaaaaaa/attachments/1");
        let ways: [(Method, &[(&str, &str)]); 4] = [
            (Method::GET, &[]),
            (Method::GET, &[("range", "bytes=0-3")]),
            (Method::GET, &[("if-none-match", "*")]),
            (Method::HEAD, &[]),
        ];
        for (method, headers) in ways {
            for other in [&bo, &dan] {
                for number in ["1", "0", "2", "one", "18446744073709551616"] {
                    let at = format!("{api}/inbox/{id}/attachments/{number}");
                    let there = other.send(method.clone(), &at, headers, "").await.without_date();
                    let none = other.send(method.clone(), &absent, headers, "").await.without_date();
                    assert_eq!((there.status, &there), (StatusCode::NOT_FOUND, &none), "{method} {at} {headers:?}");
                }
            }
        }
    }
    // bo has one of his own, made of what he may see.
    let theirs = bo.get("/api/v1/inbox").await.json()["messages"][0]["id"].as_str().unwrap().to_owned();
    assert_ne!(theirs, id);
    let own = bo.get(&format!("/api/v1/inbox/{theirs}/attachments/1")).await;
    assert!(own.body.contains("25000.00") && !own.body.contains("0.40"), "{}", own.body);
    world.end().await;
}

#[tokio::test]
async fn w08_a_guest_that_names_its_attachment_after_a_header_tells_nobody_anything() {
    let world = World::start().await;
    let settings = json!({ "attack": "w08_attachment_name", "dataset": "deals" });
    on(&world, &hostile("attacker"), settings).await;
    another_deal(&world, "d1").await;
    let ana = world.person("user:ana").await;
    assert_eq!(ana.get("/api/v1/inbox").await.json()["messages"], json!([]));
    let answer = ana.get("/api/v1/runs").await;
    let runs = answer.json();
    let causes: Vec<_> = endings(&runs["runs"][0]).iter().map(|ending| ending["cause"].clone()).collect();
    assert!(causes.contains(&json!("output")), "{runs}");
    assert!(answer.headers.iter().all(|(name, _)| name != "x-evil"));
    world.end().await;
}
