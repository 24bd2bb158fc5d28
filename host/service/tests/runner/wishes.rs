//! How somebody wants to be told by an automation: muted, it is in their inbox as read and nothing goes out; opted out, nothing is
//! evaluated as them and nothing comes, whatever is under way; and nobody else can tell.

use std::{collections::BTreeSet, path::Path};

use mandate_governance::{Refused, settings::AsWhom};
use mandate_model::{AutomationId, Effect, EventId};
use mandate_service::{
    Audited, DeliveryState::Muted, EffectState, Fate, RunView, ServiceError, Shelf, Teller, Wish, outward::Way,
};

use crate::{
    bench::Bench,
    fakes::who,
    spy::{deliveries, reached_by},
};

/// Bob and cleo were told once, so they know of the automation.
async fn told_once() -> (Bench, AutomationId) {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["team:sales"]).await;
    bench.run().await;
    bench.world.script().calls.clear();
    (bench, id)
}

async fn happens(bench: &Bench, event: &str) -> EventId {
    bench.advance(1);
    let event = bench.happens(event).await;
    bench.service.drain().await.unwrap();
    event
}

/// What became of an event, as somebody sees it.
async fn of(bench: &Bench, person: &str, event: &EventId) -> Option<RunView> {
    let about = |run: &RunView| run.event.get().is_some_and(|shown| shown.id == *event);
    bench.runs(person).await.into_iter().find(about)
}

async fn wish(bench: &Bench, id: &AutomationId, person: &str, wish: Wish) {
    assert!(bench.service.set_wish(&who(person), id, wish).await.unwrap(), "{person} {wish:?}");
}

#[tokio::test]
async fn who_opted_out_has_no_part_any_more_and_others_have_theirs() {
    let (bench, id) = told_once().await;
    wish(&bench, &id, "user:bob", Wish::OptedOut).await;
    happens(&bench, "2").await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"], "nothing is evaluated as bob");
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (1, 2));
    assert_eq!(bench.runs("user:bob").await.len(), 1, "what he was told before stays");
    // In again, he is told what happens from then on.
    wish(&bench, &id, "user:bob", Wish::Told).await;
    happens(&bench, "3").await;
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (2, 3));
}

#[tokio::test]
async fn what_is_muted_comes_to_the_inbox_as_read_and_goes_out_by_no_way() {
    let (bench, spy) = reached_by(Way::Mail).await;
    let (id, _) = bench.enabled(&["team:sales"]).await;
    bench.run().await;
    assert_eq!(spy.keys().len(), 1);
    wish(&bench, &id, "user:bob", Wish::Muted).await;
    happens(&bench, "2").await;
    assert_eq!((bench.inbox("user:bob").await.len(), spy.keys().len(), deliveries(&bench).await.len()), (2, 1, 1));
    let unread = bench.service.messages(&who("user:bob"), Shelf::Unread, None, 9).await.unwrap().messages;
    assert_eq!(unread.len(), 1, "that of before");
    let theirs = bench.service.messages(&who("user:cleo"), Shelf::Unread, None, 9).await.unwrap().messages;
    assert_eq!(theirs.len(), 2, "cleo muted nothing");
}

#[tokio::test]
async fn what_waits_to_go_out_does_not_once_it_is_muted_or_opted_out() {
    for chosen in [Wish::Muted, Wish::OptedOut] {
        let (bench, spy) = reached_by(Way::Mail).await;
        let (id, _) = bench.enabled(&["team:sales"]).await;
        spy.say(mandate_service::outward::Setback::Later("busy".to_owned()), 1);
        bench.happens("1").await;
        bench.service.pass().await.unwrap();
        wish(&bench, &id, "user:bob", chosen).await;
        bench.service.drain().await.unwrap();
        assert_eq!(deliveries(&bench).await, [("user:bob".to_owned(), Way::Mail, Muted, 1)], "{chosen:?}");
        assert_eq!(spy.keys().len(), 1, "{chosen:?}");
    }
}

/// Bob opts out while the host waits in its n-th call to the outside; where that was, or `None` if there is none.
async fn opted_out_in(call: usize, store: &Path, id: &AutomationId) -> Option<&'static str> {
    let bench = Bench::over_copy(store, 1).await;
    bench.world.hold_at(call);
    let mut drain = std::pin::pin!(bench.service.drain());
    tokio::select! {
        drained = &mut drain => { drained.unwrap(); return None }
        () = bench.world.reached.notified() => {}
    }
    let place = *bench.world.held_in.lock().unwrap();
    let delivered = bench.inbox("user:bob").await.len();
    wish(&bench, id, "user:bob", Wish::OptedOut).await;
    bench.world.go_on();
    drain.await.unwrap();
    assert_eq!(bench.inbox("user:bob").await.len(), delivered, "in call {call}, `{place}`");
    assert_eq!(bench.inbox("user:cleo").await.len(), 2, "in call {call}, `{place}`");
    let unfinished: Vec<_> = bench.states().await.into_iter().filter(|state| state != "done").collect();
    assert_eq!(unfinished, [""; 0], "in call {call}, `{place}`: nothing is left of what was under way");
    Some(place)
}

#[tokio::test]
async fn p06_who_opts_out_during_any_call_to_the_outside_is_not_told_afterwards() {
    let (bench, id) = told_once().await;
    bench.advance(1);
    bench.happens("2").await;
    let folder = bench.closed().await;
    let mut places = vec![];
    while let Some(place) = opted_out_in(places.len(), &folder.path().join("store.db"), &id).await {
        places.push(place);
    }
    for place in ["principal", "witnesses", "is_in", "act", "notify", "apply"] {
        assert!(places.contains(&place), "never held in `{place}`: {places:?}");
    }
}

/// What became of each message that ana's act part tells.
async fn told(bench: &Bench, event: &EventId) -> Vec<(EffectState, Option<String>)> {
    let Some(mut run) = of(bench, "user:ana", event).await else { return vec![] };
    let tells = run.parts.remove(0).effects.into_iter().filter(|one| matches!(one.effect, Effect::Tell { .. }));
    tells.map(|effect| (effect.state, effect.reason)).collect()
}

#[tokio::test]
async fn one_09_run_as_neither_tells_who_opted_out_nor_renders_for_them() {
    let bench = Bench::new().await;
    bench.evaluate_as(AsWhom::RunAs).await;
    let (id, _) = bench.enabled(&["team:sales"]).await;
    bench.run().await;
    wish(&bench, &id, "user:bob", Wish::OptedOut).await;
    wish(&bench, &id, "user:cleo", Wish::Muted).await;
    let event = happens(&bench, "2").await;
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (1, 2));
    let unread = bench.service.messages(&who("user:cleo"), Shelf::Unread, None, 9).await.unwrap().messages;
    assert_eq!(unread.len(), 1, "that of before");
    assert_eq!(told(&bench, &event).await, [(EffectState::Applied, None)], "cleo alone");
}

/// Bob opts out while the host waits in its n-th call, where his message is staged; what became of the two messages.
async fn opted_out_once_staged(
    call: usize,
    store: &Path,
    (id, event): (&AutomationId, &EventId),
) -> Option<Vec<(EffectState, Option<String>)>> {
    let bench = Bench::over_copy(store, 1).await;
    bench.world.hold_at(call);
    let mut drain = std::pin::pin!(bench.service.drain());
    tokio::select! {
        drained = &mut drain => { drained.unwrap(); panic!("never held where a message is staged") }
        () = bench.world.reached.notified() => {}
    }
    let staged = told(&bench, event).await.iter().filter(|(state, _)| *state == EffectState::Staged).count();
    if staged == 2 {
        wish(&bench, id, "user:bob", Wish::OptedOut).await;
    }
    bench.world.go_on();
    drain.await.unwrap();
    if staged < 2 {
        return None;
    }
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (1, 2));
    Some(told(&bench, event).await)
}

#[tokio::test]
async fn one_09_whose_message_is_staged_when_they_opt_out_is_told_of_like_who_is_no_recipient_any_more() {
    let bench = Bench::new().await;
    bench.evaluate_as(AsWhom::RunAs).await;
    let (id, _) = bench.enabled(&["team:sales"]).await;
    bench.run().await;
    bench.advance(1);
    let event = bench.happens("2").await;
    let folder = bench.closed().await;
    let mut call = 0;
    let told = loop {
        match opted_out_once_staged(call, &folder.path().join("store.db"), (&id, &event)).await {
            Some(told) => break told,
            None => call += 1,
        }
    };
    let skipped = (EffectState::Withheld, Some("`user:bob` is no recipient any more".to_owned()));
    assert_eq!(told, [skipped, (EffectState::Applied, None)]);
}

#[tokio::test]
async fn each_wishes_for_themself_and_only_of_what_they_know_of() {
    let (bench, id) = told_once().await;
    let service = &bench.service;
    let unknown = AutomationId::from_bytes([9; 16]);
    let (bob, dan) = (who("user:bob"), who("user:dan"));
    for (person, id) in [(&dan, &id), (&dan, &unknown), (&bob, &unknown), (&who("user:nobody"), &id)] {
        for answer in
            [service.wish(person, id).await.map(drop), service.set_wish(person, id, Wish::OptedOut).await.map(drop)]
        {
            assert!(matches!(answer, Err(ServiceError::Refused(Refused::Unknown))), "{person} {answer:?}");
        }
    }
    assert_eq!(service.wish(&bob, &id).await.unwrap(), Wish::Told);
    wish(&bench, &id, "user:bob", Wish::OptedOut).await;
    assert!(!service.set_wish(&bob, &id, Wish::OptedOut).await.unwrap(), "nothing new");
    wish(&bench, &id, "user:ana", Wish::Muted).await;
    let audited: Vec<_> = bench.service.upkeep().audit(Some(&id), 0, 1_000).await.unwrap();
    let audited: Vec<_> = audited.into_iter().filter_map(|entry| entry.audited).filter(is_wish).collect();
    let entry = |person: &str, wish| Audited::Wish { automation: id.clone(), person: who(person), wish };
    assert_eq!(audited, [entry("user:bob", Wish::OptedOut), entry("user:ana", Wish::Muted)]);
    assert_eq!(bench.flaws().await, []);
}

fn is_wish(audited: &Audited) -> bool {
    matches!(audited, Audited::Wish { .. })
}

#[tokio::test]
async fn what_tells_somebody_is_listed_for_them_as_far_as_they_know_of_it() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["team:sales"]).await;
    // bob is a recipient of what he may not see: until it told him something, there is no such thing for him.
    assert!(bench.service.tellers(&who("user:bob")).await.unwrap().is_empty());
    bench.run().await;
    wish(&bench, &id, "user:bob", Wish::OptedOut).await;
    let told = |teller: &Teller| (teller.automation.clone(), teller.through.clone(), teller.sees, teller.wish);
    let bobs: Vec<_> = bench.service.tellers(&who("user:bob")).await.unwrap().iter().map(told).collect();
    assert_eq!(bobs, [(id.clone(), None, false, Wish::OptedOut)]);
    let cleos: Vec<_> = bench.service.tellers(&who("user:cleo")).await.unwrap().iter().map(told).collect();
    assert_eq!(cleos, [(id.clone(), None, false, Wish::Told)]);
    assert!(bench.service.tellers(&who("user:dan")).await.unwrap().is_empty());
}

#[tokio::test]
async fn of_who_opted_out_others_are_shown_what_they_are_shown_of_who_is_no_recipient() {
    let mut seen = BTreeSet::new();
    for opts_out in [true, false] {
        let (bench, id) = told_once().await;
        if opts_out {
            wish(&bench, &id, "user:bob", Wish::OptedOut).await;
        } else {
            bench.world.script().teams.get_mut(&who("team:sales")).unwrap().remove(&who("user:bob"));
        }
        let event = happens(&bench, "2").await;
        let run = of(&bench, "user:ana", &event).await.unwrap();
        let mut text = String::new();
        for person in ["user:ana", "user:mia", "user:root", "user:cleo"] {
            let shown = bench.service.run(&who(person), &run.id).await.ok();
            text += &serde_json::to_string(&shown).unwrap();
            text += &format!("{:?}", bench.service.happenings(&id).await.unwrap().len());
        }
        // Ids are derived with a secret of each store.
        for id in [run.id.as_str(), id.as_str(), event.as_str()] {
            text = text.replace(id, "ID");
        }
        text = text.replace(run.version.unwrap().as_str(), "VERSION");
        let words = text.split('"').filter(|word| !word.starts_with("msg_"));
        seen.insert(words.collect::<Vec<_>>().join("\""));
    }
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[tokio::test]
async fn who_opted_out_is_told_so_when_they_ask_why_nobody_told_them() {
    let (bench, id) = told_once().await;
    let event = bench.runs("user:bob").await.remove(0).event.get().unwrap().id.clone();
    wish(&bench, &id, "user:bob", Wish::OptedOut).await;
    let told = bench.service.explain(&who("user:bob"), &id, &event).await.unwrap().fates;
    assert!(told.iter().any(|fate| matches!(fate, Fate::Told(_))), "of before: {told:?}");
    let event = happens(&bench, "2").await;
    // ana has no notify part: she is no recipient, until she says that she wants none.
    let why = async || bench.service.explain(&who("user:ana"), &id, &event).await.unwrap().fates.pop().unwrap();
    assert_eq!(why().await, Fate::NoPart);
    wish(&bench, &id, "user:ana", Wish::OptedOut).await;
    assert_eq!(why().await.to_string(), "you have no part in it: you want no messages of this automation");
}

#[tokio::test]
async fn what_somebody_wished_is_forgotten_with_them() {
    let (bench, id) = told_once().await;
    wish(&bench, &id, "user:bob", Wish::Muted).await;
    let forgotten = bench.service.upkeep().forget(&who("user:bob")).await.unwrap();
    assert_eq!((forgotten.wishes, forgotten.parts), (1, 1));
    assert!(bench.service.tellers(&who("user:bob")).await.unwrap().is_empty());
    assert!(bench.tables_with("user:bob").await.iter().all(|table| table != "wish" && table != "audit"));
    assert_eq!(bench.flaws().await, []);
}
