//! A13: where nobody can say what somebody holds, because a policy errs or the directory is down, nothing runs now, that is no loss, and
//! it says so.

use mandate_governance::{Ask, State};
use mandate_model::AutomationId;
use mandate_service::{PartState, ServiceError};

use crate::{bench::Bench, fakes::who};

const ERRS: &str = "cannot decide: policy `limit`: integer overflow";

/// Nothing was lost, and nobody told of anything.
async fn nothing_lost(bench: &Bench, id: &AutomationId) {
    assert_eq!(bench.service.recheck().await.unwrap(), [], "no loss, also while idle");
    let life = bench.service.automation(id).await.unwrap();
    assert_eq!((life.automation.state, life.consent.is_some()), (State::On, true));
    for person in ["user:root", "user:ana"] {
        assert!(bench.service.notices(&who(person)).await.unwrap().is_empty(), "{person}");
    }
}

/// What the store says of runs and parts that wait or were given up: state and reason.
async fn waiting(bench: &Bench) -> Vec<(String, String)> {
    let raw = bench.raw().await;
    let sql = "SELECT state, reason FROM run WHERE reason IS NOT NULL
               UNION ALL SELECT state, reason FROM part WHERE reason IS NOT NULL ORDER BY 1, 2";
    let rows = sqlx::query_as(sql).fetch_all(&raw).await.unwrap();
    raw.close().await;
    rows
}

#[tokio::test]
async fn a13_what_cannot_be_decided_puts_a_run_off_and_is_no_loss() {
    for (down, said) in [(false, ERRS), (true, "cannot decide: the platform cannot answer now: the directory is down")]
    {
        let bench = Bench::new().await;
        let (id, _) = bench.enabled(&["user:bob"]).await;
        let break_it = |broken: bool| {
            let mut script = bench.world.script();
            script.directory_down = down && broken;
            script.undecided = (!down && broken).then(|| ERRS.to_owned());
        };
        break_it(true);
        bench.happens("1").await;
        bench.service.pass().await.unwrap();
        assert!(bench.calls().is_empty() && bench.carried().is_empty(), "{said}");
        assert_eq!(waiting(&bench).await, [("pending".to_owned(), said.to_owned())]);
        nothing_lost(&bench, &id).await;
        // Once somebody can say, all of it happens.
        break_it(false);
        bench.service.drain().await.unwrap();
        assert_eq!((bench.carried().len(), bench.inbox("user:bob").await.len()), (3, 1), "{said}");
        nothing_lost(&bench, &id).await;
    }
}

#[tokio::test]
async fn a13_what_nobody_can_ever_decide_is_given_up_says_so_and_can_be_tried_again() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&[]).await;
    bench.world.script().undecided = Some(ERRS.to_owned());
    bench.run().await;
    assert!(bench.calls().is_empty());
    assert_eq!(waiting(&bench).await, [("dead".to_owned(), ERRS.to_owned())]);
    let letters = bench.service.dead_letters().await.unwrap();
    assert_eq!(letters.len(), 1, "{letters:?}");
    nothing_lost(&bench, &id).await;
    bench.world.script().undecided = None;
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried().len(), 3);
}

/// Hand and platform refuse a row, and nobody can say what is held; or not any more.
fn undecided(bench: &Bench, yes: bool) {
    let mut script = bench.world.script();
    script.undecided = yes.then(|| ERRS.to_owned());
    script.row_refused = yes;
    script.refusals.clear();
    if yes {
        script.refusals.insert(0, vec![mandate_model::Failure::Denied("no".to_owned())]);
    }
}

#[tokio::test]
async fn a13_what_cannot_be_decided_once_the_run_is_planned_puts_the_part_off() {
    for place in ["principal", "act", "apply"] {
        let bench = Bench::with_concurrency(1).await;
        let (id, version) = bench.published_with(&[], "condition action").await;
        bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
        bench.happens("1").await;
        let mut pass = std::pin::pin!(bench.service.pass());
        loop {
            bench.world.hold_at(0);
            tokio::select! {
                passed = &mut pass => panic!("never held in `{place}`: {passed:?}"),
                () = bench.world.reached.notified() => {}
            }
            if *bench.world.held_in.lock().unwrap() == place {
                break;
            }
            bench.world.go_on();
        }
        // Refused, and nobody can say whether for a whole power.
        undecided(&bench, true);
        bench.world.go_on();
        pass.await.unwrap();
        assert!(bench.carried().is_empty(), "{place}");
        let state = if place == "apply" { "staged" } else { "pending" };
        assert_eq!(waiting(&bench).await, [(state.to_owned(), ERRS.to_owned())], "{place}");
        nothing_lost(&bench, &id).await;
        undecided(&bench, false);
        bench.service.drain().await.unwrap();
        assert_eq!(bench.carried(), ["0", "1", "2"], "{place}: from where it was put off");
        let part = bench.runs("user:ana").await.remove(0).parts.remove(0);
        assert_eq!(part.state, PartState::Done, "{place}");
    }
}

#[tokio::test]
async fn a13_commands_are_denied_while_nobody_can_say_and_say_so() {
    let bench = Bench::new().await;
    let (id, version) = bench.published(&[]).await;
    let (ana, mia) = (who("user:ana"), who("user:mia"));
    bench.world.script().undecided = Some(ERRS.to_owned());
    let refused = bench.service.enable(&id, &ana, &version).await.unwrap_err();
    assert_eq!(refused.to_string(), "cannot decide whether `user:ana` may read `deals`");
    assert!(matches!(refused, ServiceError::Refused(_)), "a no, and no fault");
    let page = bench.service.shown_to(&id, &mia).await.unwrap();
    assert!(page.lacks.contains("cannot decide whether `user:ana` may read `deals`"), "{:?}", page.lacks);
    // What needs no power is not kept from anybody by that.
    bench.world.script().undecided = None;
    bench.service.enable(&id, &ana, &version).await.unwrap();
    bench.world.script().undecided = Some(ERRS.to_owned());
    bench.service.disable(&id, &ana).await.unwrap();
    bench.world.script().undecided = None;
    // Where nothing is answered, nothing is let.
    bench.world.script().directory_down = true;
    let before = bench.service.happenings(&id).await.unwrap();
    for refused in [
        bench.service.enable(&id, &ana, &version).await.unwrap_err(),
        bench.service.disable(&id, &mia).await.unwrap_err(),
        bench.service.ask(&id, &mia, Ask::Delete).await.unwrap_err(),
        bench.service.shown_to(&id, &mia).await.map(drop).unwrap_err(),
    ] {
        let said = refused.to_string();
        assert_eq!(said, "cannot decide: the platform cannot answer now: the directory is down");
    }
    assert_eq!(bench.service.happenings(&id).await.unwrap(), before, "nothing changed");
    assert_eq!(bench.service.automation(&id).await.unwrap().automation.state, State::Off);
}
