//! E07: what ends the host is found by letting suspects run alone, and is kept from running.

use mandate_model::SiteId;

use crate::{bench::Bench, fakes::who};

/// The host is killed while a guest runs, as by a fault of the engine: after the person and what they may know were asked for.
async fn killed_in_the_guest(bench: Bench) -> Bench {
    bench.world.kill_at(Some(2));
    tokio::select! {
        () = bench.world.killed.notified() => {}
        drained = bench.service.drain() => panic!("not killed: {drained:?}"),
    }
    bench.reopen().await
}

/// An automation that tells bob, killed `times` times while it runs.
async fn killed(times: usize) -> Bench {
    let mut bench = Bench::with_concurrency(1).await;
    let (id, version) = bench.published_with(&["user:bob"], "condition notification").await;
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    bench.happens("1").await;
    for _ in 0..times {
        bench = killed_in_the_guest(bench).await;
    }
    bench
}

#[tokio::test]
async fn e07_killed_once_in_company_and_once_alone_is_nothing() {
    let bench = killed(2).await;
    assert_eq!(bench.service.quarantined().await.unwrap(), []);
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await.len(), 1);
    let raw = bench.raw().await;
    let suspects: i64 =
        sqlx::query_scalar("SELECT count(*) FROM part WHERE suspect IS NOT NULL").fetch_one(&raw).await.unwrap();
    assert_eq!(suspects, 0, "who came back is no suspect");
}

#[tokio::test]
async fn e07_what_ends_the_host_twice_alone_is_in_quarantine_until_it_is_released() {
    let bench = killed(3).await;
    let site = SiteId::parse("acme").unwrap();
    let quarantined = bench.service.quarantined().await.unwrap();
    let plugin = bench.service.plugin(&site, "condition notification").await.unwrap().digest;
    assert_eq!(quarantined.len(), 1);
    assert_eq!((&quarantined[0].site, &quarantined[0].plugin, quarantined[0].at), (&site, &plugin, 1_000));
    // Another plugin listens to the same events.
    let (other, version) = bench.published_with(&["user:cleo"], "notification condition").await;
    bench.service.enable(&other, &who("user:ana"), &version).await.unwrap();
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["notify user:cleo"], "nothing of the plugin runs, others do");
    let letters = bench.service.dead_letters().await.unwrap();
    assert_eq!(letters.iter().map(|letter| letter.kind.as_str()).collect::<Vec<_>>(), ["part", "run"]);
    for letter in &letters {
        let told =
            format!("the plugin `{plugin}` ended the host twice and is in quarantine: release it, then try again");
        assert_eq!(letter.reason, told);
    }
    // Trying again by hand is no way round.
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!((bench.calls().len(), bench.service.dead_letters().await.unwrap().len()), (1, 2));
    assert!(bench.service.release(&site, &plugin).await.unwrap());
    assert!(!bench.service.release(&site, &plugin).await.unwrap(), "it is in no quarantine any more");
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await.len(), 2);
    assert_eq!(bench.service.quarantined().await.unwrap(), []);
}

#[tokio::test]
async fn e07_while_there_is_a_suspect_nothing_else_of_its_plugin_runs_and_everything_else_does() {
    let bench = killed(1).await;
    let (other, version) = bench.published_with(&["user:cleo"], "notification condition").await;
    bench.service.enable(&other, &who("user:ana"), &version).await.unwrap();
    bench.happens("2").await;
    // The platform cannot say now who bob is: the suspect waits, and with it what may be as bad.
    bench.world.script().down.insert(who("user:bob"));
    let due = bench.service.pass().await.unwrap().unwrap();
    assert!(due > 1_000_000, "what waits for a suspect is not due: {due}");
    assert_eq!(bench.calls(), ["notify user:cleo"]);
    bench.world.script().down.clear();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await.len(), 2);
}
