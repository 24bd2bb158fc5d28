//! Attacks through people and teams: who leaves a team has lost what was the team's (A07), who comes back under another id has nothing
//! of before (A06), and what nobody consented to never ran, by the table of runs (A02).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use mandate_governance::{Ask, Preset, Refused, SiteChoices, State};
use mandate_model::{AutomationId, Outcome, PrincipalId, PrincipalKind};
use mandate_runtime::part::ActReport;
use mandate_service::embedded::{PrincipalGrant, PrincipalRight};
use mandate_service::{Inventory, Publishing, ServiceError};

use crate::world::{self, World, nothing, who};

/// As whom parts act, from now on, in order.
fn actors(world: &World) -> Arc<Mutex<Vec<String>>> {
    let seen = Arc::new(Mutex::new(vec![]));
    let into = Arc::clone(&seen);
    *world.scripted.act.lock().unwrap() = Some(Box::new(move |_, principal| {
        into.lock().unwrap().push(principal.id.to_string());
        ActReport { outcome: Outcome::Done, acted: vec![], effects: vec![], record: nothing() }
    }));
    seen
}

/// How many runs of the automation the store has, whoever may know of them.
async fn runs(world: &World, id: &AutomationId) -> i64 {
    let sql = "select count(*) from run where automation = $1";
    sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(&world.raw("s.db").await).await.unwrap()
}

fn is_unknown<T>(refused: &Result<T, ServiceError>) -> bool {
    matches!(refused, Err(ServiceError::Refused(Refused::Unknown)))
}

async fn share(world: &World, id: &AutomationId, with: &str) {
    let share = Ask::Share { add: BTreeSet::from([who(with)]), remove: BTreeSet::new() };
    world.service.ask(id, &who("ana"), share).await.unwrap();
}

#[tokio::test]
async fn a07_who_leaves_a_team_has_lost_what_it_manages_and_who_joins_gains_no_more() {
    let world = World::new(Preset::Oneup).await;
    let (id, _) = world.running("ana").await;
    share(&world, &id, "team:emea").await;
    let seen = actors(&world);
    // Bob, of the team, adds code: it waits for ana, whom it runs as, and no run of it begins.
    let base = world.service.automation(&id).await.unwrap().automation.published;
    let how = Publishing { base, ..Publishing::default() };
    let version = world.service.publish(&id, &who("bob"), &world.draft(&["user:cleo"]).await, how).await.unwrap();
    world.insert("1").await;
    world.service.drain().await.unwrap();
    assert_eq!((runs(&world, &id).await, seen.lock().unwrap().len()), (0, 0), "nobody consented to it");
    // He leaves, is active all the same, and is told what a stranger is.
    assert!(world.embedded.leave_team(&who("bob"), &who("team:emea")).await.unwrap());
    assert!(is_unknown(&world.service.disable(&id, &who("bob")).await));
    assert!(!world.service.all_visible(&who("bob")).await.unwrap().contains(&id));
    // The team is empty: it is named still, and nobody is it. Ana's own is as it was.
    let life = world.service.automation(&id).await.unwrap();
    assert_eq!(life.automation.managers, BTreeSet::from([who("team:emea")]));
    assert_eq!((life.automation.run_as, life.automation.state, life.consent), (Some(who("ana")), State::On, None));
    world.service.ask(&id, &who("ana"), Ask::Consent { version }).await.unwrap();
    world.insert("2").await;
    world.service.drain().await.unwrap();
    assert_eq!((runs(&world, &id).await, seen.lock().unwrap().clone()), (1, vec!["user:ana".to_owned()]));
    // Cleo joins: she manages, and what runs, still runs as ana.
    assert!(world.embedded.join_team(&who("cleo"), &who("team:emea")).await.unwrap());
    world.service.disable(&id, &who("cleo")).await.unwrap();
    assert_eq!(world.run_as(&id).await, Some(who("ana")));
}

/// A site where what a team may, it may itself, and may be what an automation runs as.
async fn teams_act() -> World {
    let world = World::with(
        "permit (principal is Team, action == Action::\"read\", resource is deals);
         permit (principal is Team, action == Action::\"read-column\", resource in Dataset::\"deals\");",
    )
    .await;
    let mut choices = SiteChoices::default();
    choices.settings.owner_kinds = Some([PrincipalKind::User, PrincipalKind::Team].into());
    world.service.choose(&world::site(), None, &choices).await.unwrap();
    world.grant("team:emea").await;
    let speak = PrincipalGrant { right: PrincipalRight::ConsentFor, over: who("team:emea") };
    assert!(world.embedded.grant_over(&who("team:emea"), &speak).await.unwrap());
    world
}

#[tokio::test]
async fn a07_what_runs_as_a_team_acts_with_the_teams_rights_also_when_it_is_empty_and_then_nobody_speaks_for_it() {
    let world = teams_act().await;
    let (id, version) = world.running("team:emea").await;
    world.admin("root").await;
    let seen = actors(&world);
    // Bob speaks for it as one of its people.
    world.service.revoke(&id, &who("bob")).await.unwrap();
    world.service.ask(&id, &who("bob"), Ask::Consent { version: version.clone() }).await.unwrap();
    let by = world.service.automation(&id).await.unwrap().consent.unwrap();
    assert_eq!((by.principal, by.by), (who("team:emea"), who("bob")), "one person consents, on the record");
    world.insert("1").await;
    world.service.drain().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["team:emea"]);
    // He leaves, the team is empty. What was consented to goes on as the team, with its own rights, which were never his.
    assert!(world.embedded.leave_team(&who("bob"), &who("team:emea")).await.unwrap());
    assert_eq!(world.service.recheck().await.unwrap(), [], "the team lost nothing");
    world.insert("2").await;
    world.service.drain().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["team:emea", "team:emea"]);
    // But he speaks for it no more, and nobody else does: what is new waits.
    assert!(is_unknown(&world.service.revoke(&id, &who("bob")).await));
    let base = world.service.automation(&id).await.unwrap().automation.published;
    let how = Publishing { base, ..Publishing::default() };
    let version = world.service.publish(&id, &who("root"), &world.draft(&["user:cleo"]).await, how).await.unwrap();
    for person in ["bob", "cleo", "ana"] {
        let refused = world.service.ask(&id, &who(person), Ask::Consent { version: version.clone() }).await;
        assert!(is_unknown(&refused), "{person}: {refused:?}");
    }
    world.insert("3").await;
    world.service.drain().await.unwrap();
    assert_eq!((runs(&world, &id).await, seen.lock().unwrap().len()), (2, 2));
    // What the team itself loses, stops it, whoever is in it.
    let life = world.service.automation(&id).await.unwrap();
    assert_eq!((life.automation.run_as, life.consent), (Some(who("team:emea")), None));
}

#[tokio::test]
async fn a06_who_is_deleted_and_made_anew_with_the_same_mail_inherits_nothing() {
    let world = World::new(Preset::Mandate).await;
    let (id, version) = world.running("ana").await;
    world.admin("root").await;
    let seen = actors(&world);
    let raw = world.raw("p.db").await;
    let mail = "insert into contact (person, mail) values ($1, 'ana@example.com')";
    sqlx::query(mail).bind("user:ana").execute(&raw).await.unwrap();
    // The platform deletes her account, with all that was hers there, and somebody gets one with her name and address.
    for sql in [
        "create table gone as select * from person where id = 'user:ana'",
        "delete from person where id = 'user:ana'",
        "delete from held_grant where principal = 'user:ana'",
        "delete from workspace_member where member = 'user:ana'",
        "delete from contact where person = 'user:ana'",
        "update gone set id = 'user:ana-2'",
        "insert into person select * from gone",
        "drop table gone",
    ] {
        sqlx::query(sql).execute(&raw).await.unwrap();
    }
    sqlx::query(mail).bind("user:ana-2").execute(&raw).await.unwrap();
    world.grant("ana-2").await;
    world.insert("1").await;
    world.service.drain().await.unwrap();
    assert!(seen.lock().unwrap().is_empty(), "nothing ran as either");
    world.service.recheck().await.unwrap();
    let life = world.service.automation(&id).await.unwrap();
    assert_eq!((life.automation.state, life.consent), (State::Stopped, None));
    assert_eq!(life.automation.run_as, Some(who("ana")), "an id is never another's");
    // The new one is a stranger to it.
    let new = who("ana-2");
    assert_eq!(world.service.inventory(&new, None).await.unwrap(), Inventory::default());
    assert!(world.service.all_visible(&new).await.unwrap().is_empty());
    assert!(is_unknown(&world.service.enable(&id, &new, &version).await));
    assert!(is_unknown(&world.service.ask(&id, &new, Ask::Consent { version }).await));
    assert!(
        world.service.notices(&new).await.unwrap().is_empty() && world.service.inbox(&new).await.unwrap().is_empty()
    );
}

/// By publishing, by rolling back and as a copy: whatever way a version comes to be what is published, nothing of it runs before
/// whom it runs as consents to it.
#[tokio::test]
async fn a02_by_whatever_way_a_version_comes_nothing_of_it_ran() {
    let world = World::new(Preset::Mandate).await;
    let (id, first) = world.running("ana").await;
    world.admin("root").await;
    let seen = actors(&world);
    let base = |published| Publishing { base: published, ..Publishing::default() };
    let published = || async { world.service.automation(&id).await.unwrap().automation.published };
    let nothing_ran = |row: &'static str, of: AutomationId, why: &'static str| {
        let (world, seen) = (&world, Arc::clone(&seen));
        async move {
            world.insert(row).await;
            world.service.drain().await.unwrap();
            assert_eq!((runs(world, &of).await, seen.lock().unwrap().len()), (0, 0), "{why}");
        }
    };
    let draft = world.draft(&["user:cleo"]).await;
    let second = world.service.publish(&id, &who("root"), &draft, base(published().await)).await.unwrap();
    nothing_ran("1", id.clone(), "published by who edits").await;
    let again = world.service.roll_back(&id, &who("root"), &first, base(published().await)).await.unwrap();
    assert!(again == first && second != first, "what ana consented to once");
    let life = world.service.automation(&id).await.unwrap();
    assert_eq!((life.automation.state, life.consent), (State::On, None));
    nothing_ran("2", id.clone(), "rolled back to").await;
    let copy = world.service.clone_automation(&id, &who("root"), "copy").await.unwrap();
    nothing_ran("3", copy.clone(), "copied").await;
    let draft = world.service.saved_draft(&copy, &who("root")).await.unwrap().unwrap();
    let draft = mandate_service::Draft { recipients: draft.recipients, ..world.draft(&[]).await };
    world.service.publish(&copy, &who("root"), &draft, base(None)).await.unwrap();
    nothing_ran("4", copy, "copied and published").await;
    // It is her consent that was lacking: with it, what happens then runs, and nothing is made up for.
    world.service.ask(&id, &who("ana"), Ask::Consent { version: first }).await.unwrap();
    world.insert("5").await;
    world.service.drain().await.unwrap();
    let all: Vec<PrincipalId> = seen.lock().unwrap().iter().map(|id| who(id)).collect();
    assert_eq!((runs(&world, &id).await, all), (1, vec![who("ana")]));
}
