//! A server stops what lost a declared power also while nothing runs: once its site is governed otherwise, and on its own tick.

use hyper::Method;
use mandate_governance::{Choices, Preset, SiteChoices, State, settings::OnDenied, settings::Then};
use mandate_model::PrincipalId;
use mandate_policy::{Grant, Right};
use serde_json::json;

use crate::world::World;

/// How long a test waits before it looks again.
const SOON: std::time::Duration = std::time::Duration::from_millis(20);
/// More than the server waits before it looks again, in seconds.
const A_WHILE: i64 = 400;

fn who(id: &str) -> PrincipalId {
    PrincipalId::parse(id).unwrap()
}

/// Ana's automation is on, and she loses what it declares, which nobody tells the service.
async fn lost(world: &World) {
    world.service.enable(&world.automation, &who("user:ana"), &world.version).await.unwrap();
    for right in [Right::Create, Right::Update] {
        let grant = Grant { right, dataset: "deals".to_owned() };
        assert!(world.embedded.revoke(&who("user:ana"), &grant).await.unwrap());
    }
    assert_eq!(state(world).await, State::On);
}

async fn state(world: &World) -> State {
    world.service.automation(&world.automation).await.unwrap().automation.state
}

/// It is stopped sooner or later, and each admin was told once.
async fn stops(world: &World) {
    while state(world).await != State::Stopped {
        tokio::time::sleep(SOON).await;
    }
    let told = world.service.notices(&who("user:cleo")).await.unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].1.text.starts_with("it was stopped: "), "{told:?}");
}

/// Where a power is lost, nothing comes of it.
async fn nothing_comes_of_it(world: &World) {
    let on_denied = OnDenied { then: Then::Deny, tell: [].into() };
    let settings = Choices { on_denied: Some(on_denied), ..Choices::default() };
    let choices = SiteChoices { preset: Preset::Mandate, settings, ..SiteChoices::default() };
    world.service.choose(world.embedded.site(), None, &choices).await.unwrap();
}

#[tokio::test]
async fn a_lost_power_is_found_by_the_tick_of_the_server_while_nothing_runs() {
    let world = World::start().await;
    lost(&world).await;
    world.later(A_WHILE);
    stops(&world).await;
    world.end().await;
}

#[tokio::test]
async fn a_policy_that_makes_a_lost_power_stop_what_runs_stops_it_whoever_chose_it_where() {
    for by_form in [false, true] {
        let world = World::start().await;
        nothing_comes_of_it(&world).await;
        lost(&world).await;
        let cleo = world.person("user:cleo").await;
        if by_form {
            let chosen = cleo.form("/policy", &[("preset", "mandate"), ("do", "save")]).await;
            assert_eq!(chosen.status, 303, "{}", chosen.body);
        } else {
            let mandate = json!({ "preset": "mandate", "settings": {}, "policies": "" });
            let chosen = cleo.api(Method::PUT, "/api/v1/policy", &mandate).await;
            assert!(chosen.status.is_success(), "{}", chosen.body);
        }
        stops(&world).await;
        world.end().await;
    }
}
