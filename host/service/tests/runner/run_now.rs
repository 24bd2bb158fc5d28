//! Run now: exactly one run, of one automation, told to who may know of its row.

use mandate_model::RowRef;
use mandate_service::ServiceError;

use crate::{bench::Bench, fakes::who};

fn row() -> RowRef {
    RowRef { dataset: "deals".to_owned(), id: "d1".to_owned() }
}

#[tokio::test]
async fn fil_30_it_is_one_run_of_this_automation_and_of_no_other_that_listens() {
    let bench = Bench::new().await;
    let (id, version) = bench.enabled(&["user:bob"]).await;
    bench.enabled(&["user:cleo"]).await;
    let (event, occurrence) = bench.service.run_now(&id, &who("user:ana"), Some(row())).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob"]);
    let runs = bench.service.runs_of(&event).await.unwrap();
    assert_eq!(runs.iter().map(|run| (&run.automation, &run.version)).collect::<Vec<_>>(), [(&id, &version)]);
    // What the platform says again is the same event: nothing follows.
    assert!(!bench.service.accept(&occurrence).await.unwrap().new);
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls().len(), 2);
    bench.service.run_now(&id, &who("user:ana"), Some(row())).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls().len(), 4, "asked for again, it runs again");
}

#[tokio::test]
async fn fnd_14_a_recipient_who_does_not_see_the_row_is_left_no_trace() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["user:bob", "user:cleo"]).await;
    bench.world.script().sees.remove(&who("user:bob"));
    bench.service.run_now(&id, &who("user:ana"), Some(row())).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"]);
    assert!(bench.runs("user:bob").await.is_empty());
}

#[tokio::test]
async fn without_a_row_only_the_act_part_gets_it() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["user:bob", "team:sales"]).await;
    bench.service.run_now(&id, &who("user:ana"), None).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana"]);
    assert_eq!(bench.states().await.len(), 1, "nothing of the recipients");
    assert_eq!(bench.runs("user:ana").await.len(), 1, "it is in her history");
}

#[tokio::test]
async fn a_row_that_the_actor_does_not_see_starts_nothing() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["user:bob"]).await;
    bench.world.script().sees.remove(&who("user:ana"));
    let before = bench.service.happenings(&id).await.unwrap().len();
    let refused = bench.service.run_now(&id, &who("user:ana"), Some(row())).await;
    assert!(matches!(refused, Err(ServiceError::NoRow { .. })), "{refused:?}");
    bench.world.script().down.insert(who("user:ana"));
    let unsaid = bench.service.run_now(&id, &who("user:ana"), Some(row())).await;
    assert!(matches!(unsaid, Err(ServiceError::Unavailable(_))), "{unsaid:?}");
    bench.service.drain().await.unwrap();
    assert!(bench.calls().is_empty());
    assert_eq!(bench.service.happenings(&id).await.unwrap().len(), before);
}
