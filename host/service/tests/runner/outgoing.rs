//! What goes out beside the inbox: to whom, how often, and what is left undone when something happens in between.

use std::{collections::BTreeSet, sync::Arc};

use mandate_governance::{Ask, settings::AsWhom};
use mandate_service::{
    DeliveryState::{Dead, Muted, Pending, Sent, Unknown, Withheld},
    outward::{Contact, Setback, Way},
};

use crate::{
    bench::Bench,
    fakes::{Script, who},
    spy::{Spy, deliveries, mail, reached_by, reached_in},
};

/// What happens to the world.
type Alters = fn(&mut Script);

fn bob() -> String {
    "user:bob".to_owned()
}

#[tokio::test]
async fn a_message_goes_out_by_each_way_that_its_recipient_has_and_to_nobody_else() {
    let (bench, spy) = reached_by(Way::Mail).await;
    bench.world.script().contacts.insert((who("user:bob"), Way::Webhook), crate::spy::webhook("https://example.com/b"));
    bench.enabled(&["team:sales"]).await;
    bench.run().await;
    let mut all = deliveries(&bench).await;
    all.sort();
    assert_eq!(all, [(bob(), Way::Mail, Sent, 1), (bob(), Way::Webhook, Sent, 1)], "cleo is reached nowhere");
    let got = spy.got.lock().unwrap().clone();
    assert_eq!(got.len(), 2);
    for (parcel, _) in &got {
        assert_eq!((parcel.message.body.as_str(), parcel.name.as_str()), ("CANARY-bob {}", "bob"));
    }
    assert_ne!(got[0].0.key, got[1].0.key);
    let inbox = bench.service.messages(&who("user:bob"), mandate_service::Shelf::Current, None, 9).await.unwrap();
    let (_, seen) = bench.service.message(&who("user:bob"), &inbox.messages[0].id).await.unwrap();
    let seen: Vec<_> = seen.iter().map(|view| (view.way, view.state, view.at.is_some())).collect();
    assert_eq!(seen, [(Way::Mail, Sent, true), (Way::Webhook, Sent, true)]);
}

#[tokio::test]
async fn who_does_not_want_it_is_not_sent_it_and_the_inbox_gets_it_all_the_same() {
    let (bench, spy) = reached_by(Way::Mail).await;
    bench.world.script().contacts.insert((who("user:bob"), Way::Mail), Contact::Muted);
    bench.enabled(&["team:sales"]).await;
    bench.run().await;
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Muted, 0)]);
    assert!(spy.keys().is_empty());
    assert_eq!(bench.inbox("user:bob").await.len(), 1);
}

/// Bob's message is in his inbox, and did not go out at the first attempt.
async fn put_off() -> (Bench, Arc<Spy>, mandate_model::AutomationId) {
    let (bench, spy) = reached_by(Way::Mail).await;
    let (id, _) = bench.enabled(&["team:sales"]).await;
    spy.say(Setback::Later("busy".to_owned()), 1);
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Pending, 1)]);
    (bench, spy, id)
}

#[tokio::test]
async fn p02_p06_nothing_goes_out_to_who_may_not_know_any_more_or_is_no_recipient_any_more() {
    let changes: [(&str, Alters); 3] = [
        ("sees", |script| _ = script.sees.remove(&who("user:bob"))),
        ("recipient", |script| script.teams.clear()),
        ("active", |script| _ = script.active.remove(&who("user:bob"))),
    ];
    for (what, change) in changes {
        let (bench, spy, _) = put_off().await;
        change(&mut bench.world.script());
        bench.service.drain().await.unwrap();
        assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Withheld, 1)], "{what}");
        assert_eq!(spy.keys().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn p05_nothing_goes_out_of_what_was_turned_off_or_revoked() {
    for revoke in [false, true] {
        let (bench, spy, id) = put_off().await;
        if revoke {
            bench.service.revoke(&id, &who("user:ana")).await.unwrap();
        } else {
            bench.service.disable(&id, &who("user:ana")).await.unwrap();
        }
        bench.service.drain().await.unwrap();
        assert!(deliveries(&bench).await.contains(&(bob(), Way::Mail, Withheld, 1)));
        assert_eq!(spy.keys().len(), 1);
    }
}

#[tokio::test]
async fn p05_what_is_turned_off_in_any_call_before_it_is_sent_is_not_sent() {
    let mut held = vec![];
    for call in 0.. {
        let (bench, spy, id) = put_off().await;
        bench.advance(10);
        bench.world.hold_at(call);
        let mut drain = std::pin::pin!(bench.service.drain());
        tokio::select! {
            drained = &mut drain => { drained.unwrap(); break }
            () = bench.world.reached.notified() => {}
        }
        let place = *bench.world.held_in.lock().unwrap();
        bench.service.disable(&id, &who("user:ana")).await.unwrap();
        bench.world.go_on();
        drain.await.unwrap();
        // The call that was on its way is completed.
        let completed = usize::from(place == "carry" || place == "carried");
        assert_eq!(spy.keys().len(), 1 + completed, "held in `{place}`");
        held.push(place);
    }
    assert!(["contact", "carry", "carried"].iter().all(|place| held.contains(place)), "{held:?}");
}

#[tokio::test]
async fn e02_what_did_not_arrive_is_sent_again_with_the_same_key_and_given_up_in_the_end() {
    for way in Way::ALL {
        let (bench, spy) = reached_by(way).await;
        bench.enabled(&["team:sales"]).await;
        spy.say(Setback::Later("busy".to_owned()), 7);
        bench.run().await;
        assert_eq!(deliveries(&bench).await, [(bob(), way, Dead, 5)]);
        let dead = bench.service.dead_letters().await.unwrap();
        assert_eq!((dead[0].kind.as_str(), dead[0].reason.as_str()), ("delivery", "busy"));
        bench.service.revive().await.unwrap();
        bench.service.drain().await.unwrap();
        assert_eq!(deliveries(&bench).await, [(bob(), way, Sent, 3)]);
        assert_eq!((spy.keys().len(), spy.distinct().len()), (8, 1));
    }
}

#[tokio::test]
async fn e02_what_may_have_arrived_is_sent_again_only_where_its_key_is_known() {
    for (way, state, times) in [(Way::Mail, Unknown, 1), (Way::Webhook, Sent, 3)] {
        let (bench, spy) = reached_by(way).await;
        bench.enabled(&["team:sales"]).await;
        spy.say(Setback::Unknown("no answer".to_owned()), 2);
        bench.run().await;
        let tries = u32::try_from(times).unwrap();
        assert_eq!(deliveries(&bench).await, [(bob(), way, state, tries)]);
        bench.service.revive().await.unwrap();
        bench.service.drain().await.unwrap();
        assert_eq!((spy.keys().len(), spy.distinct().len()), (times, 1), "{way:?}");
    }
}

#[tokio::test]
async fn what_is_refused_is_given_up_at_once() {
    let (bench, spy) = reached_by(Way::Mail).await;
    bench.enabled(&["team:sales"]).await;
    spy.say(Setback::Never("no such mailbox".to_owned()), 1);
    bench.run().await;
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Dead, 1)]);
}

#[tokio::test]
async fn e01_e02_killed_at_any_call_a_mail_goes_out_at_most_once_and_a_webhook_at_least_once_with_one_key() {
    for way in Way::ALL {
        // All from one store, so that ids are the same and everything comes in the same order.
        let first = Bench::with_concurrency(1).await;
        first.enabled(&["team:sales"]).await;
        first.happens("1").await;
        let store = first.closed().await;
        let (mut reached, mut call, mut unknown) = (true, 0, 0);
        while reached {
            let (bench, spy) = reached_in(Bench::over_copy(&store.path().join("store.db"), 1).await, way).await;
            bench.world.kill_at(Some(call));
            tokio::select! {
                () = bench.world.killed.notified() => {}
                drained = bench.service.drain() => { drained.unwrap(); reached = false }
            }
            let bench = bench.reopen().await;
            bench.service.drain().await.unwrap();
            let (_, _, state, _) = deliveries(&bench).await.remove(0);
            let (times, keys) = (spy.keys().len(), spy.distinct().len());
            match way {
                Way::Webhook => assert_eq!((state, times.max(1), keys), (Sent, times, 1), "call {call}"),
                Way::Mail if state == Unknown => {
                    assert!(times <= 1, "call {call}: sent {times} times");
                    unknown += 1;
                }
                Way::Mail => assert_eq!((state, times), (Sent, 1), "call {call}"),
            }
            assert_eq!(bench.inbox("user:bob").await.len(), 1, "call {call}");
            call += 1;
        }
        assert!(call > 20, "only {call} calls");
        // Right before it was sent, and right after.
        assert_eq!(unknown, if way == Way::Mail { 2 } else { 0 });
    }
}

#[tokio::test]
async fn a_way_that_the_host_has_no_more_is_given_up_and_a_slow_platform_is_asked_again() {
    let (bench, spy, _) = put_off().await;
    bench.world.script().carriers.clear();
    let bench = bench.reopen().await;
    bench.service.drain().await.unwrap();
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Dead, 1)]);
    let told = bench.service.dead_letters().await.unwrap().remove(0).reason;
    assert_eq!(told, "this host is not set up to send by mail");

    let (bench, again, _) = put_off().await;
    bench.world.script().down.insert(who("user:bob"));
    bench.advance(10);
    bench.service.pass().await.unwrap();
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Pending, 2)]);
    bench.world.script().down.clear();
    bench.service.drain().await.unwrap();
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Sent, 3)]);
    assert_eq!((spy.keys().len(), again.distinct().len()), (1, 1));
}

#[tokio::test]
async fn one_13_a_new_co_owner_gets_a_mail_and_everybody_of_a_team_one() {
    let (bench, spy) = reached_by(Way::Mail).await;
    bench.world.script().contacts.insert((who("user:cleo"), Way::Mail), mail("cleo@example.com"));
    bench.world.script().active.insert(who("team:sales"));
    let (id, _) = bench.published(&[]).await;
    let add = [who("user:bob"), who("team:sales")].into();
    let share = Ask::Share { add, remove: [].into() };
    bench.service.ask(&id, &who("user:ana"), share).await.unwrap();
    bench.service.drain().await.unwrap();
    let mut told: Vec<_> = {
        let got = spy.got.lock().unwrap();
        got.iter()
            .map(|(parcel, to)| (format!("{to:?}"), parcel.message.title.clone(), parcel.message.body.clone()))
            .collect()
    };
    told.sort();
    let to: Vec<_> = told.iter().map(|(to, _, _)| to.contains("bob@example.com")).collect();
    assert_eq!(to.len(), 2, "bob once, though he is named twice, and cleo: {told:?}");
    for (_, title, body) in &told {
        assert_eq!(
            (title.as_str(), body.as_str()),
            ("Automation `big deals`", format!("you manage it now\n\n{id}").as_str())
        );
    }
}

/// A site that evaluates as run_as, in which only ana sees what happens; bob has mail, and the first attempt to reach him fails.
async fn told_as_ana() -> (Bench, Arc<Spy>) {
    let (bench, spy) = reached_by(Way::Mail).await;
    bench.evaluate_as(AsWhom::RunAs).await;
    bench.world.script().sees = BTreeSet::from([who("user:ana")]);
    bench.enabled(&["team:sales"]).await;
    spy.say(Setback::Later("busy".to_owned()), 1);
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Pending, 1)]);
    (bench, spy)
}

#[tokio::test]
async fn one_09_what_is_told_as_run_as_goes_out_by_mail_too_whatever_its_recipient_sees() {
    let (bench, spy) = told_as_ana().await;
    bench.service.drain().await.unwrap();
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Sent, 2)]);
    let got = spy.got.lock().unwrap().clone();
    assert_eq!(got.last().unwrap().0.message.body, "CANARY-ana {}", "what ana sees");
    assert_eq!(spy.distinct().len(), 1);
}

#[tokio::test]
async fn p06_one_09_it_does_not_go_out_once_its_recipient_left_or_the_site_evaluates_otherwise() {
    let (bench, spy) = told_as_ana().await;
    bench.world.script().teams.clear();
    bench.service.drain().await.unwrap();
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Withheld, 1)]);
    assert_eq!(spy.keys().len(), 1, "only the attempt that failed");

    let (bench, spy) = told_as_ana().await;
    bench.evaluate_as(AsWhom::Recipient).await;
    bench.service.drain().await.unwrap();
    assert_eq!(deliveries(&bench).await, [(bob(), Way::Mail, Withheld, 1)]);
    assert_eq!(spy.keys().len(), 1, "only the attempt that failed");
}
