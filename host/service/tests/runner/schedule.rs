//! Schedules: each instant is met once, whatever is killed when and however the clock is set.

use mandate_governance::Ask;
use mandate_model::{Change, Subject, Trigger, timestamp};
use mandate_service::ServiceError;

use crate::{
    bench::{Bench, occurrence},
    fakes::who,
};

fn daily() -> Trigger {
    Trigger::Schedule { cron: "0 9 * * *".to_owned(), time_zone: "UTC".to_owned() }
}

fn hourly() -> Trigger {
    Trigger::Schedule { cron: "0 * * * *".to_owned(), time_zone: "UTC".to_owned() }
}

/// It is then, and all that is due is done.
async fn at(bench: &Bench, time: &str) {
    bench.world.script().now = timestamp::parse(time).unwrap();
    bench.service.drain().await.unwrap();
}

/// The instants that were met, in order.
async fn met(bench: &Bench) -> Vec<String> {
    let mut met: Vec<i64> = bench.runs("user:ana").await.iter().map(|run| run.event.get().unwrap().at).collect();
    met.sort_unstable();
    met.into_iter().map(timestamp::format).collect()
}

#[tokio::test]
async fn a_schedule_runs_as_its_principal_and_tells_every_recipient() {
    let bench = Bench::new().await;
    bench.world.script().now = timestamp::parse("2026-01-01T08:00:00Z").unwrap();
    bench.listening(daily(), &["team:sales"]).await;
    bench.service.drain().await.unwrap();
    assert!(bench.calls().is_empty(), "it is not nine yet");
    let due = timestamp::parse("2026-01-01T09:00:00Z").unwrap();
    assert_eq!(bench.service.pass().await.unwrap(), Some(due), "when to look again");
    at(&bench, "2026-01-01T09:00:00Z").await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob", "notify user:cleo"]);
    let run = bench.runs("user:bob").await.remove(0);
    let event = run.event.get().unwrap();
    assert_eq!((event.change, event.at), (Change::Due, due));
    assert_eq!(event.subject, Subject::Schedule("0 9 * * *".to_owned()));
    at(&bench, "2026-01-02T09:00:30Z").await;
    assert_eq!(met(&bench).await, ["2026-01-01T09:00:00Z", "2026-01-02T09:00:00Z"]);
}

#[tokio::test]
async fn p07_a_clock_that_is_set_back_or_forward_meets_no_instant_twice() {
    let bench = Bench::new().await;
    bench.world.script().now = timestamp::parse("2026-01-01T08:30:00Z").unwrap();
    let (id, version) = bench.listening(hourly(), &[]).await;
    for time in [
        "2026-01-01T09:00:00Z",
        "2026-01-01T08:00:01Z", // an hour back
        "2026-01-01T09:00:00Z",
        "2026-01-01T09:59:59Z",
        "2026-01-01T11:10:00Z", // an hour forward: ten o'clock is met late
        "2026-01-01T10:15:00Z", // and back
        "2026-01-01T11:00:00Z",
    ] {
        at(&bench, time).await;
    }
    assert_eq!(met(&bench).await, ["2026-01-01T09:00:00Z", "2026-01-01T10:00:00Z"]);
    // Turned off and on while the clock is behind, it would be due at eleven anew, and at twelve for the first time.
    at(&bench, "2026-01-01T11:59:00Z").await;
    at(&bench, "2026-01-01T12:00:00Z").await;
    at(&bench, "2026-01-01T11:30:00Z").await;
    bench.service.disable(&id, &who("user:ana")).await.unwrap();
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    at(&bench, "2026-01-01T12:30:00Z").await;
    let met = met(&bench).await;
    assert_eq!(met.last().unwrap(), "2026-01-01T12:00:00Z");
    assert_eq!(met.len(), 3, "{met:?}");
}

#[tokio::test]
async fn what_was_missed_is_met_once_and_late() {
    let bench = Bench::new().await;
    bench.world.script().now = timestamp::parse("2026-01-01T08:00:00Z").unwrap();
    bench.listening(daily(), &["user:bob"]).await;
    let bench = bench.reopen().await;
    at(&bench, "2026-01-05T20:00:00Z").await;
    assert_eq!(met(&bench).await, ["2026-01-01T09:00:00Z"], "the earliest of five");
    assert_eq!(bench.inbox("user:bob").await.len(), 1);
    at(&bench, "2026-01-06T09:00:00Z").await;
    assert_eq!(met(&bench).await, ["2026-01-01T09:00:00Z", "2026-01-06T09:00:00Z"]);
}

#[tokio::test]
async fn fil_26_off_it_is_never_due_and_turned_on_again_it_does_not_catch_up() {
    let bench = Bench::new().await;
    bench.world.script().now = timestamp::parse("2026-01-01T08:00:00Z").unwrap();
    let (id, version) = bench.listening(daily(), &[]).await;
    let ana = who("user:ana");
    for (stop, from, to) in [
        ("off", "2026-01-01T08:30:00Z", "2026-01-02T12:00:00Z"),
        ("revoked", "2026-01-02T13:00:00Z", "2026-01-04T12:00:00Z"),
        ("lost", "2026-01-04T13:00:00Z", "2026-01-06T12:00:00Z"),
    ] {
        at(&bench, from).await;
        match stop {
            "off" => bench.service.disable(&id, &ana).await.unwrap(),
            "revoked" => bench.service.revoke(&id, &ana).await.unwrap(),
            _ => bench.lose(&id).await,
        }
        assert_eq!(bench.service.pass().await.unwrap(), None, "{stop}: nothing is due any more");
        at(&bench, to).await;
        bench.service.enable(&id, &ana, &version).await.unwrap();
        bench.service.drain().await.unwrap();
        assert!(met(&bench).await.is_empty(), "{stop}");
    }
    bench
        .service
        .ask(&id, &who("user:mia"), Ask::Rename { name: "daily".to_owned(), acquisition: None })
        .await
        .unwrap();
    at(&bench, "2026-01-07T09:00:00Z").await;
    assert_eq!(met(&bench).await, ["2026-01-07T09:00:00Z"], "another name changes nothing");
    bench.service.delete(&id, &ana).await.unwrap();
    at(&bench, "2026-01-09T09:00:00Z").await;
    assert_eq!(bench.calls().len(), 1);
    assert_eq!(bench.service.pass().await.unwrap(), None);
}

#[tokio::test]
async fn another_version_is_due_when_it_says_itself() {
    let bench = Bench::new().await;
    bench.world.script().now = timestamp::parse("2026-01-01T08:00:00Z").unwrap();
    let (id, _) = bench.listening(daily(), &[]).await;
    let draft = mandate_service::Draft { trigger: hourly(), ..bench.draft(&[], "condition action notification").await };
    let version = bench.publish(&id, "user:mia", &draft).await.unwrap();
    at(&bench, "2026-01-01T09:30:00Z").await;
    assert!(met(&bench).await.is_empty(), "nobody let it act yet");
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    at(&bench, "2026-01-01T10:00:00Z").await;
    assert_eq!(met(&bench).await, ["2026-01-01T10:00:00Z"]);
    let draft = bench.draft(&[], "condition action notification").await;
    let version = bench.publish(&id, "user:mia", &draft).await.unwrap();
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    at(&bench, "2026-01-01T15:00:00Z").await;
    assert_eq!(met(&bench).await.len(), 1, "it listens to rows now");
}

#[tokio::test]
async fn p07_killed_at_any_call_to_the_outside_an_instant_is_met_once() {
    let mut call = 0;
    loop {
        let mut bench = Bench::with_concurrency(1).await;
        bench.world.script().now = timestamp::parse("2026-01-01T08:59:00Z").unwrap();
        bench.listening(daily(), &["user:bob"]).await;
        bench.world.script().now = timestamp::parse("2026-01-01T09:00:00Z").unwrap();
        bench.world.kill_at(Some(call));
        let done = tokio::select! {
            () = bench.world.killed.notified() => false,
            drained = bench.service.drain() => { drained.unwrap(); true }
        };
        bench = bench.reopen().await;
        bench.service.drain().await.unwrap();
        assert_eq!(met(&bench).await, ["2026-01-01T09:00:00Z"], "killed at {call}");
        assert_eq!(bench.carried(), ["0", "1", "2"], "killed at {call}");
        assert_eq!(bench.inbox("user:bob").await.len(), 1, "killed at {call}");
        if done {
            break;
        }
        call += 1;
    }
    assert!(call > 5, "only {call} calls");
}

#[tokio::test]
async fn a_schedule_that_is_none_is_not_published_and_nobody_else_says_that_one_is_due() {
    let bench = Bench::new().await;
    let (id, _) = bench.published(&[]).await;
    for (cron, time_zone, told) in [
        ("61 9 * * *", "UTC", "`cron`: `61` is no minute"),
        ("0 9 * * *", "Mars/Olympus", "`time_zone`: `Mars/Olympus` is not known"),
    ] {
        let trigger = Trigger::Schedule { cron: cron.to_owned(), time_zone: time_zone.to_owned() };
        let draft = mandate_service::Draft { trigger, ..bench.draft(&[], "condition").await };
        let refused = bench.publish(&id, "user:mia", &draft).await.unwrap_err();
        assert!(matches!(refused, ServiceError::Trigger(_)) && refused.to_string().contains(told), "{refused}");
    }
    let mut forged = occurrence("1", Change::Due);
    forged.source = "schedule".to_owned();
    forged.subject = Subject::Schedule("0 9 * * *".to_owned());
    let refused = bench.service.accept(&forged).await.unwrap_err().to_string();
    assert_eq!(refused, "(M0203) `type`: the host alone says when something is due or run by hand");
}

#[tokio::test]
async fn a_version_that_cannot_be_read_is_a_dead_letter_and_keeps_no_other_waiting() {
    let bench = Bench::new().await;
    bench.world.script().now = timestamp::parse("2026-01-01T08:00:00Z").unwrap();
    bench.listening(daily(), &[]).await;
    bench.listening(hourly(), &["user:bob"]).await;
    bench.sql("UPDATE version SET body = replace(body, '0 9 * * *', '0 9 1 * *')").await;
    at(&bench, "2026-01-01T09:00:00Z").await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob"]);
    let dead = bench.service.dead_letters().await.unwrap();
    assert!(dead.len() == 1 && dead[0].kind == "run" && dead[0].reason.contains("not what was published"), "{dead:?}");
    at(&bench, "2026-01-03T09:00:00Z").await;
    assert_eq!(bench.service.dead_letters().await.unwrap().len(), 1, "it is not due again");
}
