//! Every problem leads to a page that says what it means and what to do.

use hyper::StatusCode;

use crate::world::World;

#[tokio::test]
async fn a_problem_leads_to_its_page() {
    let world = World::start().await;
    let nobody = world.nobody();
    let problem = nobody.get("/api/v1/me").await.json();
    assert_eq!(problem["type"], "/problems/M0401");
    let page = nobody.get(problem["type"].as_str().unwrap()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<h1>M0401: not signed in</h1>") && page.body.contains("Sign in"), "{}", page.body);
    let shown = nobody.get("/nowhere").await;
    assert!(shown.body.contains("href=\"/problems/M0404\""), "{}", shown.body);
    for unknown in ["M0499", "m0401", "%3Cscript%3E", "M0401%00"] {
        assert_eq!(nobody.get(&format!("/problems/{unknown}")).await.status, StatusCode::NOT_FOUND, "{unknown}");
    }
    world.end().await;
}

#[tokio::test]
async fn all_codes_are_listed_and_each_has_its_page() {
    let world = World::start().await;
    let nobody = world.nobody();
    let list = nobody.get("/problems").await;
    let codes: Vec<_> = list.body.split("href=\"/problems/").skip(1).filter_map(|rest| rest.get(..5)).collect();
    assert_eq!(codes.len(), 50, "{codes:?}");
    for code in codes {
        let page = nobody.get(&format!("/problems/{code}")).await;
        assert_eq!(page.status, StatusCode::OK, "{code}");
        assert!(page.body.contains("<h2>What to do</h2>"), "{code}");
    }
    world.end().await;
}
