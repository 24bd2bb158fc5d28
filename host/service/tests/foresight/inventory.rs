//! What concerns a person, for themself, for others, and for the operator.

use mandate_governance::{Preset, SiteChoices};
use mandate_service::Inventory;

use crate::{
    bench::{Bench, names},
    world::id,
};

#[tokio::test]
async fn ven_22_what_concerns_a_person_is_listed_as_far_as_the_viewer_sees() {
    let bench = Bench::new().await;
    bench.on("anas", "user:ana", &["user:carla"], "deals.stage>").await;
    bench.on("bobs", "user:bob", &["team:spain"], "deals.stage>").await;
    let ana = bench.service.inventory(&id("user:ana"), None).await.unwrap();
    assert_eq!(names(&ana.runs_as), ["anas"]);
    assert_eq!(ana.manages.len(), 1);
    assert_eq!((ana.manages[0].0.automation.name.as_str(), &ana.manages[0].1), ("bobs", &id("team:spain")));
    let reads: Vec<_> = ana.reads_as.iter().map(|(_, team)| team.clone()).collect();
    assert_eq!(reads, [id("team:spain"), id("team:spain")], "both tell her, through her team");
    let carla = bench.service.inventory(&id("user:carla"), None).await.unwrap();
    assert!(
        carla.manages.iter().any(|(life, named)| life.automation.name == "anas" && *named == id("user:carla")),
        "by name"
    );

    // Bob sees what runs as him and nothing of ana's.
    let seen = bench.service.inventory(&id("user:ana"), Some(&id("user:bob"))).await.unwrap();
    assert!(seen.runs_as.is_empty());
    assert_eq!(seen.manages.len(), 1);
    let boss = bench.service.inventory(&id("user:ana"), Some(&id("user:boss"))).await.unwrap();
    assert_eq!(boss, ana, "an admin sees all");
    assert_eq!(bench.service.inventory(&id("user:nobody"), None).await.unwrap(), Inventory::default());
}

#[tokio::test]
async fn what_is_deleted_concerns_nobody() {
    let bench = Bench::new().await;
    let tell = bench.on("tell", "user:ana", &[], "deals.stage>").await;
    bench.service.delete(&tell, &id("user:ana")).await.unwrap();
    assert_eq!(bench.service.inventory(&id("user:ana"), None).await.unwrap(), Inventory::default());
}

#[tokio::test]
async fn whom_a_column_names_may_be_told_and_is_told_so_as_far_as_the_viewer_sees() {
    let bench = Bench::new().await;
    bench.on_telling("owner", "user:bob", [&[], &["user:carla"]], &["column:owner"], "deals.stage>").await;
    bench.on_telling("both", "user:bob", [&[], &[]], &["column:owner", "user:ana"], "deals.stage>").await;
    let inventory = |person: &str, viewer: Option<&str>| {
        let (person, viewer, service) = (id(person), viewer.map(id), &bench.service);
        async move { service.inventory(&person, viewer.as_ref()).await.unwrap() }
    };
    let ana = inventory("user:ana", None).await;
    assert_eq!((names(&ana.may_read_as), ana.reads_as.len()), (vec!["owner"], 1), "by name is said above");
    let mut carla = inventory("user:carla", None).await.may_read_as;
    carla.sort_by(|one, other| other.automation.name.cmp(&one.automation.name));
    assert_eq!(names(&carla), ["owner", "both"]);
    assert_eq!(
        names(&inventory("user:carla", Some("user:carla")).await.may_read_as),
        ["owner"],
        "she is invited to one"
    );
    assert!(inventory("user:carla", Some("user:boss")).await.may_read_as.len() == 2);
    assert_eq!(inventory("user:bob", Some("user:ana")).await, Inventory::default(), "she may not see them");
}

#[tokio::test]
async fn one_09_what_is_made_as_whom_it_runs_as_tells_people_and_reads_as_none_of_them() {
    let bench = Bench::new().await;
    let govern = async |preset| bench.choose(&SiteChoices { preset, ..SiteChoices::default() }).await;
    let ana = async || bench.service.inventory(&id("user:ana"), None).await.unwrap();
    // Made while each was told as themself: it stays so until it is published again.
    bench.on("before", "user:bob", &[], "deals.stage>").await;
    govern(Preset::Oneup).await;
    bench.on("report", "user:bob", &["user:ana"], "deals.stage>").await;
    bench.on_telling("owner", "user:bob", [&[], &["user:ana"]], &["column:owner"], "deals.stage>").await;
    let all = ana().await;
    let told = |all: &[(mandate_governance::Life, mandate_model::PrincipalId)]| -> Vec<_> {
        all.iter().map(|(life, team)| (life.automation.name.clone(), team.to_string())).collect()
    };
    let through = |name: &str| (name.to_owned(), "team:spain".to_owned());
    assert_eq!(told(&all.told_by), [through("report")]);
    assert_eq!(told(&all.reads_as), [through("before")]);
    assert_eq!((names(&all.may_be_told_by), names(&all.may_read_as)), (vec!["owner"], vec![]));
    // She is shown the same on her own page, as far as she may see it.
    let tellers = bench.service.tellers(&id("user:ana")).await.unwrap();
    let mut reads: Vec<_> = tellers.iter().map(|teller| (teller.name.as_str(), teller.reads)).collect();
    reads.sort_unstable();
    assert_eq!(reads, [("report", Some(false))], "oneup shows members nothing");
    // Who joins the team is none of those whom the version names.
    assert!(bench.world.db.join_team(&id("user:boss"), &id("team:spain")).await.unwrap());
    let boss = bench.service.inventory(&id("user:boss"), None).await.unwrap();
    assert_eq!((told(&boss.told_by), told(&boss.reads_as)), (vec![], vec![through("before")]));
    // Where the site goes back, each is told as themself again.
    govern(Preset::Mandate).await;
    let all = ana().await;
    assert_eq!((all.told_by.len(), all.reads_as.len(), all.may_be_told_by.len(), all.may_read_as.len()), (0, 2, 0, 1));
}
