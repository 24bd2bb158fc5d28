//! Named operations leave the house: each is carried out once for its key where that can be known, and else nobody says that it was.

use std::{collections::BTreeSet, time::Duration};

use mandate_model::{Effect, Failure};
use mandate_service::{EffectState, PartState, PartView, ServiceError, Settlement, apply::NotDone};

use crate::{
    bench::{Bench, remove},
    fakes::who,
};

fn ping() -> Effect {
    Effect::Invoke { operation: "ping".to_owned(), arguments: "{}".to_owned() }
}

/// An automation of ana's that changes a row, invokes, and changes another row.
async fn bench(idempotent: bool) -> Bench {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&[]).await;
    {
        let mut script = bench.world.script();
        script.idempotent = idempotent;
        script.effects = vec![remove("a"), ping(), remove("c")];
    }
    bench
}

async fn answered(idempotent: bool, answers: Vec<NotDone>) -> Bench {
    let bench = bench(idempotent).await;
    bench.world.script().not_done = answers;
    bench.run().await;
    bench
}

async fn part(bench: &Bench) -> PartView {
    bench.service.run_with_reasons(&who("user:ana"), &bench.runs("user:ana").await[0].id).await.unwrap().parts.remove(0)
}

fn states(part: &PartView) -> Vec<EffectState> {
    part.effects.iter().map(|effect| effect.state).collect()
}

/// How often it was carried out, however often it was asked for, and with how many keys.
fn done(bench: &Bench) -> (usize, usize, usize) {
    let script = bench.world.script();
    let keys: BTreeSet<_> = script.invoked.iter().map(|invocation| &invocation.key).collect();
    (script.pinged.len(), script.invoked.len(), keys.len())
}

fn perhaps(again: bool) -> NotDone {
    NotDone::Perhaps { reason: "no answer".to_owned(), again }
}

const ALL: [EffectState; 3] = [EffectState::Applied; 3];
const UNKNOWN: [EffectState; 3] = [EffectState::Applied, EffectState::Unknown, EffectState::Withheld];
const WITHHELD: [EffectState; 3] = [EffectState::Applied, EffectState::Withheld, EffectState::Withheld];

#[tokio::test]
async fn an_operation_is_invoked_as_run_as_with_the_key_of_its_effect() {
    let bench = answered(false, vec![]).await;
    assert_eq!(states(&part(&bench).await), ALL);
    assert_eq!(bench.carried(), ["0", "2"], "in its turn");
    let run = bench.runs("user:ana").await.remove(0);
    let asked = bench.world.script().invoked.remove(0);
    assert_eq!((asked.principal, &asked.run, &asked.automation), (who("user:ana"), &run.id, &run.automation));
    assert_eq!((asked.operation.as_str(), asked.arguments.as_str(), asked.again), ("ping", "{}", false));
    assert!(asked.key.starts_with(&format!("{}/prt_", run.id)) && asked.key.ends_with("/1"), "{}", asked.key);
}

#[tokio::test]
async fn e02_what_was_not_done_is_asked_for_again_with_its_key() {
    let unavailable = NotDone::Refused(Failure::Unavailable("down".to_owned()));
    for idempotent in [true, false] {
        let bench = answered(idempotent, vec![NotDone::Later("busy".to_owned()), unavailable.clone()]).await;
        assert_eq!((states(&part(&bench).await), done(&bench)), (ALL.to_vec(), (1, 3, 1)));
        assert!(bench.world.script().invoked.iter().all(|asked| !asked.again), "it was known not to be done");
    }
}

#[tokio::test]
async fn e02_what_may_have_been_done_is_asked_for_again_only_where_keys_are_honoured() {
    let bench = answered(true, vec![perhaps(true), NotDone::Later("busy".to_owned())]).await;
    assert_eq!((states(&part(&bench).await), done(&bench)), (ALL.to_vec(), (1, 3, 1)));
    let again: Vec<bool> = bench.world.script().invoked.iter().map(|asked| asked.again).collect();
    assert_eq!(again, [false, true, true], "what it said later does not undo what it may have done before");

    let bench = answered(false, vec![perhaps(false)]).await;
    assert_eq!((states(&part(&bench).await), done(&bench)), (UNKNOWN.to_vec(), (1, 1, 1)));
    assert_eq!(part(&bench).await.state, PartState::Withheld);
    // Nobody asks again by themself, nor by reviving.
    bench.service.revive().await.unwrap();
    bench.advance(600);
    bench.service.drain().await.unwrap();
    assert_eq!((states(&part(&bench).await), done(&bench)), (UNKNOWN.to_vec(), (1, 1, 1)));
}

#[tokio::test]
async fn what_is_refused_is_withheld_with_what_comes_after_it() {
    let denied = NotDone::Refused(Failure::Denied("no grant".to_owned()));
    let invalid = NotDone::Refused(Failure::Invalid("/deal: no".to_owned()));
    let never = NotDone::Never("SECRET it answers 400".to_owned());
    for (not_done, told, shown) in [
        (denied, "denied: no grant", "denied: it does not exist, or they may not"),
        (invalid, "invalid: /deal: no", "invalid: /deal: no"),
        (
            never,
            "operation: SECRET it answers 400",
            "operation: it was not carried out, or nobody knows: the operator can see why",
        ),
    ] {
        let bench = answered(false, vec![not_done]).await;
        let part = part(&bench).await;
        assert_eq!((states(&part), done(&bench)), (WITHHELD.to_vec(), (0, 1, 1)));
        assert_eq!(part.effects[1].reason.as_deref(), Some(told));
        let theirs = bench.runs("user:ana").await.remove(0).parts.remove(0);
        assert_eq!(theirs.effects[1].reason.as_deref(), Some(shown));
        assert_eq!(theirs.reason.as_deref(), Some(shown));
        assert!(bench.service.dead_letters().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_was_tried_and_is_refused_later_or_too_often_is_unknown() {
    let denied = NotDone::Refused(Failure::Denied("no grant".to_owned()));
    for then in [denied, NotDone::Never("gone".to_owned())] {
        let bench = answered(true, vec![perhaps(true), then]).await;
        assert_eq!(states(&part(&bench).await), UNKNOWN, "the first attempt may have been carried out");
    }
    let bench = answered(true, vec![perhaps(true); 5]).await;
    let dead = [EffectState::Applied, EffectState::Unknown, EffectState::Dead];
    assert_eq!((states(&part(&bench).await), part(&bench).await.state), (dead.to_vec(), PartState::Dead));
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(states(&part(&bench).await), dead, "what comes after it is not done before it is settled");
    let key = bench.world.script().invoked[0].key.clone();
    bench.service.settle(&key, Settlement::Applied).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!((states(&part(&bench).await), bench.carried()), (ALL.to_vec(), vec!["0".to_owned(), "2".to_owned()]));
}

#[tokio::test]
async fn turned_off_while_it_was_being_tried_it_is_unknown_and_not_called_withheld() {
    let bench = bench(true).await;
    bench.world.script().not_done = vec![perhaps(true)];
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    let automation = bench.runs("user:ana").await[0].automation.clone();
    bench.service.disable(&automation, &who("user:mia")).await.unwrap();
    bench.advance(60);
    bench.service.drain().await.unwrap();
    assert_eq!((states(&part(&bench).await), done(&bench)), (UNKNOWN.to_vec(), (1, 1, 1)));
}

#[tokio::test]
async fn the_operator_is_told_and_settles_it() {
    for settlement in [Settlement::Applied, Settlement::Retry] {
        let bench = answered(false, vec![perhaps(false)]).await;
        let letters = bench.service.dead_letters().await.unwrap();
        let key = bench.world.script().invoked[0].key.clone();
        let told: Vec<_> = letters.iter().map(|one| (one.kind.as_str(), &one.id, one.reason.as_str())).collect();
        assert_eq!(told, [("effect", &key, "operation: no answer")]);
        bench.service.settle(&key, settlement).await.unwrap();
        bench.service.drain().await.unwrap();
        assert_eq!(states(&part(&bench).await), ALL);
        assert_eq!(bench.carried(), ["0", "2"], "what was withheld with it goes on");
        let asked = if settlement == Settlement::Applied { (1, 1, 1) } else { (2, 2, 1) };
        assert_eq!(done(&bench), asked);
        assert!(bench.service.dead_letters().await.unwrap().is_empty());
        // Once; and only what is unknown.
        for key in [key.as_str(), "run_a/prt_b/0", ""] {
            let refused = bench.service.settle(key, settlement).await;
            assert!(matches!(refused, Err(ServiceError::NotUnknown(ref told)) if told == key), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn what_was_withheld_with_it_goes_on_only_while_everything_holds() {
    let bench = answered(false, vec![perhaps(false)]).await;
    let key = bench.world.script().invoked[0].key.clone();
    let automation = bench.runs("user:ana").await[0].automation.clone();
    bench.service.disable(&automation, &who("user:mia")).await.unwrap();
    bench.service.settle(&key, Settlement::Applied).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(states(&part(&bench).await), [EffectState::Applied, EffectState::Applied, EffectState::Withheld]);
    assert_eq!(bench.carried(), ["0"]);
}

/// Drains until it is done, or killed.
async fn drain_or_die(bench: &Bench) -> bool {
    let outcome = tokio::time::timeout(Duration::from_secs(30), async {
        tokio::select! {
            () = bench.world.killed.notified() => false,
            drained = bench.service.drain() => { drained.unwrap(); true }
        }
    });
    outcome.await.expect("neither done nor killed")
}

/// Kills the host at its n-th call to the outside, and drains again; whether it came so far.
async fn killed_at(call: usize, idempotent: bool) -> (Bench, bool) {
    let bench = bench(idempotent).await;
    bench.happens("1").await;
    bench.world.kill_at(Some(call));
    let reached = !drain_or_die(&bench).await;
    let bench = bench.reopen().await;
    bench.service.drain().await.unwrap();
    (bench, reached)
}

#[tokio::test]
async fn e01_killed_at_any_call_what_honours_keys_is_done_once() {
    for call in 0.. {
        let (bench, reached) = killed_at(call, true).await;
        let (pinged, _, keys) = done(&bench);
        assert_eq!((states(&part(&bench).await), pinged, keys), (ALL.to_vec(), 1, 1), "killed at {call}");
        assert_eq!(bench.carried(), ["0", "2"], "killed at {call}");
        if !reached {
            assert!(call > 8, "only {call} calls");
            return;
        }
    }
}

#[tokio::test]
async fn e01_killed_at_any_call_what_does_not_is_never_done_twice_and_never_said_to_be_what_it_may_not_be() {
    let mut unknown = 0;
    for call in 0.. {
        let (bench, reached) = killed_at(call, false).await;
        let (pinged, asked, _) = done(&bench);
        let states = states(&part(&bench).await);
        assert!(pinged <= 1, "killed at {call}");
        if states == UNKNOWN {
            unknown += 1;
            assert_eq!(bench.carried(), ["0"], "killed at {call}");
            let key = bench.service.dead_letters().await.unwrap().remove(0).id;
            // The operator looks where it is called.
            let found = if pinged == 1 { Settlement::Applied } else { Settlement::Retry };
            bench.service.settle(&key, found).await.unwrap();
            bench.service.drain().await.unwrap();
        } else {
            assert_eq!((states, asked), (ALL.to_vec(), 1), "killed at {call}");
        }
        assert_eq!(done(&bench).0, 1, "killed at {call}");
        assert_eq!(bench.carried(), ["0", "2"], "killed at {call}");
        if !reached {
            break;
        }
    }
    assert_eq!(unknown, 2, "killed before it was done, and after");
}
