//! What failed for good is tried again by who administers the site, as far as they are shown that it did; and how a run began.

use mandate_governance::Preset;
use mandate_model::{Outcome, RowRef};
use mandate_runtime::part::ActReport;
use mandate_service::{Audited, PartState, ServiceError};

use crate::{
    history::{reads, record, shared, tells},
    world::{World, who},
};

/// An act part that is never ready, which read the row.
fn never_ready(world: &World) {
    *world.scripted.act.lock().unwrap() = Some(Box::new(|job, principal| {
        let record = record(job, principal, "act");
        ActReport { outcome: Outcome::Retry { detail: "later".to_owned() }, acted: vec![], effects: vec![], record }
    }));
}

#[tokio::test]
async fn what_failed_for_good_is_tried_again_by_an_administrator_who_is_shown_that_it_did() {
    let world = World::new(Preset::Mandate).await;
    never_ready(&world);
    let id = shared(&world, b"quiet").await;
    world.admin("root").await;
    world.admin("vic").await;
    world.insert("1").await;
    world.service.drain().await.unwrap();
    let run = world.service.history(&who("ana"), Some(&id), None, 1).await.unwrap().remove(0).id;
    let state = async || world.service.run(&who("ana"), &run).await.unwrap().parts[0].state;
    assert_eq!(state().await, PartState::Dead);

    // Whom it ran as sees that it failed, and is no administrator; for others there is no such run.
    let refused = world.service.retry(&who("ana"), &run).await;
    assert!(matches!(refused, Err(ServiceError::MayNotRetry)), "{refused:?}");
    for nobody in ["olga", "zed"] {
        let refused = world.service.retry(&who(nobody), &run).await;
        assert!(matches!(refused, Err(ServiceError::NoRun(_))), "{nobody}: {refused:?}");
    }
    // An administrator who is not shown what came of it finds out nothing, and changes nothing.
    assert!(
        world
            .service
            .run(&who("root"), &run)
            .await
            .unwrap()
            .others
            .get()
            .is_none_or(|others| others[0].rest.get().is_none())
    );
    assert!(!world.service.retry(&who("root"), &run).await.unwrap());
    for (person, may) in [("ana", false), ("root", false), ("vic", true)] {
        assert_eq!(world.service.may_retry(&who(person), &run).await.unwrap(), may, "{person}");
    }
    assert_eq!(state().await, PartState::Dead);

    *world.scripted.act.lock().unwrap() = Some(Box::new(reads));
    assert!(world.service.retry(&who("vic"), &run).await.unwrap());
    world.service.drain().await.unwrap();
    assert_eq!(state().await, PartState::Done);
    assert!(!world.service.retry(&who("vic"), &run).await.unwrap(), "nothing has failed any more");
    let retried: Vec<_> = world.audit().await.into_iter().filter(is_retried).collect();
    assert_eq!(retried, [Audited::Retried { automation: id, run, actor: who("vic") }]);
}

fn is_retried(audited: &Audited) -> bool {
    matches!(audited, Audited::Retried { .. })
}

#[tokio::test]
async fn who_had_it_run_by_hand_is_told_to_who_sees_the_automation() {
    let world = World::new(Preset::Mandate).await;
    *world.scripted.act.lock().unwrap() = Some(Box::new(reads));
    *world.scripted.notify.lock().unwrap() = Some(Box::new(tells));
    let id = shared(&world, b"quiet").await;
    world.embedded.insert(None, "deals", "1", &[], 5).await.unwrap();
    world.service.drain().await.unwrap();
    let row = RowRef { dataset: "deals".to_owned(), id: "1".to_owned() };
    world.service.run_now(&id, &who("ana"), Some(row)).await.unwrap();
    world.service.drain().await.unwrap();
    let began = async |person: &str| world.service.history(&who(person), None, None, 1).await.unwrap().remove(0).began;
    assert_eq!(began("ana").await.unwrap().by, Some(who("ana")));
    // rita is told of it, and does not see the automation.
    assert_eq!(began("rita").await.unwrap().by, None);
    // Not by hand.
    let first = world.service.history(&who("ana"), None, None, 2).await.unwrap().remove(1);
    assert_eq!(first.began.unwrap().by, None);
    let part = &first.parts[0];
    assert!(part.ended.is_some_and(|ended| ended > first.at), "{part:?}");
}
