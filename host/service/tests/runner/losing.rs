//! A declared power is lost while a run is under way: found before the act part, by a refused hand and by a refused effect, it stops
//! the automation, or fails the part where the site says so, and who is to be told is told once for each loss.

use std::path::Path;

use mandate_governance::{Choices, State, settings::OnDenied, settings::Then, settings::Told};
use mandate_governance::{Happening, SiteChoices};
use mandate_model::{AutomationId, Effect, Failure, SiteId};
use mandate_service::{EffectState, PartState, PartView};

use crate::{
    bench::Bench,
    fakes::{Script, who},
};

const STOPPED: &str = "it was stopped: `user:ana` may not read `deals`";
const FAILED: &str = "a run failed: `user:ana` may not read `deals`";

async fn told(bench: &Bench, person: &str) -> Vec<String> {
    let notices = bench.service.notices(&who(person)).await.unwrap();
    notices.into_iter().map(|(_, told)| told.text).collect()
}

async fn state(bench: &Bench, id: &AutomationId) -> State {
    bench.service.automation(id).await.unwrap().automation.state
}

/// It was stopped, once, and everybody who is to be told was told once.
async fn stopped_once(bench: &Bench, id: &AutomationId, at: &str) {
    assert_eq!(state(bench, id).await, State::Stopped, "{at}");
    let happened = bench.service.happenings(id).await.unwrap();
    let stops = happened.iter().filter(|(_, _, one)| matches!(one, Happening::Stopped { .. })).count();
    assert_eq!(stops, 1, "{at}");
    for person in ["user:root", "user:ana"] {
        assert_eq!(told(bench, person).await, [STOPPED], "{at}: {person}");
    }
    assert!(told(bench, "user:mia").await.is_empty(), "{at}");
}

async fn act_part(bench: &Bench) -> PartView {
    bench.runs("user:ana").await.remove(0).parts.remove(0)
}

/// The automation stays on where a power is lost; ana and admins are told.
async fn lost_fails(bench: &Bench) {
    let on_denied = OnDenied { then: Then::Fail, tell: [Told::Admins, Told::RunAs].into() };
    let settings = Choices { on_denied: Some(on_denied), ..Choices::default() };
    let choices = SiteChoices { settings, ..SiteChoices::default() };
    bench.service.choose(&SiteId::parse("acme").unwrap(), None, &choices).await.unwrap();
}

fn powerless(script: &mut Script) {
    script.powerless.insert(who("user:ana"));
}

fn lose(bench: &Bench) {
    powerless(&mut bench.world.script());
}

fn repair(bench: &Bench) {
    bench.world.script().powerless.clear();
}

async fn happens(bench: &Bench, event: &str) {
    bench.advance(1);
    bench.happens(event).await;
    bench.service.drain().await.unwrap();
}

#[tokio::test]
async fn ven_18_ven_19_a_power_lost_inside_act_stops_the_automation_and_is_told_once() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&[]).await;
    bench.world.script().meanwhile = Some(powerless);
    bench.run().await;
    stopped_once(&bench, &id, "at once").await;
    assert_eq!(bench.carried(), [""; 0]);
    let part = act_part(&bench).await;
    assert_eq!((part.state, part.journal.len()), (PartState::Withheld, 1), "what was asked is kept");
    assert!(part.effects.iter().all(|effect| effect.state == EffectState::Withheld), "{:?}", part.effects);
    happens(&bench, "2").await;
    assert_eq!(bench.calls(), ["act user:ana"]);
    stopped_once(&bench, &id, "later").await;
}

#[tokio::test]
async fn a_row_that_is_refused_is_no_loss() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&[]).await;
    bench.world.script().row_refused = true;
    bench.world.script().refusals.insert(1, vec![Failure::Denied("not this row".to_owned())]);
    bench.run().await;
    assert_eq!(state(&bench, &id).await, State::On);
    assert!(told(&bench, "user:root").await.is_empty() && told(&bench, "user:ana").await.is_empty());
    let part = act_part(&bench).await;
    assert_eq!(
        (part.state, part.reason.as_deref()),
        (PartState::Withheld, Some("denied: it does not exist, or they may not"))
    );
    assert_eq!(bench.carried(), ["0"]);
}

/// Ana loses the power while the host waits in its n-th call to the outside; where that was, or `None` if there is none.
async fn lost_in(call: usize, store: &Path, id: &AutomationId) -> Option<&'static str> {
    let bench = Bench::over_copy(store, 1).await;
    bench.world.hold_at(call);
    let mut drain = std::pin::pin!(bench.service.drain());
    tokio::select! {
        drained = &mut drain => { drained.unwrap(); return None }
        () = bench.world.reached.notified() => {}
    }
    let place = *bench.world.held_in.lock().unwrap();
    let carried = bench.carried().len();
    lose(&bench);
    bench.world.go_on();
    drain.await.unwrap();
    let at = format!("in call {call}, `{place}`, after {carried} effects");
    assert_eq!(bench.carried().len(), carried, "{at}: the platform refuses the rest");
    // Whatever of the run was left came to nothing by it; where nothing was left, the next event does.
    if carried < 3 {
        stopped_once(&bench, id, &at).await;
    }
    happens(&bench, "2").await;
    stopped_once(&bench, id, &at).await;
    Some(place)
}

#[tokio::test]
async fn ven_18_a_power_lost_during_any_call_to_the_outside_stops_the_automation_and_is_told_once() {
    let bench = Bench::new().await;
    let (id, version) = bench.published_with(&[], "condition action").await;
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    bench.happens("1").await;
    let folder = bench.closed().await;
    let mut places = vec![];
    while let Some(place) = lost_in(places.len(), &folder.path().join("store.db"), &id).await {
        places.push(place);
    }
    // Between planning and the act part, inside it, and after staging.
    for place in ["principal", "witnesses", "act", "apply", "applied"] {
        assert!(places.contains(&place), "never held in `{place}`: {places:?}");
    }
}

#[tokio::test]
async fn ven_18_a_power_lost_after_staging_stops_it_when_an_operation_is_refused() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&[]).await;
    let ping = Effect::Invoke { operation: "ping".to_owned(), arguments: "{}".to_owned() };
    bench.world.script().effects = vec![ping];
    bench.world.script().not_done = vec![mandate_service::apply::NotDone::Later("busy".to_owned())];
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    lose(&bench);
    bench.service.drain().await.unwrap();
    stopped_once(&bench, &id, "an operation").await;
    assert!(bench.world.script().pinged.is_empty());
}

#[tokio::test]
async fn a06_who_is_deactivated_between_planning_and_acting_has_lost_all() {
    let bench = Bench::with_concurrency(1).await;
    let (id, version) = bench.published_with(&[], "condition action").await;
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    bench.happens("1").await;
    // In the first question whether ana is there: the run is planned.
    bench.world.hold_at(0);
    let mut drain = std::pin::pin!(bench.service.drain());
    tokio::select! {
        drained = &mut drain => panic!("not held: {drained:?}"),
        () = bench.world.reached.notified() => {}
    }
    assert_eq!(*bench.world.held_in.lock().unwrap(), "principal");
    bench.world.script().active.remove(&who("user:ana"));
    lose(&bench);
    bench.world.go_on();
    drain.await.unwrap();
    stopped_once(&bench, &id, "deactivated").await;
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn fil_41_a_power_lost_inside_act_fails_the_part_where_the_automation_stays_on() {
    let bench = Bench::new().await;
    lost_fails(&bench).await;
    let (id, _) = bench.enabled(&[]).await;
    bench.world.script().meanwhile = Some(powerless);
    bench.run().await;
    let part = act_part(&bench).await;
    assert_eq!((part.state, part.reason.as_deref()), (PartState::Failed, Some("`user:ana` may not read `deals`")));
    assert_eq!((part.effects.len(), part.journal.len()), (3, 1));
    assert!(part.effects.iter().all(|effect| effect.state == EffectState::Withheld), "{:?}", part.effects);
    assert!(bench.carried().is_empty());
    assert_eq!((state(&bench, &id).await, told(&bench, "user:root").await), (State::On, vec![FAILED.to_owned()]));
    // And after staging.
    let bench = Bench::new().await;
    lost_fails(&bench).await;
    let (id, _) = bench.enabled(&[]).await;
    bench.world.script().refusals.insert(1, vec![Failure::Unavailable("down".to_owned())]);
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    lose(&bench);
    bench.service.drain().await.unwrap();
    let part = act_part(&bench).await;
    assert_eq!((part.state, bench.carried().len()), (PartState::Failed, 1));
    assert_eq!((state(&bench, &id).await, told(&bench, "user:root").await), (State::On, vec![FAILED.to_owned()]));
}

#[tokio::test]
async fn fil_40_the_same_power_lost_again_is_told_again_and_each_loss_once() {
    let bench = Bench::new().await;
    lost_fails(&bench).await;
    bench.enabled(&[]).await;
    let mut event = 0;
    for loss in 1..=3 {
        lose(&bench);
        for _ in 0..3 {
            event += 1;
            happens(&bench, &event.to_string()).await;
        }
        for person in ["user:root", "user:ana"] {
            assert_eq!(told(&bench, person).await, vec![FAILED; loss], "{person}");
        }
        repair(&bench);
        // That it is back is seen by a run, or also while it is idle.
        if loss == 1 {
            event += 1;
            happens(&bench, &event.to_string()).await;
        } else {
            assert!(bench.service.recheck().await.unwrap().is_empty());
        }
    }
    assert_eq!(bench.calls(), ["act user:ana"], "the run between two losses");
}

#[tokio::test]
async fn fil_40_a_loss_that_was_told_stays_told_when_the_host_ends() {
    let bench = Bench::new().await;
    lost_fails(&bench).await;
    bench.enabled(&[]).await;
    lose(&bench);
    happens(&bench, "1").await;
    let bench = bench.closed_and_opened().await;
    happens(&bench, "2").await;
    assert!(bench.service.recheck().await.unwrap().is_empty(), "it is looked at, and nothing is back");
    happens(&bench, "3").await;
    assert_eq!(told(&bench, "user:root").await, [FAILED]);
    assert_eq!(bench.flaws().await, []);
    assert!(bench.tables_with("user:ana").await.contains(&"loss".to_owned()));
    bench.service.upkeep().forget(&who("user:ana")).await.unwrap();
    assert!(!bench.tables_with("user:ana").await.contains(&"loss".to_owned()), "nor is that left of who is forgotten");
}
