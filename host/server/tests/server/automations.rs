//! Automations by the API and in the console.

use hyper::{Method, StatusCode};
use mandate_governance::State;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn each_sees_what_they_may() {
    let world = World::start().await;
    let names = |list: Value| {
        let all = list["automations"].as_array().unwrap().clone();
        all.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (person, expected) in
        [("user:ana", vec!["Large deals"]), ("user:bo", vec!["Large deals"]), ("user:dan", vec![])]
    {
        let client = world.person(person).await;
        assert_eq!(names(client.get("/api/v1/automations").await.json()), expected, "{person}");
        let page = client.get("/automations").await;
        assert_eq!(page.body.contains("Large deals"), !expected.is_empty(), "{person}");
        assert_eq!(page.body.contains("Nothing here that you may see"), expected.is_empty(), "{person}");
    }
    world.end().await;
}

#[tokio::test]
async fn n04_what_one_may_not_see_is_told_like_what_does_not_exist() {
    let world = World::start().await;
    let dan = world.person("user:dan").await;
    let absent = "aut_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    for at in ["/api/v1/automations", "/automations"] {
        let hidden = dan.get(&format!("{at}/{}", world.automation)).await.without_date();
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        for other in [absent, "aut_1", "x", "%00", "..%2f..%2fx"] {
            assert_eq!(dan.get(&format!("{at}/{other}")).await.without_date(), hidden, "{other}");
        }
    }
    let enabling = json!({ "version": world.version });
    for verb in ["enable", "disable", "revoke"] {
        let hidden =
            dan.api(Method::POST, &format!("/api/v1/automations/{}/{verb}", world.automation), &enabling).await;
        let absent = dan.api(Method::POST, &format!("/api/v1/automations/{absent}/{verb}"), &enabling).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{verb}");
        assert_eq!(hidden.without_date(), absent.without_date(), "{verb}");
    }
    world.end().await;
}

#[tokio::test]
async fn turning_on_is_consent_to_exactly_what_was_shown() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let at = format!("/api/v1/automations/{}", world.automation);
    let other = json!({ "version": format!("ver_{}", "0".repeat(64)) });
    let stale = ana.api(Method::POST, &format!("{at}/enable"), &other).await;
    assert_eq!((stale.status, stale.json()["code"].as_str()), (StatusCode::CONFLICT, Some("M0409")));
    let shown = ana.get(&at).await.json();
    assert_eq!(shown["version"]["id"], json!(world.version));
    let on = ana.api(Method::POST, &format!("{at}/enable"), &json!({ "version": shown["version"]["id"] })).await;
    assert_eq!(on.status, StatusCode::NO_CONTENT);
    let shown = ana.get(&at).await.json();
    assert_eq!((shown["state"].as_str(), shown["consent"]["principal"].as_str()), (Some("on"), Some("user:ana")));
    let off = ana.form(&format!("/automations/{}/disable", world.automation), &[]).await;
    assert_eq!(
        (off.status, off.header("location")),
        (StatusCode::SEE_OTHER, &*format!("/automations/{}", world.automation))
    );
    assert_eq!(world.service.automation(&world.automation).await.unwrap().automation.state, State::Off);
    world.end().await;
}

#[tokio::test]
async fn n05_a_list_goes_on_for_who_began_it() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    for name in ["Second", "Third"] {
        let ana = mandate_model::PrincipalId::parse("user:ana").unwrap();
        let new = mandate_service::NewAutomation {
            site: world.embedded.site().clone(),
            workspace: None,
            kind: mandate_model::AutomationKind::Private,
            name: name.to_owned(),
            creator: ana,
        };
        world.service.create_automation(new).await.unwrap();
    }
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let page = ana.get(&format!("/api/v1/automations?limit=1{cursor}")).await.json();
        seen.extend(page["automations"].as_array().unwrap().iter().map(|one| one["name"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        let stolen = bo.get(&format!("/api/v1/automations?cursor={next}")).await;
        assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY);
        cursor = format!("&cursor={next}");
    }
    seen.sort();
    assert_eq!(seen, ["\"Large deals\"", "\"Second\"", "\"Third\""]);
    for limit in ["0", "201", "-1", "x"] {
        let answer = ana.get(&format!("/api/v1/automations?limit={limit}")).await;
        assert!(answer.status.is_client_error(), "{limit}: {answer:?}");
    }
    world.end().await;
}
