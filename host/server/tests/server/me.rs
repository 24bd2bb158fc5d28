//! What runs and reads as somebody, on their own page and by the API: each with its way out, which is nobody else's to know.

use hyper::{Method, StatusCode};
use mandate_model::PrincipalId;
use serde_json::{Value, json};

use crate::{
    client::Client,
    runs::{a_deal, another_deal},
    world::World,
};

async fn told(client: &Client) -> Vec<Value> {
    client.get("/api/v1/inbox").await.json()["messages"].as_array().unwrap().clone()
}

#[tokio::test]
async fn one_sees_what_runs_and_reads_as_oneself_and_ends_it() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    let mine = ana.get("/api/v1/me/automations").await.json();
    assert_eq!(mine["runs_as"][0]["name"], "Large deals");
    let tells = json!([{
        "automation": world.automation, "name": "Large deals", "sees": true, "through": "user:ana", "reads": true,
        "wish": "told"
    }]);
    assert_eq!(mine["tells"], tells);
    let theirs = bo.get("/api/v1/me/automations").await.json();
    assert_eq!((theirs["runs_as"].as_array().unwrap().len(), theirs["tells"].as_array().unwrap().len()), (0, 1));
    assert_eq!(dan.get("/api/v1/me/automations").await.json(), json!({ "runs_as": [], "tells": [] }));
    let page = ana.get("/me").await.body;
    for shown in ["What runs as you", "Take my consent back", "Turn it off", "What reads as you", "Mute", "Opt out"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(dan.get("/me").await.body.contains("Nothing runs as you."));
    let revoked = ana.form(&format!("/automations/{}/revoke", world.automation), &[]).await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    assert!(!ana.get("/me").await.body.contains("Take my consent back"));
    world.end().await;
}

#[tokio::test]
async fn one_09_nothing_is_said_to_read_as_one_where_it_is_made_as_whom_it_runs_as() {
    for preset in ["mandate", "oneup", "monday"] {
        let world = World::with(&format!("[governance]\npreset = \"{preset}\"\n")).await;
        let (reads, ana) = (preset == "mandate", world.person("user:ana").await);
        let page = ana.get("/me").await.body;
        assert_eq!(
            page.contains("What reads as you") && page.contains("It looks at what you may see"),
            reads,
            "{page}"
        );
        assert_eq!(page.contains("What tells you") && page.contains("; made as whom it runs as"), !reads, "{page}");
        let mine = ana.get("/api/v1/me/automations").await.json();
        assert_eq!(mine["tells"][0]["reads"], reads, "{preset}: {mine}");
        let her = ana.get("/api/v1/people/user:ana").await.json();
        let counts = ["reads_as", "told_by"].map(|list| her[list].as_array().unwrap().len());
        assert_eq!(counts, if reads { [1, 0] } else { [0, 1] }, "{preset}: {her}");
        let page = ana.get("/people/user:ana").await.body;
        assert_eq!(page.contains("made from what the person whom it runs as may see"), !reads, "{preset}: {page}");
        world.end().await;
    }
}

#[tokio::test]
async fn who_opts_out_by_the_api_or_a_page_is_told_nothing_more_and_nobody_else_can_tell() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo, cleo, dan) = (
        world.person("user:ana").await,
        world.person("user:bo").await,
        world.person("user:cleo").await,
        world.person("user:dan").await,
    );
    let at = format!("/api/v1/me/wishes/{}", world.automation);
    let others = async || {
        let mut seen = vec![];
        for one in [&ana, &cleo] {
            for at in ["", "/people", "/consent"] {
                seen.push(one.get(&format!("/automations/{}{at}", world.automation)).await.body);
            }
            seen.push(one.get("/people/user:bo").await.body);
        }
        seen
    };
    let before = others().await;
    let opted = bo.api(Method::PUT, &at, &json!({ "wish": "opted-out" })).await;
    assert_eq!(opted.status, StatusCode::NO_CONTENT);
    assert_eq!(others().await, before);
    another_deal(&world, "d2").await;
    assert_eq!((told(&bo).await.len(), told(&ana).await.len()), (1, 2));
    assert!(bo.get("/me").await.body.contains("Opted out"));
    // What one does not know of, and what does not exist.
    let absent = "/api/v1/me/wishes/aut_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let refused = dan.api(Method::PUT, &at, &json!({ "wish": "muted" })).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(dan.api(Method::PUT, absent, &json!({ "wish": "muted" })).await.without_date(), refused.without_date());
    let wrong = bo.api(Method::PUT, &at, &json!({ "wish": "loud" })).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    // Back in, and muted, by forms.
    let muted = bo.form(&format!("/me/wishes/{}", world.automation), &[("wish", "muted")]).await;
    assert_eq!((muted.status, muted.header("location")), (StatusCode::SEE_OTHER, "/me"));
    another_deal(&world, "d3").await;
    let bos = told(&bo).await;
    assert_eq!((bos.len(), &bos[0]["read"], &bos[1]["read"]), (2, &json!(true), &json!(false)));
    world.end().await;
}

#[tokio::test]
async fn a_message_says_why_one_got_it_as_far_as_one_may_see_and_how_not_to() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let id = told(&bo).await[0]["id"].as_str().unwrap().to_owned();
    let at = format!("/inbox/{id}");
    let page = bo.get(&at).await.body;
    for shown in ["It runs as Ana.", "It is managed by Bo.", "The run that told you", "As it comes"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let muted = bo.form(&format!("{at}/wish"), &[("wish", "muted")]).await;
    assert_eq!((muted.status, muted.header("location")), (StatusCode::SEE_OTHER, at.as_str()));
    assert!(bo.get(&at).await.body.contains("Muted"));
    assert_eq!(bo.form(&format!("{at}/wish"), &[("wish", "")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(ana.form(&format!("{at}/wish"), &[("wish", "muted")]).await.status, StatusCode::NOT_FOUND);
    // Who no longer sees the automation is told what it is called, and no more.
    let remove = [PrincipalId::parse("user:bo").unwrap()].into();
    let share = mandate_governance::Ask::Share { add: [].into(), remove };
    world.service.ask(&world.automation, &PrincipalId::parse("user:ana").unwrap(), share).await.unwrap();
    let page = bo.get(&at).await.body;
    assert!(page.contains("Large deals") && page.contains(", which you may not see."), "{page}");
    assert!(!page.contains("It runs as") && !page.contains("href=\"/automations/aut_"), "{page}");
    assert!(page.contains("Opt out"), "{page}");
    world.end().await;
}

#[tokio::test]
async fn what_was_typed_for_a_token_stays_where_something_is_wrong() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    for (fields, wrong) in [
        (vec![("name", "Nightly"), ("scope", "write"), ("days", "4000")], "4000"),
        (vec![("name", "Nightly"), ("scope", "write"), ("days", "soon")], "soon"),
        (vec![("name", ""), ("scope", "write"), ("days", "7")], "7"),
        (vec![("name", "Nightly"), ("days", "7")], "7"),
    ] {
        let again = ana.form("/me/tokens", &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let ticked: Vec<&str> = ["read", "write", "admin"]
            .into_iter()
            .filter(|scope| again.body.contains(&format!("value=\"{scope}\" checked")))
            .collect();
        let scopes: Vec<&str> = fields.iter().filter(|(name, _)| *name == "scope").map(|(_, scope)| *scope).collect();
        assert_eq!(ticked, scopes, "{fields:?}");
        assert!(again.body.contains(&format!("name=\"days\" value=\"{wrong}\"")), "{fields:?}: {}", again.body);
        assert!(again.body.contains("class=\"wrong\""), "{fields:?}");
    }
    world.end().await;
}

/// How many messages the frame of a page says are unread.
async fn unread(client: &Client, at: &str) -> String {
    let page = client.get(at).await.body;
    let (_, rest) = page.split_once("<span data-unread>").unwrap();
    let (_, badge) =
        rest.split_once("<span class=\"badge\">").filter(|(before, _)| before.trim().is_empty()).unwrap_or_default();
    badge.split('<').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn each_page_says_how_many_messages_of_ones_own_are_unread() {
    let world = World::start().await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    assert_eq!(unread(&ana, "/automations").await, "");
    a_deal(&world).await;
    another_deal(&world, "d2").await;
    another_deal(&world, "d3").await;
    for at in ["/automations", "/inbox", "/policy"] {
        assert_eq!((unread(&ana, at).await, unread(&dan, at).await), ("3".to_owned(), String::new()), "{at}");
    }
    let all = told(&ana).await;
    for (message, mark, left) in [(0, "read", "2"), (1, "archived", "1"), (0, "unread", "2")] {
        let at = format!("/inbox/{}/mark", all[message]["id"].as_str().unwrap());
        assert_eq!(ana.form(&at, &[("as", mark)]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(unread(&ana, "/inbox").await, left, "{mark}");
    }
    // Of one day, what is unread comes first.
    let page = ana.get("/inbox").await.body;
    let list = page.split_once("<ul class=\"inbox\">").unwrap().1.split("</ul>").next().unwrap().to_owned();
    assert_eq!(list.matches("<li class=\"unread\">").count(), 2, "{list}");
    let read = format!("/inbox/{}/mark", all[0]["id"].as_str().unwrap());
    ana.form(&read, &[("as", "read")]).await;
    let page = ana.get("/inbox").await.body;
    let list = page.split_once("<ul class=\"inbox\">").unwrap().1.split("</ul>").next().unwrap();
    let lines: Vec<bool> = list.split("<li").skip(1).map(|line| line.starts_with(" class=\"unread\"")).collect();
    assert_eq!(lines, [true, false], "{list}");
    world.end().await;
}
