//! Who is a recipient, worked out when the run is planned.

use crate::{bench::Bench, fakes::who};

#[tokio::test]
async fn teams_are_expanded_to_people_each_once_at_that_moment() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales", "user:bob"]).await;
    bench.world.script().teams.get_mut(&who("team:sales")).unwrap().insert(who("user:ana"));
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:ana", "notify user:bob", "notify user:cleo"]);
}

#[tokio::test]
async fn a_column_names_the_person_that_run_as_reads_there() {
    let bench = Bench::new().await;
    bench.enabled(&["column:seller"]).await;
    bench.world.script().cells.insert("seller".to_owned(), "user:cleo".to_owned());
    bench.run().await;
    assert_eq!(bench.inbox("user:cleo").await, ["CANARY-cleo {}"]);
}

#[tokio::test]
async fn a_column_that_run_as_cannot_read_names_nobody() {
    let bench = Bench::new().await;
    bench.enabled(&["column:seller"]).await;
    {
        let mut script = bench.world.script();
        script.cells.insert("seller".to_owned(), "user:cleo".to_owned());
        script.sees.remove(&who("user:ana"));
    }
    bench.run().await;
    assert!(bench.calls().is_empty());
    assert!(bench.tables_with("user:cleo").await.is_empty());
}

#[tokio::test]
async fn a_column_that_names_no_person_names_nobody() {
    for cell in ["team:sales", "cleo", ""] {
        let bench = Bench::new().await;
        bench.enabled(&["column:seller"]).await;
        bench.world.script().cells.insert("seller".to_owned(), cell.to_owned());
        bench.run().await;
        assert_eq!(bench.calls(), ["act user:ana"], "{cell}");
    }
}

#[tokio::test]
async fn planning_waits_for_the_directory_and_gives_up_after_five_attempts() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.world.script().teams_down = true;
    bench.happens("1").await;
    let due = bench.service.pass().await.unwrap().unwrap();
    assert!((1_001_000..=1_251_000).contains(&due), "{due}");
    assert!(bench.calls().is_empty());
    bench.service.drain().await.unwrap();
    // Waits of 1, 2, 4 and 8 seconds, and up to a quarter more.
    let now = bench.world.script().now;
    assert!((15_001_000..=18_751_000).contains(&now), "{now}");
    assert!(bench.calls().is_empty());
    bench.world.script().teams_down = false;
    bench.service.drain().await.unwrap();
    assert!(bench.calls().is_empty(), "a dead letter waits for a person");
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob", "notify user:cleo"]);
}

#[tokio::test]
async fn a_deactivated_person_is_told_nothing_and_acts_nowhere() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    for name in ["user:ana", "user:bob"] {
        bench.world.script().active.remove(&who(name));
    }
    bench.run().await;
    assert_eq!(bench.calls(), ["notify user:cleo"]);
    assert!(bench.tables_with("user:bob").await.is_empty());
}

#[tokio::test]
async fn a_plugin_that_does_not_act_has_no_act_part() {
    let bench = Bench::new().await;
    let (id, version) = bench.published_with(&["user:bob"], "condition notification").await;
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    bench.run().await;
    assert_eq!(bench.calls(), ["notify user:bob"]);
    assert!(bench.runs("user:ana").await.is_empty());
}
