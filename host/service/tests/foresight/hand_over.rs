//! Everything that runs as somebody, handed over at once.

use mandate_governance::{Refused, SiteChoices, State};
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
    let moved = bench.service.hand_over(&boss, &ana, Some(&carla)).await.unwrap();
    assert_eq!(moved.to, carla);
    let moved = moved.automations;
    assert_eq!(moved.iter().map(|(_, moved)| moved.is_ok()).collect::<Vec<_>>(), [true, true]);
    let life = bench.service.automation(&first).await.unwrap();
    assert_eq!((life.automation.run_as.as_ref(), life.automation.state), (Some(&carla), State::Off));
    assert_eq!(life.consent, None, "the successor was not asked yet");
    assert_eq!(bench.service.notices(&carla).await.unwrap().len(), 2);
    assert_eq!(bench.service.notices(&ana).await.unwrap().len(), 2);
    assert_eq!(bench.service.automation(&other).await.unwrap().automation.run_as, Some(id("user:bob")));
    assert!(
        bench.service.hand_over(&boss, &ana, Some(&carla)).await.unwrap().automations.is_empty(),
        "nothing is left"
    );
}

#[tokio::test]
async fn who_may_not_take_moves_nothing_and_learns_nothing_of_what_they_do_not_see() {
    let bench = Bench::new().await;
    let [ana, bob, carla] = ["user:ana", "user:bob", "user:carla"].map(id);
    let seen = bench.on_with("seen", "user:ana", &[], &["user:carla"], "deals.stage>").await;
    bench.on("unseen", "user:ana", &[], "deals.stage>").await;
    let moved = bench.service.hand_over(&carla, &ana, Some(&carla)).await.unwrap().automations;
    assert_eq!(moved.len(), 1);
    assert_eq!(moved[0].0, seen);
    assert!(matches!(&moved[0].1, Err(Refused::Denied { .. })), "{moved:?}");
    assert!(bench.service.hand_over(&bob, &ana, Some(&bob)).await.unwrap().automations.is_empty());
    assert_eq!(bench.service.inventory(&ana, None).await.unwrap().runs_as.len(), 2);
}

#[tokio::test]
async fn a_successor_must_be_there_and_active() {
    let bench = Bench::new().await;
    bench.on("tell", "user:ana", &[], "deals.stage>").await;
    for successor in ["user:nobody", "user:eve", "team:nobody"].map(id) {
        let refused = bench.service.hand_over(&id("user:boss"), &id("user:ana"), Some(&successor)).await.unwrap_err();
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
    let carla = id("user:carla");
    let moved = bench.service.hand_over(&id("user:boss"), &id("user:ana"), Some(&carla)).await.unwrap().automations;
    assert!(matches!(&moved[0].1, Err(Refused::NoTransfer(_))), "{moved:?}");
}

fn succeeded_by(successor: &str) -> SiteChoices {
    SiteChoices { successor: Some(id(successor)), ..SiteChoices::default() }
}

#[tokio::test]
async fn mon_29_who_is_not_named_is_the_sites_successor_who_consents_as_ever() {
    let bench = Bench::new().await;
    let [ana, carla, boss] = ["user:ana", "user:carla", "user:boss"].map(id);
    let tell = bench.on("tell", "user:ana", &[], "deals.stage>").await;
    let none = bench.service.hand_over(&boss, &ana, None).await.unwrap_err();
    assert_eq!(none.to_string(), "this site has no default successor: name somebody who can take it over");
    bench.choose(&succeeded_by("user:carla")).await;
    let moved = bench.service.hand_over(&boss, &ana, None).await.unwrap();
    assert_eq!((&moved.to, moved.automations.as_slice()), (&carla, &[(tell.clone(), Ok(()))][..]));
    let life = bench.service.automation(&tell).await.unwrap();
    assert_eq!((life.automation.run_as.as_ref(), life.automation.state), (Some(&carla), State::Off));
    assert_eq!(life.consent, None, "to be a successor is no consent");
    assert_eq!(bench.service.notices(&carla).await.unwrap().len(), 1);
    let own = bench.service.hand_over(&boss, &carla, None).await.unwrap_err().to_string();
    assert_eq!(own, "the default successor of this site is whom it is taken from: name somebody who can take it over");
    let named = bench.service.hand_over(&boss, &carla, Some(&ana)).await.unwrap();
    assert_eq!(named.to, ana, "who is named goes before");
}

#[tokio::test]
async fn a_default_successor_is_there_and_active_when_chosen_and_when_asked() {
    let bench = Bench::new().await;
    let tell = bench.on("tell", "user:ana", &[], "deals.stage>").await;
    let site = bench.world.db.site();
    for successor in ["user:nobody", "user:eve"] {
        let chosen = bench.service.choose(site, None, &succeeded_by(successor)).await.unwrap_err();
        let checked = bench.service.policy_changes(site, &succeeded_by(successor)).await.unwrap_err();
        for refused in [chosen, checked] {
            assert!(matches!(&refused, ServiceError::NoSuccessor(who) if *who == id(successor)), "{refused:?}");
        }
    }
    assert_eq!(bench.service.choices(site).await.unwrap(), SiteChoices::default());
    // Who may not change the policy does not learn who is there either.
    let denied = bench.service.choose(site, Some(&id("user:bob")), &succeeded_by("user:nobody")).await.unwrap_err();
    assert!(matches!(denied, ServiceError::Refused(Refused::Denied { .. })), "{denied:?}");

    bench.choose(&succeeded_by("user:carla")).await;
    bench.world.db.set_active(&id("user:carla"), false).await.unwrap();
    let gone = bench.service.hand_over(&id("user:boss"), &id("user:ana"), None).await.unwrap_err().to_string();
    let left =
        "the default successor of this site is not there any more, or deactivated: name somebody who can take it over";
    assert_eq!(gone, left);
    assert_eq!(bench.service.automation(&tell).await.unwrap().automation.run_as, Some(id("user:ana")));
    let changes = bench.service.policy_changes(site, &SiteChoices::default()).await.unwrap();
    let words: Vec<_> = changes.settings.iter().map(|one| [&one.setting, &one.before, &one.after]).collect();
    assert_eq!(words, [["successor", "user:carla", "–"]], "and it can be left out again");
}
