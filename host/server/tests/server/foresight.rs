//! By the API, before anything happens: dry runs as oneself and others, reach, unused powers, why it stopped, and which automations
//! stand how. Each is shown as the console shows it, and no more.

use hyper::{Method, StatusCode};
use mandate_governance::{Ask, Lack};
use mandate_model::Power;
use mandate_policy::{Grant, Right};
use serde_json::{Value, json};

use crate::{
    client::{Answer, Client},
    runs::{a_deal, deal},
    who_gets_what::id,
    world::World,
};

/// Cleo reads every deal; bo may try things as ana, and sees less than she does.
const MORE: &str = r#"
[[grants]]
to = "user:cleo"
dataset = "deals"
rights = ["read"]
[[grants]]
to = "user:bo"
on = "user:ana"
rights = ["see-page", "simulate-as"]
"#;

async fn tried(client: &Client, world: &World, body: Value) -> Answer {
    client.api(Method::POST, &format!("/api/v1/automations/{}/dry-run", world.automation), &body).await
}

/// What it comes to for each, of an answer that is right.
fn people(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()["people"].as_array().unwrap().clone()
}

/// Kind, number of changes and number of messages of each part.
fn parts(of: &Value) -> Vec<(String, usize, usize)> {
    let count = |part: &Value, what: &str| part["comes_to"][what].as_array().unwrap().len();
    let parts = of["parts"].as_array().unwrap().iter();
    parts
        .map(|part| (part["kind"].as_str().unwrap().to_owned(), count(part, "effects"), count(part, "messages")))
        .collect()
}

#[tokio::test]
async fn e06_a_dry_run_is_tried_on_a_run_or_a_row_and_as_whom_one_may() {
    let world = World::with(MORE).await;
    a_deal(&world).await;
    world.service.disable(&world.automation, &id("ana")).await.unwrap();
    deal(&world, "d9").await;
    let (ana, bo, cleo) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:cleo").await);
    let (act, tell) = (("act".to_owned(), 1, 0), ("notify".to_owned(), 0, 1));
    let row = json!({ "row": { "dataset": "deals", "id": "d9" } });
    let own = people(&tried(&ana, &world, row.clone()).await);
    assert_eq!((own.len(), &own[0]["person"], &own[0]["hidden"]), (1, &json!("user:ana"), &json!(false)));
    assert_eq!(parts(&own[0]), [act.clone(), tell.clone()]);
    let run = ana.get("/api/v1/runs").await.json()["runs"][0]["id"].clone();
    let again = people(&tried(&ana, &world, json!({ "run": run })).await);
    assert_eq!(parts(&again[0]), [("act".to_owned(), 0, 0), tell.clone()], "d1 is in review already: {again:?}");
    // As others: cleo administers the site, and sees all of it. What is made for bo has no margin in it.
    let body = json!({ "row": { "dataset": "deals", "id": "d9" }, "people": ["user:bo", "user:ana"] });
    let both = tried(&cleo, &world, body.clone()).await;
    let all = people(&both);
    assert_eq!((&all[0]["person"], &all[1]["person"]), (&json!("user:ana"), &json!("user:bo")));
    assert!(all[0]["parts"].to_string().contains("0.40") && !all[1]["parts"].to_string().contains("0.40"), "{both:?}");
    // Bo may try it as ana, and learns nothing of it: she sees more of the row than he does.
    let theirs = people(&tried(&bo, &world, body).await);
    assert_eq!(theirs[0], json!({ "person": "user:ana", "hidden": true, "parts": null }));
    assert!(theirs[1]["hidden"] == false && !theirs[1].to_string().contains("0.40"), "{theirs:?}");
    world.end().await;
}

#[tokio::test]
async fn a_dry_run_is_of_what_is_published_or_of_ones_own_draft() {
    let world = World::with(MORE).await;
    deal(&world, "d9").await;
    let bo = world.person("user:bo").await;
    let body = |what: &str| json!({ "what": what, "row": { "dataset": "deals", "id": "d9" } });
    let none = tried(&bo, &world, body("draft")).await;
    assert_eq!((none.status, none.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("what")));
    let draft = json!({
        "plugin": world.plugin,
        "settings": { "dataset": "deals", "threshold": "1000000.00" },
        "trigger": { "on": "row", "dataset": "deals", "change": ["added"] },
        "recipients": ["user:bo"],
    });
    let at = format!("/api/v1/automations/{}/draft", world.automation);
    assert_eq!(bo.api(Method::PUT, &at, &draft).await.status, StatusCode::NO_CONTENT);
    let told = |answer: &Answer| parts(&people(answer)[0]).iter().map(|(_, _, messages)| messages).sum::<usize>();
    assert_eq!(told(&tried(&bo, &world, body("published")).await), 1);
    assert_eq!(told(&tried(&bo, &world, body("draft")).await), 0, "it is large, and not that large");
    let unsaid = json!({ "row": { "dataset": "deals", "id": "d9" } });
    assert_eq!(told(&tried(&bo, &world, unsaid).await), 0, "the draft, as on the page");
    world.end().await;
}

#[tokio::test]
async fn what_may_not_be_tried_is_refused_and_hidden_from_who_may_not_see_it() {
    let world = World::with(MORE).await;
    deal(&world, "d9").await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let row = json!({ "row": { "dataset": "deals", "id": "d9" } });
    let absent = "/api/v1/automations/aut_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    for body in [row, json!({ "run": "x" }), json!({ "what": "draft" }), json!({ "people": ["x"] })] {
        let hidden = tried(&dan, &world, body.clone()).await.without_date();
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        assert_eq!(dan.api(Method::POST, &format!("{absent}/dry-run"), &body).await.without_date(), hidden, "{body}");
    }
    let many: Vec<String> = (0..21).map(|at| format!("user:p{at}")).collect();
    for (client, body, status) in [
        (&ana, json!({ "people": ["user:bo"] }), 403),
        (&bo, json!({ "people": ["user:ana", "user:cleo"] }), 403),
        (&bo, json!({ "people": ["user:nobody"] }), 403),
        (&ana, json!({ "people": many }), 422),
        (&ana, json!({ "people": ["ana"] }), 422),
        (&ana, json!({ "run": "run_aaaaaaaaaaaaaaaaaaaaaaaaaa" }), 404),
        (&ana, json!({ "row": { "dataset": "deals", "id": "none" } }), 404),
        (&ana, json!({ "run": "x", "row": { "dataset": "deals", "id": "d9" } }), 422),
        (&ana, json!({ "nothing": "of this" }), 400),
    ] {
        assert_eq!(tried(client, &world, body.clone()).await.status.as_u16(), status, "{body}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_dry_run_is_asked_for_anew_each_time_whatever_its_key() {
    let world = World::with(MORE).await;
    deal(&world, "d9").await;
    let ana = world.person("user:ana").await;
    let at = format!("/api/v1/automations/{}/dry-run", world.automation);
    let body = json!({ "row": { "dataset": "deals", "id": "d9" } }).to_string();
    let headers = [("content-type", "application/json"), ("x-csrf-token", ana.csrf()), ("idempotency-key", "one")];
    assert_eq!(ana.send(Method::POST, &at, &headers, &body).await.status, StatusCode::OK);
    let read = Grant { right: Right::Read, dataset: "deals".to_owned() };
    assert!(world.embedded.revoke(&id("ana"), &read).await.unwrap());
    let after = ana.send(Method::POST, &at, &headers, &body).await;
    assert_eq!(after.status, StatusCode::NOT_FOUND, "she sees no such row any more: {after:?}");
    world.end().await;
}

#[tokio::test]
async fn fil_21_reach_is_with_ones_own_rights_and_for_who_decides() {
    let world = World::with(MORE).await;
    deal(&world, "d1").await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let at = format!("/api/v1/automations/{}/reach", world.automation);
    let mine = ana.get(&at).await.json();
    assert_eq!((&mine["person"], &mine["run_as"]), (&json!("user:ana"), &json!("user:ana")));
    assert!(mine["powers"].as_array().unwrap().iter().all(|power| power["held"] == true), "{mine}");
    let deals = &mine["datasets"][0];
    assert_eq!((&deals["dataset"], &deals["rows"], &deals["same"]), (&json!("deals"), &json!(1), &json!(true)));
    assert!(deals["sees"].to_string().contains("margin"), "{deals}");
    let theirs = bo.get(&at).await.json();
    let lacking: Vec<_> = theirs["powers"].as_array().unwrap().iter().filter(|power| power["held"] == false).collect();
    assert!(!lacking.is_empty() && theirs["datasets"][0]["same"] == false, "{theirs}");
    assert!(!theirs["datasets"][0].to_string().contains("margin"), "{theirs}");
    // Who sees it and decides on nothing is told like who does not see it.
    let absent = at.replace(world.automation.as_str(), "aut_aaaaaaaaaaaaaaaaaaaaaaaaaa");
    let none = dan.get(&absent).await.without_date();
    assert_eq!(dan.get(&at).await.without_date(), none);
    let invite = Ask::Invite { add: [id("dan")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("ana"), invite).await.unwrap();
    assert_eq!(dan.get(&format!("/api/v1/automations/{}", world.automation)).await.status, StatusCode::OK);
    assert_eq!(dan.get(&at).await.without_date(), none);
    // Nothing is published of a new one.
    let made = ana.api(Method::POST, "/api/v1/automations", &json!({ "name": "New" })).await;
    for what in ["reach", "unused"] {
        assert_eq!(ana.get(&format!("{}/{what}", made.header("location"))).await.status, StatusCode::NOT_FOUND);
    }
    world.end().await;
}

#[tokio::test]
async fn unused_powers_are_counted_from_what_one_sees_whole() {
    let world = World::start().await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let at = format!("/api/v1/automations/{}/unused", world.automation);
    assert_eq!(ana.get(&at).await.json(), json!({ "counted": 0, "powers": [] }), "nothing ran: nothing is unused");
    a_deal(&world).await;
    let mine = ana.get(&at).await.json();
    assert_eq!(mine, json!({ "counted": 1, "powers": [] }), "it used all of it");
    // The act part read a margin, which bo may not see: for him nothing is counted.
    let theirs = bo.get(&at).await;
    assert!(theirs.status == StatusCode::FORBIDDEN || theirs.json()["counted"] == 0, "{theirs:?}");
    let absent = at.replace(world.automation.as_str(), "aut_aaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(dan.get(&at).await.without_date(), dan.get(&absent).await.without_date());
    world.end().await;
}

#[tokio::test]
async fn a_stopped_one_says_why_and_who_can_grant_it_to_who_may_know() {
    let world = World::start().await;
    world.service.enable(&world.automation, &id("ana"), &world.version).await.unwrap();
    let power = Power::WriteColumn { dataset: "deals".to_owned(), column: "status".to_owned() };
    for right in [Right::Create, Right::Update] {
        let grant = Grant { right, dataset: "deals".to_owned() };
        assert!(world.embedded.revoke(&id("ana"), &grant).await.unwrap());
    }
    let lost = Lack::of(&id("ana"), &power);
    assert!(world.service.lose(&world.automation, vec![lost]).await.unwrap());
    let invite = Ask::Invite { add: [id("dan")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("ana"), invite).await.unwrap();
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let at = format!("/api/v1/automations/{}", world.automation);
    let mine = ana.get(&at).await.json();
    assert_eq!((&mine["state"], &mine["stands"]), (&json!("stopped"), &json!("stopped")));
    assert_eq!(mine["stopped"]["lost"], json!([{ "principal": "user:ana", "power": power.to_string() }]));
    assert!(mine["stopped"]["at"].as_i64().unwrap() > 0);
    assert_eq!((&mine["moves"], &mine["acquires_as"]), (&json!([]), &json!(null)));
    // Ana may not know who administers the site.
    let cleos = world.person("user:cleo").await.get(&at).await.json();
    assert_eq!((&mine["granters"], &cleos["granters"]), (&json!([]), &json!(["user:cleo"])));
    let theirs = dan.get(&at).await.json();
    assert_eq!(theirs["stopped"]["lost"], json!([{ "principal": "user:ana", "power": null }]));
    assert_eq!((&theirs["granters"], &theirs["consent"]), (&json!([]), &json!(null)));
    world.end().await;
}

#[tokio::test]
async fn fnd_18_what_would_move_it_is_said_before_it_is_asked_for() {
    let world = World::with("[governance]\npreset = \"foundry\"\n").await;
    let bo = world.person("user:bo").await;
    let shown = bo.get(&format!("/api/v1/automations/{}", world.automation)).await.json();
    assert!(shown["moves"].as_array().unwrap().contains(&json!("edit")), "{shown}");
    assert_eq!(shown["acquires_as"], "user:bo");
    world.end().await;
}

#[tokio::test]
async fn a_list_is_narrowed_as_on_the_page_and_says_how_each_stands() {
    let world = World::start().await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let made = ana.api(Method::POST, "/api/v1/automations", &json!({ "name": "New" })).await.json();
    let waiting = world.another(&[id("dan")]).await;
    a_deal(&world).await;
    let listed = async |client: &Client, query: &str| -> Vec<Value> {
        let answer = client.get(&format!("/api/v1/automations?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {answer:?}");
        answer.json()["automations"].as_array().unwrap().clone()
    };
    let ids = |all: &[Value]| all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let (first, new) = (world.automation.to_string(), made["id"].as_str().unwrap().to_owned());
    for (query, expected) in [
        ("state=on", vec![first.clone()]),
        ("state=off", vec![waiting.to_string()]),
        ("state=never", vec![new.clone()]),
        ("state=stopped", vec![]),
        ("state=waits", vec![]),
        ("mine=managed", vec![]),
        ("plugin=none", vec![]),
        ("plugin=new-opportunity&state=on&mine=runs", vec![first.clone()]),
    ] {
        assert_eq!(ids(&listed(&ana, query).await), expected, "{query}");
    }
    assert_eq!(listed(&ana, "mine=runs").await.len(), 3);
    assert_eq!(listed(&bo, "mine=managed").await.len(), 2);
    assert_eq!(listed(&bo, "mine=runs").await.len(), 0);
    let on = &listed(&ana, "state=on").await[0];
    assert_eq!(
        (&on["stands"], &on["plugin"], &on["trigger"]["on"]),
        (&json!("on"), &json!("new-opportunity"), &json!("row"))
    );
    assert_eq!((&on["last"]["hidden"], &on["last"]["ended"]), (&json!(false), &json!("done")), "{on}");
    assert_eq!(
        (&on["managers"], on["may"].as_array().unwrap().contains(&json!("disable"))),
        (&json!(["user:bo"]), true)
    );
    // Who was invited to see one sees neither what starts it nor whether it ran.
    let theirs = listed(&dan, "").await;
    assert_eq!((theirs.len(), &theirs[0]["stands"]), (1, &json!("off")));
    assert_eq!((&theirs[0]["trigger"], &theirs[0]["last"]), (&json!(null), &json!(null)), "{theirs:?}");
    for (wrong, field) in [("state=gone", "state"), ("mine=all", "mine"), ("limit=0", "limit"), ("limit=201", "limit")]
    {
        let answer = ana.get(&format!("/api/v1/automations?{wrong}")).await;
        assert_eq!((answer.status, answer.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)));
    }
    // One that is deleted is in no list, and is itself still told of.
    ana.api(Method::DELETE, &format!("/api/v1/automations/{new}"), &Value::Null).await;
    assert!(!ids(&listed(&ana, "").await).contains(&new));
    assert_eq!(ana.get(&format!("/api/v1/automations/{new}")).await.json()["deleted"], true);
    world.end().await;
}

#[tokio::test]
async fn one_that_is_off_and_published_is_not_told_as_never_published_to_who_decides_on_nothing() {
    let world = World::start().await;
    let invite = Ask::Invite { add: [id("dan")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("ana"), invite).await.unwrap();
    let dan = world.person("user:dan").await;
    let shown = dan.get(&format!("/api/v1/automations/{}", world.automation)).await.json();
    assert_eq!((&shown["stands"], &shown["version"]["id"]), (&json!("off"), &json!(null)), "{shown}");
    world.end().await;
}
