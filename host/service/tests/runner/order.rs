//! Act parts of one automation are done in the order in which its events were accepted; nothing else waits for anything.

use std::collections::BTreeMap;

use mandate_model::{AutomationId, Failure, Outcome};

use crate::{bench::Bench, fakes::who};

fn retry() -> Outcome {
    Outcome::Retry { detail: "later".to_owned() }
}

/// The runs of each automation in the order of their events, as the store has them.
async fn accepted(bench: &Bench) -> BTreeMap<String, Vec<String>> {
    let raw = bench.raw().await;
    let sql = "SELECT run.automation, run.id FROM run JOIN event ON event.id = run.event ORDER BY event.at, event.id";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&raw).await.unwrap();
    raw.close().await;
    let mut runs = BTreeMap::<_, Vec<_>>::new();
    for (automation, run) in rows {
        runs.entry(automation).or_default().push(run);
    }
    runs
}

/// The runs of `runs` in the order in which the world was changed, each as often as it changed it.
fn carried(bench: &Bench, runs: &[String]) -> Vec<String> {
    let script = bench.world.script();
    let of = script.carried.iter().map(|(key, _, _)| key.split('/').next().unwrap().to_owned());
    of.filter(|run| runs.contains(run)).collect()
}

/// Each of `runs` three times, one after the other.
fn in_order(runs: &[String]) -> Vec<String> {
    runs.iter().flat_map(|run| [run.clone(), run.clone(), run.clone()]).collect()
}

async fn two_automations(bench: &Bench) -> [AutomationId; 2] {
    let (one, _) = bench.enabled(&["user:bob"]).await;
    let (other, version) = bench.published(&["user:cleo"]).await;
    bench.service.enable(&other, &who("user:ana"), &version).await.unwrap();
    [one, other]
}

#[tokio::test]
async fn act_parts_are_done_in_the_order_of_their_events_whatever_is_tried_again() {
    let bench = Bench::with_concurrency(8).await;
    let automations = two_automations(&bench).await;
    for event in ["1", "2", "3", "4", "5", "6"] {
        bench.happens(event).await;
        // Three pairs that are accepted at the same time.
        if event.parse::<i64>().unwrap() % 2 == 0 {
            bench.advance(1);
        }
    }
    let down = || Failure::Unavailable("down".to_owned());
    bench.world.script().refusals = BTreeMap::from([(0, vec![down(), down()]), (2, vec![down(), down(), down()])]);
    bench.world.script().endings.insert(who("user:ana"), vec![Outcome::Done, retry(), retry(), Outcome::Done, retry()]);
    bench.service.drain().await.unwrap();
    let runs = accepted(&bench).await;
    for automation in automations {
        let runs = &runs[automation.as_str()];
        assert_eq!(runs.len(), 6);
        assert_eq!(carried(&bench, runs), in_order(runs));
    }
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (6, 6));
}

#[tokio::test]
async fn what_waits_keeps_only_later_act_parts_of_its_own_automation_waiting() {
    let bench = Bench::with_concurrency(8).await;
    two_automations(&bench).await;
    for event in ["1", "2", "3"] {
        bench.happens(event).await;
    }
    // Whichever act part comes first is put off.
    bench.world.script().endings.insert(who("user:ana"), vec![retry()]);
    let due = bench.service.pass().await.unwrap().unwrap();
    assert!(due > 1_000_000, "what waits for another is not due: {due}");
    let runs = accepted(&bench).await;
    let mut done: Vec<_> = runs.values().map(|runs| carried(&bench, runs)).collect();
    done.sort_by_key(Vec::len);
    let [waiting, other] = done.as_slice() else { panic!("{done:?}") };
    assert_eq!(waiting, &Vec::<String>::new(), "the others of the one that is put off wait");
    assert!(runs.values().any(|runs| *other == in_order(runs)), "the other automation does not");
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (3, 3), "nor who is told");
    bench.service.drain().await.unwrap();
    for runs in runs.values() {
        assert_eq!(carried(&bench, runs), in_order(runs));
    }
}

#[tokio::test]
async fn what_is_dead_withheld_or_failed_blocks_nothing() {
    let trap = Outcome::Failed { cause: mandate_model::Cause::Trap, detail: "unreachable".to_owned() };
    let denied = vec![Failure::Denied("no right".to_owned())];
    for (endings, refusals, first) in
        [(vec![retry(); 5], vec![], "dead"), (vec![trap], vec![], "failed"), (vec![], denied, "withheld")]
    {
        let bench = Bench::with_concurrency(8).await;
        let (id, _) = bench.enabled(&[]).await;
        bench.happens("1").await;
        bench.advance(1);
        bench.happens("2").await;
        bench.world.script().endings.insert(who("user:ana"), endings);
        bench.world.script().refusals.insert(0, refusals);
        bench.service.drain().await.unwrap();
        let runs = accepted(&bench).await.remove(id.as_str()).unwrap();
        assert_eq!(carried(&bench, &runs), in_order(&runs[1..]), "{first}");
        let mut states = bench.states().await;
        states.sort();
        let mut expected = vec!["done".to_owned(), first.to_owned()];
        expected.sort();
        assert_eq!(states, expected);
    }
}

#[tokio::test]
async fn a_run_that_cannot_be_planned_yet_keeps_its_place() {
    let bench = Bench::with_concurrency(8).await;
    let (id, _) = bench.enabled(&["team:sales"]).await;
    bench.world.script().teams_down = true;
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    bench.world.script().teams_down = false;
    bench.world.script().now += 1;
    bench.happens("2").await;
    bench.service.pass().await.unwrap();
    assert_eq!(bench.calls(), ["notify user:bob", "notify user:cleo"], "the second event's act part waits");
    bench.service.drain().await.unwrap();
    let runs = accepted(&bench).await.remove(id.as_str()).unwrap();
    assert_eq!(carried(&bench, &runs), in_order(&runs));
}

#[tokio::test]
async fn p07_a_clock_that_is_set_back_changes_no_order() {
    let bench = Bench::with_concurrency(8).await;
    let (id, _) = bench.enabled(&[]).await;
    let mut events = vec![];
    for event in ["1", "2", "3"] {
        events.push(bench.happens(event).await);
        bench.advance(-3_600);
    }
    bench.service.drain().await.unwrap();
    let raw = bench.raw().await;
    let at: Vec<i64> = sqlx::query_scalar("SELECT at FROM event").fetch_all(&raw).await.unwrap();
    raw.close().await;
    assert_eq!(at, [1_000; 3], "none is earlier than the one before it");
    let runs = accepted(&bench).await.remove(id.as_str()).unwrap();
    assert_eq!(carried(&bench, &runs), in_order(&runs));
}
