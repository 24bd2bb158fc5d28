//! Many writers at once: nothing is lost, and nothing happens twice.

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::{ColumnSet, Effect, Failure, Query, Value};
use mandate_service::{apply::Apply, embedded::Embedded};

use crate::world::{World, clock, create, field, id, query, text, update};

/// The id of what an effect made. Asked again with its key where the file was locked for too long: SQLite's line is not a fair one.
async fn created(db: &Embedded, key: &str, effect: &Effect) -> String {
    loop {
        match db.apply(&id("user:boss"), key, effect, &BTreeMap::new()).await {
            Err(Failure::Unavailable(_)) => {}
            done => return done.unwrap().id.unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_tasks_with_fifty_effects_lose_none() {
    let world = World::new().await;
    // Half of them through a second opening of the file, as another process has it.
    let other = Embedded::open(&world.path(), clock()).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let db = if task % 2 == 0 { world.db.clone() } else { other.clone() };
            tokio::spawn(async move {
                let mut made = Vec::new();
                for number in 0..50 {
                    let fields = vec![
                        field("stage", text("open")),
                        field("region", text("emea")),
                        field("score", Value::Integer(number)),
                    ];
                    let key = format!("{task}/{number}");
                    made.push(created(&db, &key, &create(fields)).await);
                }
                made
            })
        })
        .collect();
    let mut made = BTreeSet::new();
    for task in tasks {
        made.extend(task.await.unwrap());
    }
    assert_eq!(made.len(), 400);
    let page = world.as_("user:boss").find("deals", &Query { limit: 1000, ..query() }, &ColumnSet::All).await.unwrap();
    assert_eq!(page.rows.len(), 405);
    let pending = world.db.pending_occurrences(1000).await.unwrap();
    assert_eq!(pending.len(), 400);
    assert_eq!(pending.iter().map(|one| &one.id).collect::<BTreeSet<_>>().len(), 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_key_from_eight_tasks_is_carried_out_once() {
    let world = World::new().await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let db = world.db.clone();
            let fields = vec![field("stage", text("open")), field("region", text("emea"))];
            tokio::spawn(
                async move { db.apply(&id("user:ana"), "k", &create(fields), &BTreeMap::new()).await.unwrap() },
            )
        })
        .collect();
    let mut first = 0;
    for task in tasks {
        first += usize::from(!task.await.unwrap().before);
    }
    assert_eq!(first, 1);
    assert_eq!(world.ids("user:ana", "deals").await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn if_revision_lets_one_of_many_win() {
    let world = World::new().await;
    let seen = world.revision("user:boss", "d1").await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (db, seen) = (world.db.clone(), seen.clone());
            tokio::spawn(async move {
                let mut effect = update("d1", vec![field("score", Value::Integer(100 + number))]);
                if let mandate_model::Effect::Update { if_revision, .. } = &mut effect {
                    *if_revision = Some(seen);
                }
                db.apply(&id("user:boss"), &format!("k{number}"), &effect, &BTreeMap::new()).await.is_ok()
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    assert_eq!(won, 1);
}
