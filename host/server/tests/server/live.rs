//! Who listens hears that something changed which they may see, and nothing of what they may not; not longer than they are signed in,
//! nor than the server runs.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::{Method, StatusCode, body::Incoming};
use mandate_governance::Ask;
use mandate_model::PrincipalId;
use serde_json::json;

use crate::{
    client::Client,
    runs::{a_deal, another_deal},
    world::World,
};

/// How long a test waits before it gives up.
const PATIENCE: Duration = Duration::from_mins(1);
const EVENTS: (&str, &str) = ("accept", "text/event-stream");

/// Somebody who listens.
pub(crate) struct Ears {
    body: Incoming,
    text: String,
}

/// What one hears.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// What it is, which is no news.
    Is(String),
    /// It changed.
    Changed(String),
    /// No more.
    End,
}

impl Ears {
    pub(crate) async fn of(client: &Client, query: &str) -> Self {
        Self::with(client, query, &[EVENTS]).await
    }

    async fn with(client: &Client, query: &str, headers: &[(&str, &str)]) -> Self {
        let response = client.begin(Method::GET, &format!("/api/v1/live?{query}"), headers, vec![]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next thing, besides heartbeats. That the connection broke is a panic.
    pub(crate) async fn next(&mut self) -> Heard {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                match (field("event: "), field("id: "), field("data: ")) {
                    (Some(kind), Some(id), Some(data)) => {
                        assert_eq!((kind.as_str(), data.as_str()), ("changed", "changed"), "never what");
                        return Heard::Changed(id);
                    }
                    (None, Some(id), None) => return Heard::Is(id),
                    (None, None, None) => {}
                    other => panic!("{other:?}"),
                }
            }
            match tokio::time::timeout(PATIENCE, self.body.frame()).await.expect("something is heard") {
                Some(frame) => self.text += std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap(),
                None => return Heard::End,
            }
        }
    }
}

async fn seen(client: &Client, of: &str) -> String {
    client.get(&format!("/api/v1/live?of={of}")).await.json()["seen"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn n12_who_listens_hears_what_they_may_see_and_nothing_of_what_they_may_not() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let (before, nothing) = (seen(&ana, "runs").await, seen(&dan, "inbox").await);
    let (mut anas, mut dans) = (Ears::of(&ana, "of=runs").await, Ears::of(&dan, "of=inbox").await);
    let mut none = Ears::of(&dan, "of=runs").await;
    assert_eq!(anas.next().await, Heard::Is(before));
    assert_eq!(dans.next().await, Heard::Is(nothing.clone()));
    assert!(matches!(none.next().await, Heard::Is(_)));
    // Twice, so that after what ana hears of the second everybody was looked at after the first.
    for deal in ["d2", "d3"] {
        another_deal(&world, deal).await;
        let now = seen(&ana, "runs").await;
        loop {
            let Heard::Changed(id) = anas.next().await else { panic!("it changed") };
            if id == now {
                break;
            }
        }
        assert_eq!(seen(&dan, "inbox").await, nothing, "for dan nothing happened");
    }
    // The first that dan hears is of what he may see.
    let add = [PrincipalId::parse("user:dan").unwrap()].into();
    let share = Ask::Share { add, remove: [].into() };
    let cleo = PrincipalId::parse("user:cleo").unwrap();
    world.service.ask(&world.automation, &cleo, share).await.unwrap();
    let told = seen(&dan, "inbox").await;
    assert_ne!(told, nothing);
    assert_eq!(dans.next().await, Heard::Changed(told));
    world.end().await;
}

#[tokio::test]
async fn one_run_is_listened_to_by_who_may_see_it_and_is_none_for_others() {
    let world = World::start().await;
    a_deal(&world).await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let run = ana.get("/api/v1/runs").await.json()["runs"][0]["id"].as_str().unwrap().to_owned();
    let mut ears = Ears::of(&ana, &format!("of={run}")).await;
    assert_eq!(ears.next().await, Heard::Is(seen(&ana, &run).await));
    for headers in [&[EVENTS][..], &[]] {
        let ask = async |run: &str| dan.send(Method::GET, &format!("/api/v1/live?of={run}"), headers, "").await;
        let (there, absent) = (ask(&run).await, ask("run_aaaaaaaaaaaaaaaaaaaaaaaaaa").await);
        assert_eq!((there.status, there.without_date()), (StatusCode::NOT_FOUND, absent.without_date()));
    }
    // What is of an automation that one may not see, and of none at all, is the same.
    let of = format!("of={}", world.automation);
    let runs = dan.get(&format!("/api/v1/live?{of}")).await.without_date();
    assert_eq!(dan.get("/api/v1/live?of=aut_aaaaaaaaaaaaaaaaaaaaaaaaaa").await.without_date(), runs);
    for wrong in ["of=", "of=people", "of=msg_aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        let refused = ana.get(&format!("/api/v1/live?{wrong}")).await;
        assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("of")));
    }
    world.end().await;
}

#[tokio::test]
async fn who_saw_something_older_hears_at_once_that_it_changed() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let old = seen(&ana, "runs").await;
    a_deal(&world).await;
    let now = seen(&ana, "runs").await;
    assert_ne!(old, now);
    // By the page that one looks at, and by what a browser heard last, which is later.
    let mut page = Ears::of(&ana, &format!("of=runs&seen={old}")).await;
    assert_eq!(page.next().await, Heard::Changed(now.clone()));
    let mut again = Ears::with(&ana, &format!("of=runs&seen={old}"), &[EVENTS, ("last-event-id", &now)]).await;
    assert_eq!(again.next().await, Heard::Is(now.clone()));
    // The pages say what they show.
    for (page, of) in [("/runs", "runs"), ("/inbox", "inbox")] {
        let body = ana.get(page).await.body;
        let marked = format!("data-watch=\"{of}\" data-seen=\"{}\"", seen(&ana, of).await);
        assert!(body.contains(&marked), "{marked}: {body}");
    }
    let run = ana.get("/api/v1/runs").await.json()["runs"][0]["id"].as_str().unwrap().to_owned();
    let marked = format!("data-watch=\"{run}\" data-seen=\"{}\"", seen(&ana, &run).await);
    assert!(ana.get(&format!("/runs/{run}")).await.body.contains(&marked), "{marked}");
    world.end().await;
}

#[tokio::test]
async fn w04_who_is_signed_out_hears_nothing_more() {
    let world = World::start().await;
    let (ana, other) = (world.person("user:ana").await, world.person("user:ana").await);
    let mut ears = Ears::of(&ana, "of=runs").await;
    let mut others = Ears::of(&other, "of=runs").await;
    assert!(matches!(ears.next().await, Heard::Is(_)) && matches!(others.next().await, Heard::Is(_)));
    assert_eq!(other.form("/me/sessions/end", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ears.next().await, Heard::End);
    // A token that is revoked, likewise.
    let body = json!({ "name": "ears", "scopes": ["read"], "days": 1 });
    let made = other.api(Method::POST, "/api/v1/tokens", &body).await.json();
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap_or_else(|| panic!("{made}")));
    let mut program = Ears::with(&world.nobody(), "of=runs", &[EVENTS, ("authorization", &bearer)]).await;
    assert!(matches!(program.next().await, Heard::Is(_)));
    let at = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(other.api(Method::DELETE, &at, &json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(program.next().await, Heard::End);
    // Whoever still is hears on.
    a_deal(&world).await;
    assert!(matches!(others.next().await, Heard::Changed(_)));
    // Who is deactivated hears nothing more once anything changes for them.
    world.embedded.set_active(&PrincipalId::parse("user:ana").unwrap(), false).await.unwrap();
    another_deal(&world, "d2").await;
    while let Heard::Changed(_) = others.next().await {}
    world.end().await;
}

#[tokio::test]
async fn who_listens_does_not_keep_the_server() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let mut ears = Ears::of(&ana, "of=inbox").await;
    assert!(matches!(ears.next().await, Heard::Is(_)));
    world.end().await;
    assert_eq!(ears.next().await, Heard::End, "it ends, and is not cut off");
}

#[tokio::test]
async fn w06_one_person_listens_to_so_many_pages_and_the_server_answers_all_the_same() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let mut all = vec![];
    for _ in 0..12 {
        all.push(Ears::of(&ana, "of=runs").await);
    }
    let refused = ana.send(Method::GET, "/api/v1/live?of=inbox", &[EVENTS], "").await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("M0429")));
    let mut bos = Ears::of(&bo, "of=runs").await;
    a_deal(&world).await;
    assert!(matches!(bos.next().await, Heard::Is(_)));
    for ears in &mut all {
        assert!(matches!(ears.next().await, Heard::Is(_)));
    }
    assert_eq!(ana.get("/api/v1/runs").await.status, StatusCode::OK);
    world.end().await;
}
