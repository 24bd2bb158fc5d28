//! W03: nobody else's page makes a browser do something here.

use hyper::{Method, StatusCode};
use mandate_governance::State;
use mandate_server::routes;

use crate::world::World;

/// Where, with which headers, with which body.
type Try<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn w03_other_sites_change_nothing() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    world.service.enable(&world.automation, &"user:ana".to_owned().try_into().unwrap(), &world.version).await.unwrap();
    let (page, api) = (
        format!("/automations/{}/disable", world.automation),
        format!("/api/v1/automations/{}/disable", world.automation),
    );
    let token = format!("csrf={}", ana.csrf());
    let origin = ("origin", "http://evil.example");
    let site = ("sec-fetch-site", "cross-site");
    let same = ("sec-fetch-site", "same-site");
    let null = ("origin", "null");
    let header = ("x-csrf-token", ana.csrf());
    let tries: [Try<'_>; 8] = [
        (&page, &[FORM, origin], &token),
        (&page, &[FORM, site], &token),
        (&page, &[FORM, same], &token),
        (&page, &[FORM, null], &token),
        (&page, &[FORM], ""),
        (&page, &[FORM], "csrf=x"),
        (&api, &[header, origin], ""),
        (&api, &[FORM], &token),
    ];
    for (at, headers, body) in tries {
        let answer = ana.send(Method::POST, at, headers, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{at} {headers:?} {body}");
    }
    // A method override and a GET change nothing either.
    let overridden = ana.send(Method::GET, &page, &[("x-http-method-override", "POST")], "").await;
    assert_eq!(overridden.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(world.service.automation(&world.automation).await.unwrap().automation.state, State::On);
    let own = ("origin", world.origin.as_str());
    let answer = ana.send(Method::POST, &page, &[FORM, own], &token).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(world.service.automation(&world.automation).await.unwrap().automation.state, State::Off);
    world.end().await;
}

#[test]
fn w03_every_route_that_changes_something_wants_the_token() {
    let open: Vec<_> = routes().into_iter().filter(|route| !route.is_ours()).map(|route| route.path).collect();
    assert_eq!(open, Vec::<&str>::new());
}
