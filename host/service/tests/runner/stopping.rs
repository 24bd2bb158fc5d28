//! Told to end: nothing new begins, what runs may finish, the rest is given back and is no suspect.

use mandate_service::Left;

use crate::bench::Bench;

/// A service that is in the guest of ana, with what it would do after that.
async fn acting() -> Bench {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["team:sales"]).await;
    bench.happens("1").await;
    bench
}

/// Where the parts stand: state, attempts, whether anybody holds it or suspects it.
async fn parts(bench: &Bench) -> Vec<(String, i64, bool)> {
    let raw = bench.raw().await;
    let sql = "SELECT state, attempts, lease IS NOT NULL OR suspect IS NOT NULL FROM part ORDER BY id";
    let parts = sqlx::query_as(sql).fetch_all(&raw).await.unwrap();
    raw.close().await;
    parts
}

async fn all_is_done_once(bench: Bench) {
    let bench = bench.reopen().await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried(), ["0", "1", "2"]);
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (1, 1));
    assert_eq!(bench.states().await, ["done"; 3]);
}

#[tokio::test]
async fn what_runs_at_the_deadline_is_given_back_as_if_it_had_not_begun() {
    let mut held = 0;
    // Once for each call of the first part to the outside.
    for call in 0.. {
        let bench = acting().await;
        bench.world.hold_at(call);
        let left = bench.service.drain_until(bench.world.reached.notified(), 0).await.unwrap();
        if left.is_nothing() {
            break;
        }
        held += 1;
        let unfinished = parts(&bench).await;
        let pending = unfinished.iter().filter(|part| part.0 != "done").count();
        assert_eq!((left.events, left.parts), (0, u64::try_from(pending).unwrap()), "call {call}");
        assert!(left.given_back <= 1, "call {call}: {left:?}");
        for (state, attempts, somebodys) in unfinished {
            assert!(["pending", "staged", "done"].contains(&state.as_str()), "call {call}: {state}");
            assert_eq!((attempts, somebodys), (0, false), "call {call}");
        }
        bench.world.go_on();
        all_is_done_once(bench).await;
    }
    assert!(held > 20, "only {held} calls");
}

#[tokio::test]
async fn what_runs_may_finish_before_the_deadline_and_nothing_new_begins() {
    let bench = acting().await;
    bench.world.hold_at(2);
    bench.world.script().still = true;
    let stop = async {
        bench.world.reached.notified().await;
        bench.world.go_on();
    };
    let left = bench.service.drain_until(stop, 1_000_000).await.unwrap();
    assert_eq!(left, Left { events: 0, runs: 0, parts: 2, given_back: 0 });
    assert_eq!(bench.calls().len(), 1);
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls().len(), 1, "afterwards nothing begins");
    bench.happens("2").await;
    let left = bench.service.shutdown(0).await.unwrap();
    assert_eq!(left, Left { events: 1, runs: 0, parts: 2, given_back: 0 }, "what is accepted is kept");
    bench.world.script().still = false;
    let bench = bench.reopen().await;
    bench.service.drain().await.unwrap();
    assert_eq!((bench.carried().len(), bench.inbox("user:bob").await.len()), (6, 2));
}

#[tokio::test]
async fn told_to_end_while_everything_waits_it_does_not_wait() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.world.script().teams_down = true;
    bench.world.script().still = true;
    bench.happens("1").await;
    let left = bench.service.drain_until(tokio::task::yield_now(), 1_000_000).await.unwrap();
    assert_eq!((left.events + left.runs, left.parts), (1, 0));
}

#[tokio::test]
async fn a_drain_that_is_dropped_leaves_nothing_behind() {
    for reopened in [false, true] {
        let mut bench = acting().await;
        bench.world.hold_at(2);
        tokio::select! {
            drained = bench.service.drain() => panic!("not held: {drained:?}"),
            () = bench.world.reached.notified() => {}
        }
        bench.world.go_on();
        if reopened {
            bench = bench.closed_and_opened().await;
            assert!(parts(&bench).await.iter().all(|part| *part == ("pending".to_owned(), 0, false)));
        }
        bench.service.drain().await.unwrap();
        assert_eq!(bench.states().await, ["done"; 3]);
        assert_eq!(bench.carried(), ["0", "1", "2"]);
    }
}
