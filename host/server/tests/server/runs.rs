//! Runs and messages, by the API and in the console: each sees their own.

use hyper::{Method, StatusCode};
use mandate_model::{Field, Value};
use mandate_service::Clock as _;
use serde_json::json;

use crate::world::World;

/// A large deal comes in while the automation is on, and everything that follows is done.
pub(crate) async fn a_deal(world: &World) {
    world.service.enable(&world.automation, &"user:ana".to_owned().try_into().unwrap(), &world.version).await.unwrap();
    another_deal(world, "d1").await;
}

/// A large deal of this id comes in, and everything that follows is done.
pub(crate) async fn another_deal(world: &World, id: &str) {
    deal(world, id).await;
    world.service.drain().await.unwrap();
}

/// A large deal of this id comes in.
pub(crate) async fn deal(world: &World, id: &str) {
    let cells = [("title", Value::Text("Bridge <b>&".to_owned())), ("amount", Value::Decimal("25000.00".to_owned()))];
    let cells = cells.into_iter().chain([("margin", Value::Decimal("0.40".to_owned()))]);
    let fields: Vec<Field> = cells.map(|(name, value)| Field { name: name.to_owned(), value }).collect();
    let now = mandate_service::SystemClock.now();
    world.embedded.insert(None, "deals", id, &fields, now).await.unwrap();
}

#[tokio::test]
async fn n08_each_reads_their_own_messages() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let mine = ana.get("/api/v1/inbox").await.json();
    let theirs = bo.get("/api/v1/inbox").await.json();
    let (mine, theirs) = (&mine["messages"][0], &theirs["messages"][0]);
    assert!(mine["body"].as_str().unwrap().contains("0.40"), "{mine}");
    assert!(!theirs["body"].as_str().unwrap().contains("0.40"), "{theirs}");
    assert_eq!(dan.get("/api/v1/inbox").await.json()["messages"], json!([]));

    // Another's message is told like one that does not exist, whatever is asked of it.
    let id = mine["id"].as_str().unwrap();
    for (there, absent) in [
        (format!("/api/v1/inbox/{id}"), "/api/v1/inbox/msg_absent".to_owned()),
        (format!("/inbox/{id}"), "/inbox/msg_absent".to_owned()),
        (format!("/api/v1/inbox/{id}/attachments/1"), "/api/v1/inbox/msg_absent/attachments/1".to_owned()),
    ] {
        let (there, absent) = (bo.get(&there).await, bo.get(&absent).await);
        assert_eq!(there.status, StatusCode::NOT_FOUND);
        assert_eq!(there.without_date(), absent.without_date());
    }
    let marking = json!({ "as": "read" });
    assert_eq!(bo.api(Method::POST, &format!("/api/v1/inbox/{id}/mark"), &marking).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get(&format!("/api/v1/inbox/{id}")).await.json()["read"], false);
    assert_eq!(
        ana.api(Method::POST, &format!("/api/v1/inbox/{id}/mark"), &marking).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(ana.get(&format!("/api/v1/inbox/{id}")).await.json()["read"], true);

    // Text of a guest is text.
    let page = ana.get(&format!("/inbox/{id}")).await;
    assert!(page.body.contains("Bridge &lt;b&gt;&amp;") && !page.body.contains("Bridge <b>"), "{}", page.body);
    let put_away = ana.form(&format!("/inbox/{id}/mark"), &[("as", "archived")]).await;
    assert_eq!(put_away.status, StatusCode::SEE_OTHER);
    assert!(ana.get("/inbox?shelf=archived").await.body.contains(id));
    assert!(!ana.get("/inbox").await.body.contains(id));
    world.end().await;
}

#[tokio::test]
async fn n12_a_run_is_shown_as_far_as_one_may_see_it() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let runs = ana.get("/api/v1/runs").await.json();
    let run = runs["runs"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(runs["runs"][0]["about"], "deals/d1");
    let shown = ana.get(&format!("/api/v1/runs/{run}")).await.json();
    assert_eq!(shown["parts"].as_array().unwrap().len(), 2, "the act part and her notify part: {shown}");
    let page = ana.get(&format!("/runs/{run}")).await;
    assert!(page.body.contains("update deals/d1") && page.body.contains("It told you"), "{}", page.body);
    // bo manages it and does not see the margin, on which the act part depends.
    let theirs = bo.get(&format!("/runs/{run}")).await;
    assert_eq!(theirs.status, StatusCode::OK);
    assert!(!theirs.body.contains("0.40") && !theirs.body.contains("user:ana was told"), "{}", theirs.body);
    assert!(!theirs.body.contains("update deals/d1"), "{}", theirs.body);
    assert!(theirs.body.contains("It told you"), "{}", theirs.body);
    for at in ["/api/v1/runs", "/runs"] {
        let hidden = dan.get(&format!("{at}/{run}")).await.without_date();
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        assert_eq!(dan.get(&format!("{at}/run_aaaaaaaaaaaaaaaaaaaaaaaaaa")).await.without_date(), hidden);
    }
    assert_eq!(dan.get("/api/v1/runs").await.json()["runs"], json!([]));
    let why = json!({ "reason": "an audit" });
    let refused = bo.api(Method::POST, &format!("/api/v1/runs/{run}/reveal"), &why).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{refused:?}");
    world.end().await;
}

#[tokio::test]
async fn somebody_asks_what_became_of_an_event() {
    let world = World::start().await;
    a_deal(&world).await;
    let ana = world.person("user:ana").await;
    let run = ana.get("/api/v1/runs").await.json()["runs"][0].clone();
    let event = run["event"]["id"].as_str().unwrap();
    let explained = ana.get(&format!("/api/v1/automations/{}/events/{event}", world.automation)).await.json();
    assert_eq!(explained["run"], run["id"]);
    assert_eq!(explained["fates"][0], "it ran");
    let dan = world.person("user:dan").await;
    let hidden = dan.get(&format!("/api/v1/automations/{}/events/{event}", world.automation)).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    world.end().await;
}
