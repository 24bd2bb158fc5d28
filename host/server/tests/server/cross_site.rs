//! W03: nobody else's page makes a browser do something here.

use hyper::{Method, StatusCode};
use mandate_governance::State;
use mandate_server::routes;

use crate::{
    client::{Answer, Client},
    requests::{REQUESTS, Request},
    who_gets_what::{MORE, automation, filled, kept, names},
    world::World,
};

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

/// A request that is right, but for where it comes from: how it is sent.
struct Sending {
    headers: Vec<(String, String)>,
    body: String,
}

/// With the token of the page, or with another one.
fn sending(request: &Request, body: &str, token: &str) -> Sending {
    let kind = |kind: &str| vec![("content-type".to_owned(), kind.to_owned())];
    if request.path == "/plugins" {
        let body = format!("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--x--\r\n");
        return Sending { headers: kind("multipart/form-data; boundary=x"), body };
    }
    if request.path.starts_with("/api/") {
        let mut headers = kind(if request.path == "/api/v1/plugins" { "application/wasm" } else { "application/json" });
        headers.push(("x-csrf-token".to_owned(), token.to_owned()));
        return Sending { headers, body: body.to_owned() };
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", token).extend_pairs(form_urlencoded::parse(body.as_bytes()));
    Sending { headers: kind("application/x-www-form-urlencoded"), body: form.finish() }
}

async fn send(client: &Client, method: Method, at: &str, how: &Sending, more: &[(&str, &str)]) -> Answer {
    let headers = how.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let headers: Vec<_> = headers.chain(more.iter().copied()).collect();
    client.send(method, at, &headers, &how.body).await
}

/// What whoever asks with a signature is told: no cookie is looked at.
const SIGNED: &str = "/api/v1/hooks/{hook}";
/// What ends the session that is asked with.
const ENDS: [&str; 5] =
    ["/leave", "/enter", "/api/v1/sessions", "/me/sessions/end", "/api/v1/people/{person}/sessions"];

#[tokio::test]
async fn w03_no_route_that_changes_something_does_so_for_another_site() {
    let world = World::with(MORE).await;
    // She administers the site, and nothing would be refused for who she is.
    let cleo = world.person("user:cleo").await;
    let names = names(&world, &world.person("user:ana").await).await;
    let mut judged = 0;
    for request in REQUESTS
        .iter()
        .filter(|request| request.method != "GET" && !(request.method == "POST" && request.path == SIGNED))
    {
        let automation = automation(&world, request.ready).await;
        let fill = |text: &str| filled(&world, &names, text, &automation, "cleo");
        let (at, body, method) = (fill(request.path), fill(request.body), request.method.parse::<Method>().unwrap());
        let before = kept(&world, &automation).await;
        let what = format!("{} {}", request.method, request.path);
        let right = sending(request, &body, cleo.csrf());
        for from in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let answer = send(&cleo, method.clone(), &at, &right, &[from]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what} {from:?}");
        }
        // A cookie alone is sent by any browser: without the token of our pages it is nothing, whether an origin is told or not.
        for token in ["", "x"] {
            for own in [vec![], vec![("origin", world.origin.as_str())]] {
                let answer = send(&cleo, method.clone(), &at, &sending(request, &body, token), &own).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what} with the token `{token}`, {own:?}");
            }
        }
        // Looking at the address changes nothing, whatever method is said to be meant.
        let looked = cleo.send(Method::GET, &at, &[("x-http-method-override", request.method)], "").await;
        assert!(!looked.status.is_server_error(), "{what}: {looked:?}");
        let looked = cleo.send(Method::GET, &format!("{at}?_method={}", request.method), &[], "").await;
        assert!(!looked.status.is_server_error(), "{what}: {looked:?}");
        assert_eq!(kept(&world, &automation).await, before, "{what}");
        assert_eq!(cleo.get("/api/v1/me").await.status, StatusCode::OK, "{what}: the session still counts");
        // It is the site alone for which that was refused.
        if !ENDS.contains(&request.path) {
            let own = send(&cleo, method, &at, &right, &[("origin", &world.origin)]).await;
            assert!(!own.body.contains("M0402"), "{what}: {own:?}");
        }
        judged += 1;
    }
    assert!(judged > 70, "{judged}");
    world.end().await;
}
