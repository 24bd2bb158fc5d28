//! A row of the store that cannot be read is its own part's, run's or event's failure, and everybody sees that it is.

use mandate_model::Change;
use mandate_service::{DeadLetter, PartState};

use crate::{
    bench::{Bench, occurrence},
    fakes::who,
};

async fn dead(bench: &Bench) -> Vec<(String, bool)> {
    let letters = bench.service.dead_letters().await.unwrap();
    let told = |letter: DeadLetter| (letter.kind, letter.reason.contains("restore it from a backup"));
    letters.into_iter().map(told).collect()
}

fn one(kind: &str) -> Vec<(String, bool)> {
    vec![(kind.to_owned(), true)]
}

/// Two events, the first of which is damaged by `sql` before anything happens.
async fn damaged(sql: &'static str) -> Bench {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    bench.happens("1").await;
    bench.sql(sql).await;
    bench.advance(1);
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    bench
}

#[tokio::test]
async fn an_event_that_cannot_be_read_starts_nothing_and_keeps_no_other_waiting() {
    let garbage = "UPDATE event SET occurrence = '{'";
    let no_text = "UPDATE event SET occurrence = CAST(x'ff' AS TEXT)";
    for sql in [garbage, no_text] {
        let bench = damaged(sql).await;
        assert_eq!(bench.calls(), ["act user:ana", "notify user:bob"], "of the second event");
        let letters = bench.service.dead_letters().await.unwrap();
        assert_eq!(letters.iter().map(|letter| letter.kind.as_str()).collect::<Vec<_>>(), ["event"]);
        assert_ne!(letters[0].reason, "");
        assert_eq!(bench.service.pass().await.unwrap(), None, "nothing is left to do");
    }
}

#[tokio::test]
async fn an_event_that_was_mended_is_taken_on_again_by_hand() {
    let bench = damaged("UPDATE event SET occurrence = '{' || occurrence").await;
    assert_eq!(dead(&bench).await, one("event"));
    bench.sql("UPDATE event SET occurrence = substr(occurrence, 2) WHERE reason IS NOT NULL").await;
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(dead(&bench).await, []);
    assert_eq!(bench.inbox("user:bob").await.len(), 2);
}

#[tokio::test]
async fn an_automation_that_cannot_be_read_keeps_no_other_from_running() {
    let bench = Bench::new().await;
    let (first, _) = bench.enabled(&["user:bob"]).await;
    let (other, version) = bench.published(&["user:cleo"]).await;
    bench.service.enable(&other, &who("user:ana"), &version).await.unwrap();
    let raw = bench.raw().await;
    sqlx::query("UPDATE automation SET body = 'x' WHERE id = $1").bind(first.as_str()).execute(&raw).await.unwrap();
    raw.close().await;
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"]);
    let letters = bench.service.dead_letters().await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].reason.starts_with(&format!("automation `{first}`: the store is damaged")), "{letters:?}");
}

#[tokio::test]
async fn a_plugin_whose_manifest_cannot_be_read_ends_its_runs_and_no_others() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    let (other, version) = bench.published_with(&["user:cleo"], "condition notification").await;
    bench.service.enable(&other, &who("user:ana"), &version).await.unwrap();
    bench.sql("UPDATE plugin SET manifest = '[]' WHERE name = 'condition action notification'").await;
    bench.run().await;
    assert_eq!(bench.calls(), ["notify user:cleo"]);
    assert_eq!(dead(&bench).await, one("run"));
}

#[tokio::test]
async fn a_part_or_an_effect_that_cannot_be_read_is_given_up_alone() {
    for sql in [
        "UPDATE part SET outcome = '{' WHERE kind = 'act'",
        "UPDATE part SET outcome = CAST(x'ff' AS TEXT) WHERE kind = 'act'",
        "UPDATE effect SET body = '{' WHERE sequence = 1",
    ] {
        let bench = Bench::new().await;
        bench.enabled(&["team:sales"]).await;
        // What was evaluated waits for the platform.
        bench.world.script().refusals.insert(0, vec![mandate_model::Failure::Unavailable("down".to_owned())]);
        bench.world.script().meanwhile = Some(|script| script.teams_down = true);
        bench.happens("1").await;
        bench.service.pass().await.unwrap();
        bench.world.script().meanwhile = None;
        bench.world.script().teams_down = false;
        bench.sql(sql).await;
        bench.service.drain().await.unwrap();
        assert_eq!(bench.carried().len(), 0, "{sql}");
        assert_eq!(bench.inbox("user:bob").await.len(), 1, "{sql}");
        let letters = bench.service.dead_letters().await.unwrap();
        assert_eq!(letters.iter().map(|letter| letter.kind.as_str()).collect::<Vec<_>>(), ["part"], "{sql}");
        assert_eq!(bench.service.pass().await.unwrap(), None, "{sql}");
    }
}

#[tokio::test]
async fn a_damaged_event_of_long_ago_hides_no_other_run_and_says_so_when_asked_for() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    bench.run().await;
    let old = bench.runs("user:bob").await.remove(0).id;
    bench.sql("UPDATE event SET occurrence = '{'").await;
    bench.service.accept(&occurrence("2", Change::Added)).await.unwrap();
    bench.service.drain().await.unwrap();
    let runs = bench.runs("user:bob").await;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].parts[0].state, PartState::Done);
    let told = bench.service.run(&who("user:bob"), &old).await.unwrap_err().to_string();
    assert!(told.contains("the store is damaged"), "{told}");
}
