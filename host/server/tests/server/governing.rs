//! People, policy and search: each as far as one may see.

use hyper::{Method, StatusCode};
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn ven_22_whose_page_one_may_see() {
    let world = World::start().await;
    let (ana, cleo, dan) =
        (world.person("user:ana").await, world.person("user:cleo").await, world.person("user:dan").await);
    assert_eq!(ana.get("/api/v1/people").await.json()["people"], json!(["user:ana"]));
    let everybody = json!(["user:ana", "user:bo", "user:cleo", "user:dan"]);
    assert_eq!(cleo.get("/api/v1/people").await.json()["people"], everybody);
    let mine = ana.get("/api/v1/people/user:ana").await.json();
    assert_eq!(mine["runs_as"][0]["name"], "Large deals");
    assert_eq!(mine["reads_as"][0]["name"], "Large deals");
    for at in ["/api/v1/people", "/people"] {
        let hidden = dan.get(&format!("{at}/user:ana")).await.without_date();
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        for other in ["user:nobody", "ana", "team:none"] {
            assert_eq!(dan.get(&format!("{at}/{other}")).await.without_date(), hidden, "{other}");
        }
    }
    let page = cleo.get("/people/user:ana").await;
    assert!(
        page.body.contains("Large deals")
            && page.body.contains("If this person left, 1 automation that runs as them would stop."),
        "{}",
        page.body
    );
    assert!(!ana.get("/people/user:ana").await.body.contains("If this person left"));
    world.end().await;
}

#[tokio::test]
async fn somebody_hands_over_what_runs_as_them() {
    let world = World::start().await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let to = json!({ "to": "user:bo" });
    let hidden = dan.api(Method::POST, "/api/v1/people/user:ana/hand-over", &to).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let handed = ana.api(Method::POST, "/api/v1/people/user:ana/hand-over", &to).await;
    assert_eq!(handed.status, StatusCode::OK, "{handed:?}");
    let handed = handed.json();
    let all = handed["moved"].as_array().unwrap().len() + handed["stayed"].as_array().unwrap().len();
    assert_eq!(all, 1, "{handed}");
    let nobody = ana.api(Method::POST, "/api/v1/people/user:ana/hand-over", &json!({ "to": "user:nobody" })).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    world.end().await;
}

#[tokio::test]
async fn a_policy_is_looked_at_before_it_is_chosen_and_by_who_may() {
    let world = World::start().await;
    let (ana, cleo) = (world.person("user:ana").await, world.person("user:cleo").await);
    let other = json!({ "preset": "monday", "settings": {}, "policies": "" });
    for (method, at) in [(Method::POST, "/api/v1/policy/check"), (Method::PUT, "/api/v1/policy")] {
        let refused = ana.api(method, at, &other).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (StatusCode::FORBIDDEN, Some("M0403")), "{at}");
    }
    assert!(!ana.get("/policy").await.body.contains("Govern it otherwise"));
    let changes = cleo.api(Method::POST, "/api/v1/policy/check", &other).await.json();
    assert!(!changes["settings"].as_array().unwrap().is_empty(), "{changes}");
    assert_eq!(cleo.get("/api/v1/policy").await.json()["chosen"]["preset"], "mandate");
    let looked = cleo.form("/policy", &[("preset", "monday"), ("do", "check")]).await;
    assert_eq!(looked.status, StatusCode::OK);
    assert!(looked.body.contains("Nothing was changed yet"), "{}", looked.body);
    for (fields, part) in [
        (vec![("preset", "monday"), ("settings", "{"), ("do", "save")], "the settings are no JSON"),
        (vec![("preset", "none"), ("do", "save")], "there is no preset `none`"),
        (vec![("preset", "monday"), ("policies", "permit (principal"), ("do", "save")], "Nothing was changed"),
    ] {
        let wrong = cleo.form("/policy", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{part}");
        assert!(wrong.body.contains(part), "{part}: {}", wrong.body);
    }
    let chosen = cleo.form("/policy", &[("preset", "monday"), ("do", "save")]).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{chosen:?}");
    assert_eq!(cleo.get("/api/v1/policy").await.json()["chosen"]["preset"], "monday");
    world.end().await;
}

#[tokio::test]
async fn n12_a_search_finds_what_one_may_see() {
    let world = World::start().await;
    let (ana, cleo, dan) =
        (world.person("user:ana").await, world.person("user:cleo").await, world.person("user:dan").await);
    assert_eq!(ana.get("/api/v1/search?q=LARGE").await.json()["automations"][0]["name"], "Large deals");
    let nothing = dan.get("/api/v1/search?q=large").await.without_date();
    assert_eq!(nothing.json()["automations"], json!([]));
    assert_eq!(dan.get("/api/v1/search?q=xyzzy").await.without_date(), nothing);
    assert_eq!(cleo.get("/api/v1/search?q=an").await.json()["people"], json!(["user:ana", "user:dan"]));
    assert_eq!(dan.get("/api/v1/search?q=an").await.json()["people"], json!(["user:dan"]));
    let page = ana.get("/search?q=%3Cscript%3E").await;
    assert!(page.body.contains("&lt;script&gt;") && !page.body.contains("<script>"), "{}", page.body);
    world.end().await;
}

/// Everything that the page says came of handing over.
fn note(page: &str) -> &str {
    page.split_once("<div class=\"note waits\" role=\"alert\">")
        .map_or("", |(_, rest)| rest.split("</div>").next().unwrap())
}

#[tokio::test]
async fn mon_29_what_moved_and_what_stayed_is_said_and_why() {
    let world = World::start().await;
    let stays = world.another(&["user:dan".to_owned().try_into().unwrap()]).await;
    let cleo = world.person("user:cleo").await;
    let site = world.embedded.site().clone();
    let mut choices = world.service.choices(&site).await.unwrap();
    // What somebody was invited to see stays where it is.
    "forbid (principal, action == Action::\"take\", resource) unless { resource.members.isEmpty() };"
        .clone_into(&mut choices.policies);
    world.service.choose(&site, None, &choices).await.unwrap();
    // Who is named is not there: the form is shown again, with what was typed.
    for (to, why) in [("bo", "`bo`"), ("user:nobody", "user:nobody")] {
        let wrong = cleo.form("/people/user:ana/hand-over", &[("to", to)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
        assert!(wrong.body.contains(&format!("value=\"{to}\"")) && wrong.body.contains(why), "{to}: {}", wrong.body);
    }
    let none = cleo.form("/people/user:ana/hand-over", &[("to", "")]).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.body.contains("default successor"), "{none:?}");
    let some = cleo.form("/people/user:ana/hand-over", &[("to", "user:bo")]).await;
    assert_eq!(some.status, StatusCode::OK, "{}", some.body);
    let told = note(&some.body);
    let (moved, stayed) = told.split_once("Not handed over:").unwrap();
    assert!(moved.contains("Handed over to Bo") && moved.contains(&world.automation.to_string()), "{told}");
    assert!(stayed.contains(&stays.to_string()) && stayed.contains("take"), "{told}");
    // As the API says it.
    let again = cleo.api(Method::POST, "/api/v1/people/user:ana/hand-over", &json!({ "to": "user:bo" })).await;
    assert_eq!((again.status, again.json()["stayed"][0]["automation"].clone()), (StatusCode::OK, json!(stays)));
    // What is left is nothing that she could move: there is no form, and nothing moves by one that was kept.
    let page = cleo.get("/people/user:ana").await.body;
    assert!(!page.contains("action=\"/people/user:ana/hand-over\""), "{page}");
    let nothing = cleo.form("/people/user:ana/hand-over", &[("to", "user:bo")]).await;
    assert_eq!(nothing.status, StatusCode::OK);
    assert!(note(&nothing.body).contains("Nothing was handed over."), "{}", nothing.body);
    assert!(cleo.get("/people/user:bo").await.body.contains("action=\"/people/user:bo/hand-over\""));
    world.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_policy_stands_at_its_field_and_the_text_stays() {
    let world = World::start().await;
    let cleo = world.person("user:cleo").await;
    let cedar = "permit (principal, action == Action::\"none\", resource);\npermit (principal";
    for (fields, field, kept) in [
        ([("preset", "monday"), ("policies", cedar), ("do", "check")], "policies", "permit (principal</textarea>"),
        ([("preset", "monday"), ("settings", "{"), ("do", "save")], "settings", ">{</textarea>"),
        ([("preset", "monday"), ("settings", "{\"none\":1}"), ("do", "save")], "settings", "none"),
        ([("preset", "none"), ("policies", "// mine"), ("do", "save")], "preset", "// mine</textarea>"),
        ([("preset", "monday"), ("successor", "bo"), ("do", "save")], "successor", "value=\"bo\""),
        ([("preset", "monday"), ("successor", "user:none"), ("do", "save")], "successor", "value=\"user:none\""),
    ] {
        let wrong = cleo.form("/policy", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let (before, after) = wrong.body.split_once("<div class=\"wrong\" role=\"alert\">").unwrap();
        let its = before.rsplit("<div class=\"field\">").next().unwrap();
        assert!(its.contains(&format!("name=\"{field}\"")), "{fields:?}: {its}");
        assert!(wrong.body.contains(kept) && !after.contains("class=\"wrong\""), "{fields:?}: {}", wrong.body);
    }
    world.end().await;
}
