//! What is listed is what asking about each automation allows, and what the database can tell is not read.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use mandate_governance::{Ask, Planted, Preset, SiteChoices};
use mandate_model::{AutomationId, AutomationKind, PrincipalId};
use mandate_service::{
    Holding, NewAutomation, Reach, Visible,
    embedded::{PrincipalGrant, PrincipalRight},
};

use crate::world::{World, site, who};

/// What policies ask that no predicate says.
const COMPARED: &str = "
    permit (principal, action == Action::\"view\", resource) when { resource.managers == resource.members };
    forbid (principal == User::\"ana\", action == Action::\"view\", resource is Automation)
    when { resource.members.containsAny(resource.managers) };
";

/// A site's own policies: none, some that predicates say, some that ask for powers, some that no predicate says.
const POLICIES: [&str; 4] = [
    "",
    "permit (principal, action == Action::\"view\", resource in Workspace::\"hall\")
     when { resource has creator && resource.creator != principal };
     forbid (principal, action == Action::\"view\", resource)
     when { resource.kind == Kind::\"main\" && !(principal in resource.manager_teams) && !context.sees_run_as };",
    "permit (principal, action == Action::\"view\", resource) when { context.holds_all && !context.administers_all };",
    COMPARED,
];

/// Automations of every kind: in four places, as five principals, managed and seen by some; some are published, one is offered, one
/// runs as nobody.
pub(crate) async fn automations(world: &World) -> Vec<AutomationId> {
    let places = [None, Some("sales"), Some("hall"), Some("gone")];
    let run_as = ["ana", "bob", "cleo", "team:emea", "site:acme"];
    let lists = [&[][..], &["user:bob"], &["team:emea"], &["user:cleo", "user:wes"], &["user:bob", "team:emea"]];
    let mut all = vec![];
    for number in 0..24 {
        let list = |at: usize| lists[at % lists.len()].iter().map(|name| who(name)).collect::<BTreeSet<_>>();
        let planted = Planted {
            site: site(),
            workspace: places[number % 4].map(str::to_owned),
            kind: if number % 3 == 0 { AutomationKind::Main } else { AutomationKind::Private },
            name: format!("number {number}"),
            run_as: who(run_as[number % 5]),
            managers: list(number / 2),
            members: list(number / 3),
        };
        let id = world.service.plant(planted).await.unwrap();
        if number % 2 == 0 {
            world.service.plant_version(&id, &world.draft(&[]).await).await.unwrap();
        }
        all.push(id);
    }
    world.service.ask(&all[0], &who("ana"), Ask::Offer { to: Some(who("wes")) }).await.unwrap();
    let own = serde_json::from_value(serde_json::json!({ "acquire_on": [], "create_roles": "anyone" })).unwrap();
    let choices = SiteChoices { settings: own, ..SiteChoices::default() };
    world.service.choose(&site(), None, &choices).await.unwrap();
    let (workspace, name) = (Some("sales".to_owned()), "nobody's".to_owned());
    let new = NewAutomation { site: site(), workspace, kind: AutomationKind::Private, name, creator: who("ana") };
    all.push(world.service.create_automation(new).await.unwrap());
    all
}

/// A site admin, an admin of a workspace, somebody who speaks for a team and sees a page.
pub(crate) async fn appoint(world: &World) {
    world.admin("root").await;
    let wes = Holding { role: "workspace-admin".to_owned(), reach: Reach::Workspace("sales".to_owned()) };
    world.embedded.give_role(&who("wes"), &wes).await.unwrap();
    let bob = Holding { role: "resource-admin".to_owned(), reach: Reach::Dataset("deals".to_owned()) };
    world.embedded.give_role(&who("bob"), &bob).await.unwrap();
    for (right, over) in [(PrincipalRight::ConsentFor, "team:emea"), (PrincipalRight::SeePage, "user:ana")] {
        world.embedded.grant_over(&who("cleo"), &PrincipalGrant { right, over: who(over) }).await.unwrap();
    }
}

/// Page by page, of so many.
async fn listed(world: &World, viewer: &PrincipalId, limit: usize) -> Visible {
    let limit = NonZeroUsize::new(limit).unwrap();
    let mut all = Visible::default();
    loop {
        let page = world.service.visible(viewer, all.next.as_ref(), limit).await.unwrap();
        assert!(page.automations.len() <= limit.get());
        all.automations.extend(page.automations);
        (all.read, all.asked) = (all.read + page.read, all.asked + page.asked);
        all.next = page.next;
        if all.next.is_none() {
            return all;
        }
    }
}

fn ids(visible: &Visible) -> Vec<&AutomationId> {
    visible.automations.iter().map(|life| &life.automation.id).collect()
}

#[tokio::test]
async fn what_is_listed_is_what_asking_about_each_allows() {
    let world = World::new(Preset::Mandate).await;
    appoint(&world).await;
    let mut all = automations(&world).await;
    all.sort();
    let (mut by_predicate, mut by_asking, mut seen, mut hidden) = (0, 0, 0, 0);
    for preset in [Preset::Vendasta, Preset::Monday, Preset::Files, Preset::Mandate] {
        for policies in POLICIES {
            world.govern(preset, policies).await;
            for viewer in ["ana", "bob", "cleo", "root", "wes"].map(who) {
                let mut expected = vec![];
                for id in &all {
                    expected.extend(world.service.prospect(id, &viewer).await.is_ok().then_some(id));
                }
                let visible = listed(&world, &viewer, 7).await;
                assert_eq!(ids(&visible), expected, "{preset}, {viewer}: {policies}");
                by_predicate += visible.read - visible.asked;
                by_asking += visible.asked;
                seen += expected.len();
                hidden += all.len() - expected.len();
            }
        }
    }
    let counts = (by_predicate, by_asking, seen, hidden);
    assert!(by_predicate > 200 && by_asking > 200 && seen > 200 && hidden > 200, "{counts:?}");
}

#[tokio::test]
async fn what_is_not_visible_is_not_read() {
    let world = World::new(Preset::Monday).await;
    let planted = |number: usize, run_as: &str| Planted {
        site: site(),
        workspace: None,
        kind: AutomationKind::Private,
        name: format!("number {number}"),
        run_as: who(run_as),
        managers: [].into(),
        members: [].into(),
    };
    for number in 0..600 {
        world.service.plant(planted(number, if number % 50 == 0 { "bob" } else { "ana" })).await.unwrap();
    }
    let mut theirs = vec![];
    for (viewer, count) in [("bob", 12), ("ana", 588), ("cleo", 0)] {
        let visible = listed(&world, &who(viewer), 100).await;
        assert_eq!((visible.automations.len(), visible.read, visible.asked), (count, count, 0), "{viewer}");
        theirs.extend(visible.automations);
    }
    assert_eq!(theirs.len(), 600);
    let all = world.service.all_visible(&who("ana")).await.unwrap();
    assert!(all.len() == 588 && all.len() > Visible::PAGE.get(), "more than a page");
    // A page has no more than was asked for, and says where to go on.
    let first = world.service.visible(&who("ana"), None, NonZeroUsize::new(10).unwrap()).await.unwrap();
    assert_eq!((first.automations.len(), first.read), (10, 10));
    assert_eq!(first.next.as_ref(), first.automations.last().map(|life| &life.automation.id));
    // What no predicate says is asked about each, and listed all the same.
    world.govern(Preset::Monday, COMPARED).await;
    let visible = listed(&world, &who("cleo"), 100).await;
    assert_eq!((visible.automations.len(), visible.read, visible.asked), (600, 600, 600));
    // Whom the platform does not know sees nothing, and nothing is read for them.
    assert_eq!(listed(&world, &who("nobody"), 100).await, Visible::default());
}

#[tokio::test]
async fn a_policy_too_large_for_a_query_is_asked() {
    let world = World::new(Preset::Oneup).await;
    world.running("ana").await;
    let permit = |when: &str| {
        format!("permit (principal, action == Action::\"view\", resource is Automation) when {{ {when} }};")
    };
    let wide: String = (0..250).map(|at| permit(&format!("!(resource.managers.contains(User::\"u{at}\"))"))).collect();
    let deep = (0..55).fold("true".to_owned(), |inner, at| {
        let joined = if at % 2 == 0 { "&&" } else { "||" };
        format!("(resource.members.contains(User::\"u{at}\") == false {joined} {inner})")
    });
    for policy in [wide, permit(&deep)] {
        world.govern(Preset::Oneup, &policy).await;
        let visible = listed(&world, &who("bob"), 10).await;
        assert_eq!((visible.automations.len(), visible.read, visible.asked), (1, 1, 1));
    }
}
