//! What is said of powers that somebody lacks: at most one thing of all that is hidden (A04), that nobody can say (A13), and who could
//! change it, of those whom one may know.

use std::collections::BTreeSet;

use mandate_governance::{Acquisition, Ask, Planted, Preset, State};
use mandate_model::{AutomationId, AutomationKind};
use mandate_policy::{Grant, Right};
use mandate_service::{
    Holding, PartState, Reach,
    embedded::{PrincipalGrant, PrincipalRight},
};

use crate::world::{POLICIES, World, site, who};

const HIDDEN: &str = "`user:ana` lacks something that you may not know of";

async fn role(world: &World, person: &str, role: &str, reach: Reach) {
    world.embedded.give_role(&who(person), &Holding { role: role.to_owned(), reach }).await.unwrap();
}

async fn of_deals(world: &World, person: &str) {
    role(world, person, "resource-admin", Reach::Dataset("deals".to_owned())).await;
}

#[tokio::test]
async fn a04_how_many_powers_are_hidden_is_told_neither_when_refused_nor_on_the_page() {
    let world = World::new(Preset::Mandate).await;
    let (id, version) = world.running_plugin("ana", b"wide").await;
    // Ana knows of `deals`, which she administers and may not read, and of neither what comes before it nor of what comes after it.
    of_deals(&world, "ana").await;
    world.revoke("ana").await;
    let refused = world.service.enable(&id, &who("ana"), &version).await.unwrap_err().to_string();
    assert_eq!(refused, format!("`user:ana` may not read `deals`; {HIDDEN}"));
    assert_eq!(world.service.recheck().await.unwrap(), std::slice::from_ref(&id));
    let page = world.service.shown_to(&id, &who("ana")).await.unwrap();
    let words = |lost: &[mandate_governance::Lack]| lost.iter().map(ToString::to_string).collect::<Vec<_>>();
    let said = ["`user:ana` may not read `deals`", HIDDEN];
    assert_eq!(words(&page.stopped.unwrap().lost), said);
    assert_eq!(page.lacks, said.map(str::to_owned).into());
    let happened: Vec<String> = page.happened.into_iter().map(|one| one.what).collect();
    assert_eq!(happened.join("\n").matches("something that you may not know of").count(), 1, "{happened:?}");
    // Who may know of all of it is told of all of it.
    world.admin("root").await;
    let page = world.service.shown_to(&id, &who("root")).await.unwrap();
    assert_eq!(page.stopped.unwrap().lost.len(), 3);
}

/// Policies of data by which bob sets titles; `errs`: and by which that cannot be decided.
fn titles(errs: bool) -> String {
    let all = r#"permit (principal is User, action == Action::"update-column", resource in Dataset::"deals");"#;
    let limit = r#"@id("limit") forbid (principal is User, action == Action::"update-column", resource == Column::"deals.title")
        when { (if principal in Team::"emea" then 2 else 1) * 9223372036854775807 < 0 };"#;
    format!("{POLICIES}{all}{}", if errs { limit } else { "" })
}

#[tokio::test]
async fn a13_a_policy_that_errs_on_a_written_column_is_no_loss_and_nothing_runs_by_it() {
    let world = World::new(Preset::Mandate).await;
    world.admin("root").await;
    world.embedded.replace_policies(&titles(false)).await.unwrap();
    world.embedded.grant(&who("bob"), &Grant { right: Right::Update, dataset: "deals".to_owned() }).await.unwrap();
    let (id, version) = world.running_plugin("bob", b"writer").await;
    assert_eq!(world.service.recheck().await.unwrap(), []);
    world.embedded.replace_policies(&titles(true)).await.unwrap();
    world.insert("1").await;
    world.service.pass().await.unwrap();
    // Nothing runs now, nothing is lost, and it says so.
    assert_eq!(world.service.recheck().await.unwrap(), []);
    assert_eq!(world.service.automation(&id).await.unwrap().automation.state, State::On);
    assert!(world.told("root").await.is_empty() && world.told("bob").await.is_empty());
    assert!(world.service.runs(&who("bob")).await.unwrap().is_empty(), "no part began");
    let page = world.service.shown_to(&id, &who("bob")).await.unwrap();
    let undecided = "cannot decide whether `user:bob` may set the column `title` of `deals`";
    assert_eq!(page.lacks.iter().map(String::as_str).collect::<Vec<_>>(), [undecided]);
    // Given up, it says why.
    world.service.drain().await.unwrap();
    let letters = format!("{:?}", world.service.dead_letters().await.unwrap());
    assert!(letters.contains("cannot decide: policy `limit`: integer overflow"), "{letters}");
    // It is not turned on so, and is turned off all the same.
    world.service.disable(&id, &who("bob")).await.unwrap();
    let refused = world.service.enable(&id, &who("bob"), &version).await.unwrap_err().to_string();
    assert_eq!(refused, undecided);
    // Once it can be decided, what was given up runs.
    world.embedded.replace_policies(&titles(false)).await.unwrap();
    world.service.enable(&id, &who("bob"), &version).await.unwrap();
    world.service.revive().await.unwrap();
    world.service.drain().await.unwrap();
    let run = world.service.runs(&who("bob")).await.unwrap().remove(0);
    assert_eq!(run.parts[0].state, PartState::Done);
}

/// An automation of ana's in `sales`, managed by bob, that max is shown; root administers the site, wes the workspace, vic `deals`.
async fn with_admins() -> (World, AutomationId) {
    let world = World::new(Preset::Mandate).await;
    world.admin("root").await;
    role(&world, "wes", "workspace-admin", Reach::Workspace("sales".to_owned())).await;
    of_deals(&world, "vic").await;
    let planted = Planted {
        site: site(),
        workspace: Some("sales".to_owned()),
        kind: AutomationKind::Private,
        name: "deals".to_owned(),
        run_as: who("ana"),
        managers: [who("bob")].into(),
        members: [who("max")].into(),
    };
    let id = world.service.plant(planted).await.unwrap();
    world.service.plant_version(&id, &world.draft_of(b"writer", &[]).await).await.unwrap();
    (world, id)
}

async fn sees_page(world: &World, person: &str, over: &str) {
    let grant = PrincipalGrant { right: PrincipalRight::SeePage, over: who(over) };
    world.embedded.grant_over(&who(person), &grant).await.unwrap();
}

/// Who could change a refusal, as it is told.
fn could(refused: &str) -> &str {
    refused.rsplit_once("; `").map_or("", |(_, who)| who)
}

#[tokio::test]
async fn who_could_let_somebody_are_those_who_can_and_whom_they_may_know() {
    let (world, id) = with_admins().await;
    let rename = || Ask::Rename { name: "new".to_owned(), acquisition: None };
    let refused = || async { world.service.ask(&id, &who("max"), rename()).await.unwrap_err().to_string() };
    // Of those whom the automation names, who may share it. That is all whom max may know.
    assert_eq!(could(&refused().await), "user:ana`, `user:bob` could change that");
    // Admins whose page they may see, each where their role reaches; not olga, who is none.
    for (over, all) in [
        ("olga", "user:ana`, `user:bob` could change that"),
        ("vic", "user:ana`, `user:bob`, `user:vic` could change that"),
        ("wes", "user:ana`, `user:bob`, `user:vic`, `user:wes` could change that"),
        ("root", "user:ana`, `user:bob`, `user:root`, `user:vic`, `user:wes` could change that"),
    ] {
        sees_page(&world, "max", over).await;
        assert_eq!(could(&refused().await), all, "{over}");
    }
    // Who is gone lets nobody.
    world.embedded.set_active(&who("root"), false).await.unwrap();
    world.embedded.set_active(&who("bob"), false).await.unwrap();
    assert_eq!(could(&refused().await), "user:ana`, `user:vic`, `user:wes` could change that");
}

#[tokio::test]
async fn what_no_sharing_lets_somebody_do_is_for_admins_alone() {
    let (world, id) = with_admins().await;
    let take = Ask::Take { acquisition: Acquisition { expected: Some(who("ana")), new: who("max"), version: None } };
    let refused = world.service.ask(&id, &who("max"), take.clone()).await.unwrap_err().to_string();
    assert!(refused.starts_with("`user:max` may not take this automation"), "{refused}");
    assert_eq!(could(&refused), "", "{refused}");
    sees_page(&world, "max", "root").await;
    let refused = world.service.ask(&id, &who("max"), take).await.unwrap_err().to_string();
    assert_eq!(could(&refused), "user:root` could change that");
    // How a site is governed is for its admins.
    for (person, all) in [("max", "user:root` could change that"), ("bob", "")] {
        let refused = world.service.may_choose(&site(), &who(person)).await.unwrap_err().to_string();
        assert_eq!(could(&refused), all, "{refused}");
    }
}

#[tokio::test]
async fn who_could_give_what_is_lacking_is_never_who_lacks_it_nor_whom_one_may_not_know() {
    let (world, id) = with_admins().await;
    let version = world.service.automation(&id).await.unwrap().automation.published.unwrap();
    let lacking = "`user:ana` may not change `deals`; `user:ana` may not set the column `title` of `deals`";
    let refused = || async { world.service.enable(&id, &who("ana"), &version).await.unwrap_err().to_string() };
    assert_eq!(refused().await, lacking, "she may see nobody's page");
    for (over, all) in [
        ("wes", ""),
        ("vic", "; `user:vic` could change that"),
        ("root", "; `user:root`, `user:vic` could change that"),
    ] {
        sees_page(&world, "ana", over).await;
        assert_eq!(refused().await, format!("{lacking}{all}"), "{over}");
    }
    let page = world.service.shown_to(&id, &who("ana")).await.unwrap();
    assert_eq!(page.granters, BTreeSet::from([who("root"), who("vic")]));
    // An admin who lacks it is no way out for themself, and one for others.
    world.admin("ana").await;
    assert!(!could(&refused().await).contains("user:ana"));
    let page = world.service.shown_to(&id, &who("root")).await.unwrap();
    assert_eq!(page.granters, BTreeSet::from([who("ana"), who("root"), who("vic")]), "what root lacks, ana could give");
}

#[tokio::test]
async fn a04_who_administers_what_is_hidden_is_not_named() {
    let world = World::new(Preset::Oneup).await;
    let (id, _) = world.running("ana").await;
    let share = Ask::Share { add: [who("max")].into(), remove: BTreeSet::new() };
    world.service.ask(&id, &who("ana"), share).await.unwrap();
    world.admin("root").await;
    of_deals(&world, "vic").await;
    for over in ["root", "vic"] {
        sees_page(&world, "max", over).await;
    }
    let refused = world.service.clone_automation(&id, &who("max"), "mine").await.unwrap_err().to_string();
    assert_eq!(refused, "`user:max` lacks something that you may not know of; `user:root` could change that");
}
