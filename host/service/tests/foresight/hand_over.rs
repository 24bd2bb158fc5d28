//! Everything that runs as somebody, handed over at once.

use mandate_governance::{Refused, State};
use mandate_service::ServiceError;
use serde_json::json;

use crate::{
    bench::{Bench, own},
    world::id,
};

#[tokio::test]
async fn mon_29_fil_42_all_is_moved_off_and_both_are_told() {
    let bench = Bench::new().await;
    let first = bench.on("first", "user:ana", &[], "deals.stage>").await;
    bench.on("second", "user:ana", &[], "deals.stage>").await;
    let other = bench.on("other", "user:bob", &[], "deals.stage>").await;
    bench.world.db.set_active(&id("user:ana"), false).await.unwrap();
    let [ana, carla, boss] = ["user:ana", "user:carla", "user:boss"].map(id);
    let moved = bench.service.hand_over(&boss, &ana, &carla).await.unwrap();
    assert_eq!(moved.iter().map(|(_, moved)| moved.is_ok()).collect::<Vec<_>>(), [true, true]);
    let life = bench.service.automation(&first).await.unwrap();
    assert_eq!((life.automation.run_as.as_ref(), life.automation.state), (Some(&carla), State::Off));
    assert_eq!(life.consent, None, "the successor was not asked yet");
    assert_eq!(bench.service.notices(&carla).await.unwrap().len(), 2);
    assert_eq!(bench.service.notices(&ana).await.unwrap().len(), 2);
    assert_eq!(bench.service.automation(&other).await.unwrap().automation.run_as, Some(id("user:bob")));
    assert!(bench.service.hand_over(&boss, &ana, &carla).await.unwrap().is_empty(), "nothing is left");
}

#[tokio::test]
async fn who_may_not_take_moves_nothing_and_learns_nothing_of_what_they_do_not_see() {
    let bench = Bench::new().await;
    let [ana, bob, carla] = ["user:ana", "user:bob", "user:carla"].map(id);
    let seen = bench.on_with("seen", "user:ana", &[], &["user:carla"], "deals.stage>").await;
    bench.on("unseen", "user:ana", &[], "deals.stage>").await;
    let moved = bench.service.hand_over(&carla, &ana, &carla).await.unwrap();
    assert_eq!(moved.len(), 1);
    assert_eq!(moved[0].0, seen);
    assert!(matches!(&moved[0].1, Err(Refused::Denied { .. })), "{moved:?}");
    assert!(bench.service.hand_over(&bob, &ana, &bob).await.unwrap().is_empty());
    assert_eq!(bench.service.inventory(&ana, None).await.unwrap().runs_as.len(), 2);
}

#[tokio::test]
async fn a_successor_must_be_there_and_active() {
    let bench = Bench::new().await;
    bench.on("tell", "user:ana", &[], "deals.stage>").await;
    for successor in ["user:nobody", "user:eve", "team:nobody"].map(id) {
        let refused = bench.service.hand_over(&id("user:boss"), &id("user:ana"), &successor).await.unwrap_err();
        assert!(matches!(&refused, ServiceError::NoSuccessor(who) if *who == successor), "{refused:?}");
        assert_eq!(
            refused.to_string(),
            format!("there is no `{successor}`, or they are deactivated: name somebody who can take it over")
        );
    }
}

#[tokio::test]
async fn where_the_site_does_not_move_each_says_so() {
    let bench = Bench::new().await;
    bench.on("tell", "user:ana", &[], "deals.stage>").await;
    bench.choose(&own(json!({ "transfer": ["pull"] }), "")).await;
    let moved = bench.service.hand_over(&id("user:boss"), &id("user:ana"), &id("user:carla")).await.unwrap();
    assert!(matches!(&moved[0].1, Err(Refused::NoTransfer(_))), "{moved:?}");
}
