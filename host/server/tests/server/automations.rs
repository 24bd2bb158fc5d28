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
    let acquiring = json!({ "from": "user:ana", "to": "user:dan" });
    let verbs = [
        ("enable", enabling.clone()),
        ("consent", enabling),
        ("disable", json!({})),
        ("revoke", Value::Null),
        ("take", acquiring.clone()),
        ("accept", acquiring),
        ("offer", json!({ "to": "user:dan" })),
        ("move", json!({ "from": "user:ana", "to": "user:dan" })),
        ("decline", Value::Null),
        ("rename", json!({ "name": "Mine" })),
        ("kind", json!({ "main": false })),
        ("managers", json!({ "add": ["user:dan"] })),
        ("members", json!({ "add": ["user:dan"] })),
        ("run-now", json!({})),
        ("clone", json!({ "name": "Mine" })),
        ("publish", json!({})),
    ];
    for (verb, enabling) in verbs {
        let hidden =
            dan.api(Method::POST, &format!("/api/v1/automations/{}/{verb}", world.automation), &enabling).await;
        let absent = dan.api(Method::POST, &format!("/api/v1/automations/{absent}/{verb}"), &enabling).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{verb}");
        assert_eq!(hidden.without_date(), absent.without_date(), "{verb}");
    }
    let before = world.service.automation(&world.automation).await.unwrap();
    assert_eq!((before.automation.name.as_str(), before.automation.members.len()), ("Large deals", 0));
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

#[tokio::test]
async fn somebody_makes_drafts_publishes_and_turns_on() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let made = ana.api(Method::POST, "/api/v1/automations", &json!({ "name": "Small deals" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let at = made.header("location").to_owned();
    assert_eq!((made.json()["state"].as_str(), made.json()["run_as"].as_str()), (Some("off"), Some("user:ana")));
    let nothing = ana.get(&format!("{at}/draft")).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let draft = json!({
        "plugin": "new-opportunity",
        "settings": { "dataset": "deals", "threshold": "1.00" },
        "trigger": { "on": "row", "dataset": "deals", "change": ["added"] },
        "recipients": ["user:bo"],
    });
    assert_eq!(ana.api(Method::PUT, &format!("{at}/draft"), &draft).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ana.get(&format!("{at}/draft")).await.json()["recipients"], json!(["user:bo"]));
    assert_eq!(bo.get(&format!("{at}/draft")).await.status, StatusCode::NOT_FOUND);
    let published = ana.api(Method::POST, &format!("{at}/publish"), &json!({})).await;
    assert_eq!(published.status, StatusCode::OK, "{published:?}");
    let on = ana.api(Method::POST, &format!("{at}/enable"), &json!({ "version": published.json()["version"] })).await;
    assert_eq!(on.status, StatusCode::NO_CONTENT, "{on:?}");
    assert_eq!(ana.get(&at).await.json()["state"], "on");
    assert_eq!(ana.api(Method::DELETE, &at, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ana.get(&at).await.json()["deleted"], true);
    world.end().await;
}

#[tokio::test]
async fn what_is_not_right_is_said_with_its_field() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let at = format!("/api/v1/automations/{}", world.automation);
    let tries = [
        ("enable", json!({ "version": "ver_1" }), "version", "`ver_` and 64 digits"),
        ("offer", json!({ "to": "bo" }), "to", "a principal such as `user:ana`"),
        ("managers", json!({ "add": ["group:x"] }), "add", "a principal such as `user:ana`"),
    ];
    for (verb, body, field, part) in tries {
        let answer = ana.api(Method::POST, &format!("{at}/{verb}"), &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{verb}");
        let problem = answer.json();
        assert_eq!(problem["field"], field, "{verb}");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{verb}: {problem}");
    }
    let unknown = ana.api(Method::POST, &format!("{at}/enable"), &json!({ "versoin": "x" })).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.json()["detail"].as_str().unwrap().contains("unknown field `versoin`"), "{unknown:?}");
    let kind = [("content-type", "text/plain"), ("x-csrf-token", ana.csrf())];
    let form = ana.send(Method::POST, &format!("{at}/enable"), &kind, "{}").await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = json!({ "version": "v".repeat(300_000) });
    assert_eq!(ana.api(Method::POST, &format!("{at}/enable"), &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    world.end().await;
}

#[tokio::test]
async fn filters_of_the_list_survive_paging_and_switching() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    for _ in 0..50 {
        world.another(&[]).await;
    }
    let named = world.another(&[]).await;
    let ask = mandate_governance::Ask::Rename { name: "Last of all".to_owned(), acquisition: None };
    world.service.ask(&named, &"user:ana".to_owned().try_into().unwrap(), ask).await.unwrap();
    let first = ana.get("/automations?state=off&mine=runs").await.body;
    assert_eq!(first.matches("<th scope=\"row\">").count(), 50);
    let (_, more) = first.split_once("<p class=\"more\"><a href=\"").expect("more than a page");
    let at = more.split('"').next().unwrap().replace("&amp;", "&");
    assert!(at.starts_with("/automations?state=off&mine=runs&cursor="), "{at}");
    let second = ana.get(&at).await.body;
    assert_eq!(second.matches("<th scope=\"row\">").count(), 2);
    assert!(
        second.contains("<a href=\"/automations?state=off&amp;mine=runs\" aria-current=\"true\">Off</a>"),
        "{second}"
    );
    assert!(!ana.get("/automations?state=on").await.body.contains("<th scope=\"row\">"));

    // Turned off from the list, one is led back to the list that one saw, and to nowhere else.
    world.service.enable(&named, &"user:ana".to_owned().try_into().unwrap(), &world.version).await.unwrap();
    let on = ana.get("/automations?state=on&mine=runs").await.body;
    assert!(on.contains("Last of all") && on.contains("aria-label=\"Turn off Last of all\""), "{on}");
    assert!(on.contains("name=\"then\" value=\"/automations?state=on&amp;mine=runs\""), "{on}");
    let to = format!("/automations/{named}/disable");
    let off = ana.form(&to, &[("then", "/automations?state=on&mine=runs")]).await;
    assert_eq!((off.status, off.header("location")), (StatusCode::SEE_OTHER, "/automations?state=on&mine=runs"));
    for elsewhere in ["//evil.example", "https://evil.example", "/automationsx", "/automations\\@x", "/me"] {
        let led = ana.form(&to, &[("then", elsewhere)]).await;
        assert_eq!(led.header("location"), format!("/automations/{named}"), "{elsewhere}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_the_list_cannot_be_narrowed_by_is_said() {
    let world = World::start().await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    for (query, said) in [("state=odd", "`state` is `on`"), ("mine=theirs", "`mine` is `runs` or `managed`")] {
        let answer = ana.get(&format!("/automations?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer.body.contains(said.trim_matches('`')) || answer.body.contains(said), "{}", answer.body);
    }
    // Where there is nothing, the page says what to do; names of what one may not see are in no filter.
    let nothing = ana.get("/automations?state=stopped").await.body;
    assert!(nothing.contains("None that you may see is like this.") && nothing.contains("href=\"/automations\""));
    let none = dan.get("/automations?plugin=new-opportunity").await.body;
    assert!(none.contains("None that you may see is like this."), "{none}");
    assert!(!dan.get("/automations").await.body.contains("new-opportunity"));
    let plugin = ana.get("/automations?plugin=new-opportunity").await.body;
    assert!(plugin.contains("Large deals") && plugin.contains("Any plugin"), "{plugin}");
    world.end().await;
}
