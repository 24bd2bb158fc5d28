//! Who may not know of an event has no part in it.

use std::path::Path;

use mandate_model::{Cause, Change, Field, Outcome, Value};

use crate::{
    bench::{Bench, occurrence},
    fakes::{Script, who},
};

#[tokio::test]
async fn fnd_13_fnd_14_a_recipient_who_does_not_witness_leaves_no_row_in_any_table() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.world.script().sees.remove(&who("user:bob"));
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"]);
    assert!(bench.tables_with("user:bob").await.is_empty());
    // The search finds what is there.
    assert_eq!(bench.tables_with("user:cleo").await, ["audit", "journal", "message", "part"]);
    assert!(bench.runs("user:bob").await.is_empty());
    assert!(bench.inbox("user:bob").await.is_empty());
}

#[tokio::test]
async fn fnd_15_the_others_are_told_as_normal() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.world.script().sees.remove(&who("user:bob"));
    bench.run().await;
    assert_eq!(bench.inbox("user:cleo").await, ["CANARY-cleo {}"]);
}

#[tokio::test]
async fn fnd_06_fnd_07_fnd_19_one_event_acts_as_run_as_and_tells_each_as_themselves() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob", "notify user:cleo"]);
    let actors: Vec<_> = bench.world.script().carried.iter().map(|(_, principal, _)| principal.clone()).collect();
    assert_eq!(actors, vec![who("user:ana"); 3]);
    assert_eq!(bench.inbox("user:bob").await, ["CANARY-bob {}"]);
    assert_eq!(bench.inbox("user:cleo").await, ["CANARY-cleo {}"]);
}

#[tokio::test]
async fn fnd_20_a_blind_run_as_blocks_the_action_only() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.world.script().sees.remove(&who("user:ana"));
    bench.run().await;
    assert_eq!(bench.calls(), ["notify user:bob", "notify user:cleo"]);
    assert!(bench.carried().is_empty());
    assert!(bench.runs("user:ana").await.is_empty());
    assert_eq!(bench.inbox("user:bob").await, ["CANARY-bob {}"]);
    let raw = bench.raw().await;
    let parts: Vec<String> = sqlx::query_scalar("SELECT principal FROM part ORDER BY 1").fetch_all(&raw).await.unwrap();
    assert_eq!(parts, ["user:bob", "user:cleo"]);
}

#[tokio::test]
async fn a_removal_without_an_image_is_told_to_the_act_part_alone() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales", "user:ana"]).await;
    bench.service.accept(&occurrence("1", Change::Removed)).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana"]);

    let mut imaged = occurrence("2", Change::Removed);
    imaged.image = Some(vec![Field { name: "amount".to_owned(), value: Value::Integer(1) }]);
    bench.service.accept(&imaged).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(
        bench.calls(),
        ["act user:ana", "act user:ana", "notify user:ana", "notify user:bob", "notify user:cleo"]
    );
}

/// What a person can get at all, as text.
async fn everything(bench: &Bench, person: &str) -> String {
    format!("{:?} {:?}", bench.runs(person).await, bench.service.inbox(&who(person)).await.unwrap())
}

/// What cleo gets in a copy of the same store, in a world that differs as `change` says.
async fn cleo_gets(store: &Path, concurrency: usize, change: impl FnOnce(&mut Script)) -> String {
    let bench = Bench::over_copy(store, concurrency).await;
    change(&mut bench.world.script());
    bench.run().await;
    everything(&bench, "user:cleo").await
}

#[tokio::test]
async fn n01_n03_what_one_gets_does_not_depend_on_who_else_sees_fails_or_exists() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales", "user:ana"]).await;
    let folder = bench.closed().await;
    let store = folder.path().join("store.db");
    let [ana, bob, dan] = ["user:ana", "user:bob", "user:dan"].map(who);
    let trap = Outcome::Failed { cause: Cause::Trap, detail: "CANARY-trap".to_owned() };

    let expected = cleo_gets(&store, 1, |_| {}).await;
    assert!(expected.contains("CANARY-cleo") && !expected.contains("CANARY-bob") && !expected.contains("CANARY-ana"));
    for concurrency in [1, 8] {
        let worlds = [
            cleo_gets(&store, concurrency, |_| {}).await,
            cleo_gets(&store, concurrency, |script| _ = script.sees.remove(&bob)).await,
            cleo_gets(&store, concurrency, |script| _ = script.sees.remove(&ana)).await,
            cleo_gets(&store, concurrency, |script| _ = script.active.remove(&bob)).await,
            cleo_gets(&store, concurrency, |script| {
                script.active.insert(dan.clone());
                script.sees.insert(dan.clone());
                script.teams.get_mut(&who("team:sales")).unwrap().insert(dan.clone());
            })
            .await,
            cleo_gets(&store, concurrency, |script| _ = script.endings.insert(bob.clone(), vec![trap.clone()])).await,
            cleo_gets(&store, concurrency, |script| _ = script.endings.insert(ana.clone(), vec![trap.clone()])).await,
        ];
        for (number, world) in worlds.iter().enumerate() {
            assert_eq!(*world, expected, "world {number}, concurrency {concurrency}");
        }
    }
}
