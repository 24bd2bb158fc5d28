//! What an automation would touch as somebody, against whom it runs as.

use mandate_governance::{Power, Refused};
use mandate_model::rows::MAX_PAGE;
use mandate_service::{Rows, ServiceError};

use crate::{
    bench::{Bench, is_unknown},
    world::{deal, id, seed},
};

#[tokio::test]
async fn fil_21_a_colleague_of_the_same_rights_reaches_the_same() {
    let bench = Bench::new().await;
    let tell = bench.on("tell", "user:ana", &["user:carla"], "deals.stage>stage").await;
    let reach = bench.service.reach(&tell, &id("user:carla")).await.unwrap();
    assert_eq!(reach.run_as, Some(id("user:ana")));
    assert_eq!(reach.powers.len(), 4, "read, read-column, write, write-column");
    assert!(reach.powers.iter().all(|power| power.held && !power.grows() && !power.shrinks()));
    assert_eq!(reach.datasets.len(), 1);
    let deals = &reach.datasets[0];
    assert_eq!(deals.rows, Rows { count: 3, more: false, new: Some(0) });
    assert_eq!(deals.same, Some(true));
    let extent = deals.extent.as_ref().unwrap();
    assert_eq!(extent.reads, "rows with region = 'emea'");
    assert!(!extent.sees.contains(&"margin".to_owned()) && !extent.sets.contains(&"score".to_owned()));
}

#[tokio::test]
async fn fil_21_it_says_where_the_reach_shrinks_and_where_it_grows() {
    let bench = Bench::new().await;
    let tell = bench.on_with("tell", "user:ana", &[], &["user:bob"], "deals.stage>stage").await;
    let bob = bench.service.reach(&tell, &id("user:bob")).await.unwrap();
    let shrinks: Vec<String> = bob
        .powers
        .iter()
        .filter(|power| power.shrinks())
        .filter_map(|power| power.power.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(shrinks.len(), 2, "he changes no deal: {shrinks:?}");
    let deals = &bob.datasets[0];
    assert_eq!((deals.rows, deals.same), (Rows { count: 2, more: false, new: Some(2) }, Some(false)));

    let back = bench.on_with("back", "user:bob", &["user:ana"], &[], "deals.stage>stage").await;
    let ana = bench.service.reach(&back, &id("user:ana")).await.unwrap();
    assert_eq!(ana.powers.iter().filter(|power| power.grows()).count(), 2);
}

#[tokio::test]
async fn a04_what_it_reaches_as_another_is_told_only_of_whom_it_may_come_to_run_as_and_in_rows_that_both_see() {
    let bench = Bench::new().await;
    let tell = bench.on_with("tell", "user:ana", &[], &["user:bob"], "deals.stage>stage").await;
    let (ana, bob) = (id("user:ana"), id("user:bob"));
    let now = bench.service.reach_as(&tell, &bob, &ana).await.unwrap();
    assert_eq!(now.powers.iter().filter(|power| power.held).count(), 4, "as ana, of all that bob knows of");
    let deals = &now.datasets[0];
    assert_eq!(deals.rows, Rows { count: 0, more: false, new: Some(0) }, "bob sees none of ana's three rows");
    assert!(deals.extent.is_none() && deals.examples.is_empty());
    // Of anybody else it would be a way to ask about their rights.
    assert!(is_unknown(&bench.service.reach_as(&tell, &bob, &id("user:carla")).await));
    let own = bench.service.reach(&tell, &bob).await.unwrap();
    assert_eq!(own.datasets[0].examples.len(), 2);
}

#[tokio::test]
async fn a04_what_they_may_not_know_of_has_no_name_and_no_rows() {
    let bench = Bench::new().await;
    let tell = bench.on_with("tell", "user:ana", &[], &["user:bob"], "notes.title>").await;
    let reach = bench.service.reach(&tell, &id("user:bob")).await.unwrap();
    let named: Vec<_> = reach.powers.iter().filter_map(|power| power.power.as_ref()).collect();
    assert_eq!(named, [&Power::Read { dataset: "deals".to_owned() }]);
    assert_eq!(reach.powers.iter().filter(|power| power.power.is_none()).count(), 1, "not even how many");
    assert!(reach.powers.iter().all(|power| power.power.is_some() || power.now.is_none()));
    assert!(reach.datasets.iter().all(|dataset| dataset.dataset == "deals"));
}

#[tokio::test]
async fn only_who_may_see_it_looks() {
    let bench = Bench::new().await;
    let tell = bench.on("tell", "user:ana", &[], "deals.stage>").await;
    assert!(is_unknown(&bench.service.reach(&tell, &id("user:bob")).await));
    assert!(is_unknown(&bench.service.reach(&tell, &id("user:nobody")).await));
}

#[tokio::test]
async fn what_has_no_version_reaches_nothing_yet() {
    let bench = Bench::new().await;
    let new = mandate_service::NewAutomation {
        site: bench.world.db.site().clone(),
        workspace: None,
        kind: mandate_model::AutomationKind::Private,
        name: "new".to_owned(),
        creator: id("user:boss"),
    };
    let new = bench.service.create_automation(new).await.unwrap();
    let refused = bench.service.reach(&new, &id("user:boss")).await;
    assert!(matches!(refused, Err(ServiceError::Refused(Refused::Unpublished))), "{refused:?}");
}

#[tokio::test]
async fn more_rows_than_a_page_are_counted_up_to_it_and_not_compared() {
    let rows = (0..MAX_PAGE).map(|number| deal(&format!("m{number}"), "emea", "open", None));
    let mut seed = seed();
    seed.rows.extend(rows);
    let bench = Bench::of(seed).await;
    let tell = bench.on_with("tell", "user:bob", &["user:ana"], &["user:carla"], "deals.stage>").await;
    let of = |person: &str| {
        let (person, service, tell) = (id(person), &bench.service, &tell);
        async move { service.reach(tell, &person).await.unwrap().datasets.remove(0) }
    };
    let ana = of("user:ana").await;
    let page = MAX_PAGE as usize;
    assert_eq!((ana.rows, ana.same), (Rows { count: page, more: true, new: None }, Some(false)), "three rows more");
    let bob = of("user:bob").await;
    assert_eq!((bob.rows, bob.same), (Rows { count: 2, more: false, new: Some(0) }, Some(true)));
}
