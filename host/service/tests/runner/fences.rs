//! E05: whoever is not the last to begin a part changes nothing, in the store or in the world.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use crate::bench::Bench;

/// All that the store has of parts that somebody holds.
async fn held(bench: &Bench) -> Vec<String> {
    let raw = bench.raw().await;
    let mut found = vec![];
    for table in ["part", "journal", "effect", "message"] {
        let part = if table == "part" { "id" } else { "part" };
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT name FROM pragma_table_info($1)").bind(table).fetch_all(&raw).await.unwrap();
        let row = columns.iter().map(|name| format!("quote(\"{name}\")")).collect::<Vec<_>>().join(" || ',' || ");
        let sql = format!(
            "SELECT '{table}: ' || {row} FROM {table} WHERE {part} IN (SELECT id FROM part WHERE worker = 'other') ORDER BY 1"
        );
        found.extend(sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch_all(&raw).await.unwrap());
    }
    raw.close().await;
    found
}

/// Somebody else takes over, in the host's n-th call to the outside, what is under way; where that was, or `None`.
async fn taken_over_in(call: usize, store: &std::path::Path) -> Option<&'static str> {
    let bench = Bench::over_copy(store, 1).await;
    bench.world.hold_at(call);
    let place = {
        let mut pass = std::pin::pin!(bench.service.pass());
        tokio::select! {
            passed = &mut pass => { passed.unwrap(); return None }
            () = bench.world.reached.notified() => {}
        }
        let place = *bench.world.held_in.lock().unwrap();
        bench.sql("UPDATE part SET fence = fence + 1, worker = 'other' WHERE lease IS NOT NULL").await;
        let before = held(&bench).await;
        bench.world.go_on();
        pass.await.unwrap();
        assert_eq!(held(&bench).await, before, "call {call}, `{place}`: something of the stale one was kept");
        place
    };
    // The other one is never heard of again: its lease ends.
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried(), ["0", "1", "2"], "call {call}, `{place}`");
    let keys: BTreeSet<String> = bench.world.script().asked.iter().cloned().collect();
    assert_eq!(keys.len(), 3, "call {call}, `{place}`: a new key for an old effect");
    for person in ["user:bob", "user:cleo"] {
        assert_eq!(bench.inbox(person).await.len(), 1, "call {call}, `{place}`");
    }
    assert_eq!(bench.states().await, ["done"; 3], "call {call}, `{place}`");
    Some(place)
}

#[tokio::test]
async fn e05_nothing_of_a_stale_worker_is_kept_and_each_effect_happens_once() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.happens("1").await;
    let folder = bench.closed().await;
    let store = folder.path().join("store.db");
    let mut places = vec![];
    while let Some(place) = taken_over_in(places.len(), &store).await {
        places.push(place);
    }
    for place in ["principal", "witnesses", "is_in", "act", "notify", "apply", "applied"] {
        assert!(places.contains(&place), "never held in `{place}`: {places:?}");
    }
}

#[tokio::test]
async fn e05_what_is_held_is_not_begun_by_another_until_its_lease_is_over() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    bench.happens("1").await;
    bench.world.hold_at(2);
    {
        let mut pass = std::pin::pin!(bench.service.pass());
        tokio::select! {
            passed = &mut pass => { passed.unwrap(); panic!("not held") }
            () = bench.world.reached.notified() => {}
        }
    }
    // The pass was dropped; what it held is somebody else's now, who is given ten minutes.
    bench.sql("UPDATE part SET worker = 'other'").await;
    bench.world.go_on();
    let due = bench.service.pass().await.unwrap();
    assert_eq!(due, Some(1_000 + 600_000_000));
    assert!(bench.calls().is_empty());
    bench.advance(600);
    assert_eq!(bench.service.pass().await.unwrap(), None);
    assert_eq!((bench.carried().len(), bench.states().await), (3, vec!["done".to_owned()]));
}

#[tokio::test]
async fn a_part_whose_effects_take_long_is_held_for_longer_before_its_lease_is_over() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&[]).await;
    bench.happens("1").await;
    let mut leases = vec![];
    bench.world.hold_at(0);
    let mut pass = std::pin::pin!(bench.service.pass());
    loop {
        tokio::select! {
            passed = &mut pass => { passed.unwrap(); break }
            () = bench.world.reached.notified() => {}
        }
        if *bench.world.held_in.lock().unwrap() == "apply" {
            let raw = bench.raw().await;
            leases.extend(sqlx::query_scalar::<_, i64>("SELECT lease FROM part").fetch_all(&raw).await.unwrap());
            raw.close().await;
            bench.advance(200);
        }
        bench.world.go_on();
        bench.world.hold_at(0);
    }
    // The third effect begins when 200 s are left, less than half a lease.
    assert_eq!(leases, [600, 600, 1_000].map(|seconds| 1_000 + seconds * 1_000_000));
    assert_eq!(bench.states().await, ["done"]);
}

#[tokio::test]
async fn what_is_held_beyond_its_lease_again_and_again_is_given_up() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    bench.sql("UPDATE part SET state = 'running', worker = 'other', lease = 1, attempts = 5").await;
    assert_eq!(bench.service.pass().await.unwrap(), None);
    assert_eq!(bench.service.dead_letters().await.unwrap()[0].reason, "nothing was heard of it in time");
}
