//! N05: lists page by page over HTTP: each page is full wherever there are more, nothing is left out or told twice, whatever is hidden
//! among it, and a cursor is for one person, one list and one site.

use hyper::{Method, StatusCode};
use mandate_model::AutomationId;
use mandate_service::Shelf;
use serde_json::{Value, json};

use crate::{client::Client, runs::deal, who_gets_what::id, world::World};

/// How many deals come in: more than a page of the console lists.
const DEALS: usize = 32;

/// Many deals, each with a run that ana and bo know of and one that is ana's alone.
async fn world() -> World {
    let world = World::start().await;
    world.service.enable(&world.automation, &id("ana"), &world.version).await.unwrap();
    let ana = world.person("user:ana").await;
    let made = ana.api(Method::POST, "/api/v1/automations", &json!({ "name": "Mine alone" })).await.json();
    let at = format!("/api/v1/automations/{}", made["id"].as_str().unwrap());
    let draft = json!({
        "plugin": world.plugin, "settings": { "dataset": "deals", "threshold": "1.00" }, "recipients": ["user:ana"],
        "trigger": { "on": "row", "dataset": "deals", "change": ["added"] },
    });
    assert!(ana.api(Method::PUT, &format!("{at}/draft"), &draft).await.status.is_success());
    let published = ana.api(Method::POST, &format!("{at}/publish"), &json!({})).await.json();
    let version = json!({ "version": published["version"], "confirm": true });
    let _ = ana.api(Method::POST, &format!("{at}/enable"), &version).await;
    let automation = AutomationId::parse(made["id"].as_str().unwrap()).unwrap();
    let version = world.service.automation(&automation).await.unwrap().automation.published.unwrap();
    world.service.enable(&automation, &id("ana"), &version).await.unwrap();
    for number in 0..DEALS {
        deal(&world, &format!("d{number}")).await;
    }
    world.service.drain().await.unwrap();
    world
}

fn ids(page: &Value, list: &str) -> Vec<String> {
    page[list].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// All that is listed in pages of `limit`.
async fn listed(client: &Client, at: &str, list: &str, limit: usize) -> Vec<String> {
    let (mut all, mut cursor) = (vec![], String::new());
    loop {
        let page = client.get(&format!("{at}limit={limit}{cursor}")).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        let page = page.json();
        let some = ids(&page, list);
        let next = page["next"].as_str();
        assert!(next.is_none() || some.len() == limit, "{at} in pages of {limit}: {} of them", some.len());
        assert!(!some.is_empty() || all.is_empty(), "{at} in pages of {limit}: nothing follows");
        all.extend(some);
        match next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// All that the pages of the console link to, from the first by what each calls older.
async fn linked(client: &Client, at: &str, link: &str) -> (Vec<String>, usize) {
    let (mut all, mut at, mut pages) = (vec![], at.to_owned(), 0);
    loop {
        let page = client.get(&at).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        pages += 1;
        let link = format!("href=\"{link}");
        let starts = page.body.split(&link).skip(1);
        all.extend(starts.map(|rest| rest.split('"').next().unwrap().to_owned()));
        let Some((before, _)) = page.body.split_once("\" rel=\"next\"") else { return (all, pages) };
        at = before.rsplit('"').next().unwrap().replace("&amp;", "&");
    }
}

fn is_each_once(all: &[String]) -> bool {
    let mut sorted = all.to_vec();
    sorted.sort();
    sorted.dedup();
    sorted.len() == all.len()
}

#[tokio::test]
async fn n05_pages_of_runs_and_messages_are_full_and_have_each_once_whatever_is_hidden() {
    let world = world().await;
    let (ana, bo, dan) =
        (world.person("user:ana").await, world.person("user:bo").await, world.person("user:dan").await);
    for (who, count) in [(&ana, 2 * DEALS), (&bo, DEALS), (&dan, 0)] {
        let whole =
            [listed(who, "/api/v1/runs?", "runs", 50).await, listed(who, "/api/v1/inbox?", "messages", 50).await];
        assert_eq!([whole[0].len(), whole[1].len()], [count, count]);
        assert!(whole.iter().all(|all| is_each_once(all)));
        for limit in [1, 2, 3, 7, DEALS - 1, DEALS, DEALS + 1] {
            assert_eq!(listed(who, "/api/v1/runs?", "runs", limit).await, whole[0], "pages of {limit}");
            assert_eq!(listed(who, "/api/v1/inbox?", "messages", limit).await, whole[1], "pages of {limit}");
        }
        let (runs, pages) = linked(who, "/runs", "/runs/").await;
        assert_eq!((runs.as_slice(), pages), (whole[0].as_slice(), count.div_ceil(30).max(1)));
        let (messages, pages) = linked(who, "/inbox", "/inbox/msg_").await;
        assert_eq!((messages.len(), pages), (count, count.div_ceil(30).max(1)));
        assert!(is_each_once(&messages));
    }
    // What was put away is on another shelf, and leaves no gap on this one.
    let bo_id = id("bo");
    let all = world.service.messages(&bo_id, Shelf::Current, None, 50).await.unwrap().messages;
    for message in all.iter().step_by(2) {
        world.service.mark(&bo_id, &message.id, mandate_service::Mark::Archived).await.unwrap();
    }
    for limit in [1, 5, DEALS / 2] {
        for shelf in ["current", "unread", "archived"] {
            let at = format!("/api/v1/inbox?shelf={shelf}&");
            assert_eq!(listed(&bo, &at, "messages", limit).await.len(), DEALS / 2, "{shelf} in pages of {limit}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn n05_a_cursor_of_somebody_else_of_another_list_or_of_another_site_is_refused() {
    let (world, other) = (world().await, world().await);
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let elsewhere = other.person("user:ana").await;
    let lists = ["/api/v1/runs?", "/api/v1/inbox?", "/api/v1/inbox?shelf=unread&"];
    for at in lists {
        let cursor = async |client: &Client| {
            let page = client.get(&format!("{at}limit=1")).await.json();
            (page["next"].as_str().unwrap().to_owned(), page.to_string())
        };
        let (mine, page) = cursor(&ana).await;
        assert!(!page.contains(&format!("\"next\":\"{}", "msg_")) && !mine.contains("run_"), "{page}");
        let theirs = [cursor(&bo).await.0, cursor(&elsewhere).await.0, "msg_absent".to_owned(), String::new()];
        let of_another_list = async |client: &Client| {
            let another = lists.iter().find(|list| **list != at).unwrap();
            client.get(&format!("{another}cursor={mine}")).await
        };
        let mut refused = vec![of_another_list(&ana).await];
        for cursor in &theirs {
            refused.push(ana.get(&format!("{at}cursor={cursor}")).await);
        }
        for refused in refused {
            let told = refused.json();
            assert_eq!((refused.status.as_u16(), told["field"].as_str()), (422, Some("cursor")), "{at}: {told}");
        }
        assert_eq!(ana.get(&format!("{at}cursor={mine}")).await.status, StatusCode::OK);
        // The page says the same, and to its own reader alone.
        let page = at.replace("/api/v1", "");
        for cursor in &theirs {
            let refused = ana.get(&format!("{page}cursor={cursor}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
            assert!(refused.body.contains("This is no cursor of this list for you"), "{}", refused.body);
        }
        assert_eq!(ana.get(&format!("{page}cursor={mine}")).await.status, StatusCode::OK);
    }
    // The page of an inbox refuses a shelf as the API does.
    for at in ["/inbox?shelf=none", "/api/v1/inbox?shelf=none", "/api/v1/inbox?limit=0", "/api/v1/runs?limit=51"] {
        assert_eq!(ana.get(at).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{at}");
    }
    world.end().await;
    other.end().await;
}
