//! Trying a draft on what happened, as others: what is offered, what each cell opens, and what is wrong beside its field.

use hyper::{Method, StatusCode};
use mandate_policy::{Grant, Right};
use serde_json::{Value, json};

use crate::{
    client::Client,
    runs::{a_deal, another_deal},
    who_gets_what::id,
    world::World,
};

/// A new automation of somebody's, of which there is nothing but a draft.
async fn drafted(world: &World, client: &Client, change: &str) -> String {
    let made = client.api(Method::POST, "/api/v1/automations", &json!({ "name": "New" })).await.json();
    let at = format!("/automations/{}", made["id"].as_str().unwrap());
    let draft = json!({
        "plugin": world.plugin, "settings": { "dataset": "deals", "threshold": "1.00" }, "recipients": ["user:ana"],
        "trigger": { "on": "row", "dataset": "deals", "change": [change] },
    });
    let kept = client.api(Method::PUT, &format!("/api/v1{at}/draft"), &draft).await;
    assert!(kept.status.is_success(), "{kept:?}");
    at
}

/// The runs that a page offers to try it on.
fn offered(page: &str) -> Vec<String> {
    let runs = page.split("name=\"on\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    runs.filter(|on| on.starts_with("run_")).collect()
}

/// The people whom a page offers.
fn people(page: &str) -> Vec<String> {
    page.split("name=\"person\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_new_draft_is_tried_on_what_happened_to_others() {
    let world = World::start().await;
    a_deal(&world).await;
    another_deal(&world, "d2").await;
    // Another automation hears the same: each event is offered once.
    let twin = world.another(&[]).await;
    world.service.enable(&twin, &id("ana"), &world.version).await.unwrap();
    another_deal(&world, "d3").await;
    let ana = world.person("user:ana").await;
    let at = drafted(&world, &ana, "added").await;
    let page = ana.get(&format!("{at}/dry-run")).await.body;
    let runs = offered(&page);
    assert_eq!(runs.len(), 3, "{page}");
    for row in ["d3", "d2", "d1"] {
        assert!(page.contains(&format!("deals/{row} (A row was added")), "{row}: {page}");
        assert!(page.contains(&format!("<option value=\"deals/{row}\">")), "{row}: {page}");
    }
    for run in &runs {
        let tried = ana.form(&format!("{at}/dry-run"), &[("on", run), ("person", "user:ana")]).await;
        assert_eq!(tried.status, StatusCode::OK, "{}", tried.body);
        assert!(tried.body.contains("What it would come to"), "{}", tried.body);
        assert_eq!(tried.body.matches("<span class=\"badge good\">met</span>").count(), 2, "{}", tried.body);
    }
    // What it does not listen to is not offered.
    let at = drafted(&world, &ana, "updated").await;
    let page = ana.get(&format!("{at}/dry-run")).await.body;
    assert_eq!(offered(&page), [""; 0], "{page}");
    assert!(page.contains("Nothing of what it listens to happened lately"), "{page}");
    world.end().await;
}

#[tokio::test]
async fn n12_what_one_may_not_know_of_is_not_offered() {
    let world = World::start().await;
    world.service.enable(&world.automation, &id("ana"), &world.version).await.unwrap();
    another_deal(&world, "d7").await;
    let bo = world.person("user:bo").await;
    let at = format!("/automations/{}/dry-run", world.automation);
    let page = bo.get(&at).await.body;
    assert_eq!(offered(&page).len(), 1, "{page}");
    let read = Grant { right: Right::Read, dataset: "deals".to_owned() };
    assert!(world.embedded.revoke(&id("bo"), &read).await.unwrap());
    let after = bo.get(&at).await.body;
    assert!(offered(&after).is_empty() && !after.contains("deals/d7"), "{after}");
    // Nor is it tried, by who kept the page.
    let run = &offered(&page)[0];
    let tried = bo.form(&at, &[("on", run), ("person", "user:bo")]).await;
    assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(tried.body.contains("Not tried:") && !tried.body.contains("deals/d7"), "{}", tried.body);
    world.end().await;
}

#[tokio::test]
async fn those_are_offered_as_whom_one_may_try_it_and_more_by_name() {
    let many: String = (10..40).map(|at| format!("[[people]]\nid = \"p{at}\"\nname = \"Person {at}\"\n")).collect();
    let sees = "[[grants]]\nto = \"user:ana\"\nrights = [\"see-page\"]\non = \"user:dan\"\n\
                [[grants]]\nto = \"user:ana\"\nrights = [\"see-page\", \"simulate-as\"]\non = \"user:bo\"\n";
    let world = World::with(&format!("{many}{sees}")).await;
    a_deal(&world).await;
    let at = format!("/automations/{}/dry-run", world.automation);
    let (ana, cleo) = (world.person("user:ana").await, world.person("user:cleo").await);
    // Whose page one sees is not yet who one may be.
    assert_eq!(people(&ana.get(&at).await.body), ["user:ana", "user:bo"]);
    let page = cleo.get(&at).await.body;
    assert_eq!(people(&page).len(), 1 + 20);
    assert!(page.contains("There are more: write a part of the name."), "{page}");
    let asked = [("do", "search"), ("q", "Person 39"), ("person", "user:bo"), ("on", "row"), ("row", "deals/d1")];
    let found = cleo.form(&at, &asked).await;
    assert_eq!(people(&found.body), ["user:cleo", "user:bo", "user:p39"], "{}", found.body);
    for kept in ["value=\"Person 39\"", "value=\"deals/d1\"", "value=\"user:bo\" checked"] {
        assert!(found.body.contains(kept), "{kept}: {}", found.body);
    }
    let tried =
        ana.form(&at, &[("on", "row"), ("row", "deals/d1"), ("person", "user:ana"), ("person", "user:bo")]).await;
    assert_eq!(tried.body.matches("<th scope=\"row\">").count(), 2, "{}", tried.body);
    world.end().await;
}

#[tokio::test]
async fn each_cell_opens_the_message_and_what_was_asked() {
    let world = World::start().await;
    another_deal(&world, "d1").await;
    let ana = world.person("user:ana").await;
    let at = format!("/automations/{}/dry-run", world.automation);
    let tried = ana.form(&at, &[("on", "row"), ("row", "deals/d1"), ("person", "user:ana")]).await.body;
    let (_, matrix) = tried.split_once("<table class=\"matrix\">").unwrap();
    let cells: Vec<&str> = matrix.split("<td>").skip(1).collect();
    let [condition, message, change] = cells.try_into().unwrap();
    for (cell, opens) in [
        (condition, vec!["To act: ", "To tell: ", "met", "Condition: asked <code>"]),
        (message, vec!["New opportunity: Bridge &lt;b&gt;&amp;", "Margin: 0.40", "Message: asked <code>"]),
        (change, vec!["update deals/d1: status", "Act: asked <code>"]),
    ] {
        for part in opens {
            assert!(cell.contains(part), "{part}: {cell}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let at = format!("/automations/{}/dry-run", world.automation);
    let row = ("row", "deals/absent");
    for (client, fields, field, kept) in [
        (&ana, vec![("on", "row"), ("row", "d1"), ("person", "user:ana")], "name=\"row\"", "value=\"d1\""),
        (&ana, vec![("on", "row"), row, ("person", "user:ana")], "name=\"row\"", "value=\"deals/absent\""),
        (&ana, vec![("on", "row"), row], "name=\"person\"", "value=\"deals/absent\""),
        (&ana, vec![("on", "row"), row, ("person", "bo")], "name=\"person\"", "value=\"deals/absent\""),
        (&bo, vec![("on", "row"), row, ("person", "user:ana")], "name=\"person\"", "value=\"deals/absent\""),
    ] {
        let wrong = client.form(&at, &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let (before, after) = wrong.body.split_once("<p class=\"wrong\" role=\"alert\">").unwrap();
        let fieldset = before.rsplit("<fieldset>").next().unwrap();
        assert!(fieldset.contains(field), "{fields:?}: {fieldset}");
        assert!(wrong.body.contains(kept) && !after.contains("class=\"wrong\""), "{fields:?}: {}", wrong.body);
    }
    // A draft that is none yet: nothing to try.
    let made: Value = ana.api(Method::POST, "/api/v1/automations", &json!({ "name": "Empty" })).await.json();
    let at = format!("/automations/{}/dry-run", made["id"].as_str().unwrap());
    let nothing = ana.form(&at, &[("on", "row"), ("row", ""), ("person", "user:ana")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.body.contains("publish one first"), "{}", nothing.body);
    world.end().await;
}
