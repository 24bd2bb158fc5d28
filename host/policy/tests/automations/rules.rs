//! Each rule by hand: what it gives to whom, and that it gives nothing while it is off.

use mandate_model::AutomationKind;
use mandate_policy::{Act, Circumstances, Permission, Rule};

use crate::world::{World, id, ids, words};

const MANAGE: &str = "view edit rename enable disable run-now clone delete share";
const EVERYTHING: &str = "permit (principal, action, resource);";

/// With the rule, exactly these acts; with every other rule instead, `without`.
fn check(rule: Rule, change: impl Fn(&mut World), expected: &str) {
    let on = World::new(&[rule]).with(&change);
    assert_eq!(on.allowed(), expected, "{rule}");
    let off = World::new(&[]).with(change);
    assert_ne!(off.allowed(), expected, "{rule} gives nothing");
}

/// With the rule, nothing.
fn check_nothing(rule: Rule, change: impl Fn(&mut World)) {
    assert_eq!(World::new(&[rule]).with(change).allowed(), "", "{rule}");
}

fn runs_as_ana(world: &mut World) {
    world.target.run_as = Some(id("user:ana"));
}

fn covers_all(world: &mut World) {
    world.circumstances.administers_all = true;
}

#[test]
fn without_a_rule_there_is_nothing() {
    let nobody = World::new(&[]);
    assert_eq!(nobody.allowed(), "");
    assert_eq!(nobody.denied(Act::View), "no policy permits it");
}

#[test]
fn no_rule_gives_anything_to_nobody_in_particular() {
    let nobody = World::new(Rule::ALL).with(|world| world.actor.workspaces = words(&["sales"]));
    assert_eq!(nobody.allowed(), "create");
}

#[test]
fn whom_it_runs_as_sees_it_stops_it_and_consents() {
    assert_eq!(World::new(&[]).with(runs_as_ana).allowed(), "view disable consent");
    let nobody = World::new(&[]).with(|world| world.target.run_as = None);
    assert_eq!(nobody.allowed(), "");
}

#[test]
fn holders_of_consent_for_consent_for_teams_and_sites_and_stop_what_runs_as_them() {
    let holder = World::new(&[]).with(|world| world.circumstances.consents_for_run_as = true);
    for (run_as, expected) in
        [("team:emea", "view disable consent"), ("site:acme", "view disable consent"), ("user:bob", "")]
    {
        assert_eq!(holder.with(|world| world.target.run_as = Some(id(run_as))).allowed(), expected, "{run_as}");
    }
    assert_eq!(holder.with(|world| world.target.run_as = None).allowed(), "");
}

#[test]
fn a_team_that_it_runs_as_is_not_its_people() {
    let rules = [Rule::RunAsManages, Rule::HistoryRunAs];
    let inside = World::new(&rules).with(|world| {
        world.target.run_as = Some(id("team:emea"));
        world.actor.teams = ids(&["team:emea"]);
    });
    assert_eq!(inside.allowed(), "");
}

#[test]
fn roles_give_what_their_permissions_say() {
    for (permission, expected) in [
        (Permission::Create, "create"),
        (Permission::View, "view"),
        (Permission::Edit, "edit"),
        (Permission::Rename, "rename"),
        (Permission::Toggle, "enable disable"),
        (Permission::RunNow, "run-now"),
        (Permission::Clone, "clone"),
        (Permission::Delete, "delete"),
        (Permission::Share, "share"),
        (Permission::Take, "take"),
        (Permission::ViewHistory, "view-history"),
        (Permission::RevealHistory, "reveal-history"),
        (Permission::ViewAll, ""),
        (Permission::EditAll, ""),
        (Permission::SetPolicy, "set-policy"),
    ] {
        let holder = World::new(&[]).with(|world| world.actor.permissions = [permission].into());
        assert_eq!(holder.allowed(), expected, "{permission}");
    }
    let all = World::new(&[]).with(|world| world.actor.permissions = Permission::ALL.iter().copied().collect());
    let but_consent_and_drafts = "create view edit rename enable disable run-now clone delete share take view-history \
         reveal-history set-policy";
    assert_eq!(all.allowed(), but_consent_and_drafts);
}

#[test]
fn a_role_alone_gives_nothing() {
    let names = ["site-admin", "workspace-admin", "resource-admin", "member", "viewer", "guest", "edit", "view-all"];
    assert_eq!(World::new(&[]).with(|world| world.actor.roles = words(&names)).allowed(), "");
}

#[test]
fn editors_see_their_own_drafts() {
    let of = |whose: &str| World::new(&[]).with(|world| world.target.draft_of = Some(id(whose)));
    assert_eq!(of("user:ana").allowed(), "view-draft");
    assert_eq!(of("user:bob").allowed(), "");
    assert_eq!(of("team:ana").allowed(), "");
}

#[test]
fn run_as_manages() {
    let expected = "view edit rename enable disable run-now clone delete share consent";
    check(Rule::RunAsManages, runs_as_ana, expected);
}

#[test]
fn one07_managers_manage() {
    check(Rule::ManagerUsers, |world| world.target.managers = ids(&["team:x", "user:ana"]), MANAGE);
    check_nothing(Rule::ManagerUsers, |world| {
        world.target.managers = ids(&["team:emea", "user:eve"]);
        world.actor.teams = ids(&["team:emea"]);
    });
    check(
        Rule::ManagerTeams,
        |world| {
            world.target.managers = ids(&["team:emea", "user:eve"]);
            world.actor.teams = ids(&["team:spain", "team:emea"]);
        },
        MANAGE,
    );
    check_nothing(Rule::ManagerTeams, |world| {
        world.target.managers = ids(&["team:japan", "user:ana", "team:ana"]);
        world.actor.teams = ids(&["team:spain"]);
    });
}

#[test]
fn one18_edit_all_edits_deletes_and_shares_any() {
    let holder = |world: &mut World| world.actor.permissions = [Permission::EditAll].into();
    check(Rule::EditAll, holder, "view edit rename enable disable delete share");
    check_nothing(Rule::EditAll, |world| world.actor.permissions = [Permission::ViewAll].into());
}

#[test]
fn one17_view_all_sees_any() {
    check(Rule::ViewAll, |world| world.actor.permissions = [Permission::ViewAll].into(), "view");
    check_nothing(Rule::ViewAll, |world| world.actor.permissions = [Permission::EditAll].into());
}

#[test]
fn mon09_members_see() {
    check(Rule::MemberSees, |world| world.target.members = ids(&["user:ana"]), "view");
    let team = |world: &mut World| {
        world.target.members = ids(&["team:emea"]);
        world.actor.teams = ids(&["team:emea"]);
    };
    check(Rule::MemberSees, team, "view");
    check_nothing(Rule::MemberSees, |world| world.target.members = ids(&["user:eve", "team:emea", "team:ana"]));
}

#[test]
fn mon03_mon04_mon05_main_ones_are_seen_by_the_workspace() {
    let main = |open: bool, workspace: Option<&'static str>, of: &'static [&'static str]| {
        move |world: &mut World| {
            world.target.kind = AutomationKind::Main;
            world.target.open = open;
            world.target.workspace = workspace.map(str::to_owned);
            world.actor.workspaces = words(of);
        }
    };
    check(Rule::MainWorkspaceSees, main(false, Some("sales"), &["sales"]), "view");
    check(Rule::MainWorkspaceSees, main(true, Some("sales"), &[]), "view");
    check(Rule::MainWorkspaceSees, main(true, None, &[]), "view");
    check_nothing(Rule::MainWorkspaceSees, main(false, Some("sales"), &["legal"]));
    check_nothing(Rule::MainWorkspaceSees, main(false, None, &["sales"]));
    check_nothing(Rule::MainWorkspaceSees, |world| {
        main(true, Some("sales"), &["sales"])(world);
        world.target.kind = AutomationKind::Private;
    });
}

#[test]
fn admins_see_and_take() {
    for (role, view, take) in [
        ("site-admin", "view", "take"),
        ("workspace-admin", "view", "take"),
        ("resource-admin", "", ""),
        ("member", "", ""),
        ("site", "", ""),
    ] {
        let holder = |rule| World::new(&[rule]).with(|world| world.actor.roles = words(&[role])).allowed();
        assert_eq!((holder(Rule::AdminSees).as_str(), holder(Rule::AdminTakes).as_str()), (view, take), "{role}");
    }
}

#[test]
fn ven22_who_sees_the_person_sees_what_runs_as_them() {
    check(Rule::SeesPerson, |world| world.circumstances.sees_run_as = true, "view");
    check_nothing(Rule::SeesPerson, covers_all);
}

#[test]
fn fil08_fil13_who_covers_all_sees() {
    check(Rule::CoversAllSees, covers_all, "view");
    check_nothing(Rule::CoversAllSees, |world| world.circumstances.holds_all = true);
}

#[test]
fn fil06_fil12_admins_manage_within_their_scope() {
    for (role, expected) in [
        ("workspace-admin", "view edit rename enable disable run-now clone delete"),
        ("resource-admin", "view edit rename enable disable run-now clone delete"),
        ("site-admin", ""),
        ("member", ""),
    ] {
        let holder = World::new(&[Rule::ScopeManages]).with(|world| world.actor.roles = words(&[role]));
        assert_eq!(holder.allowed(), "", "{role} beyond their scope");
        assert_eq!(holder.with(covers_all).allowed(), expected, "{role}");
    }
}

#[test]
fn histories_are_seen_by_run_as_or_by_viewers() {
    check(Rule::HistoryRunAs, runs_as_ana, "view disable consent view-history");
    check(Rule::HistoryViewers, runs_as_ana, "view disable consent view-history");
    let member = World::new(&[Rule::MemberSees]).with(|world| world.target.members = ids(&["user:ana"]));
    assert_eq!(member.allowed(), "view");
    let with = |rule| member.with(|world| world.rules.extend([rule])).allowed();
    assert_eq!(with(Rule::HistoryRunAs), "view");
    assert_eq!(with(Rule::HistoryViewers), "view view-history");
}

#[test]
fn fnd24_fnd25_histories_by_the_runs_data_or_only_that_it_ran() {
    type Asked = fn(&mut Circumstances);
    let rest: Asked = |_| {};
    let covers: Asked = |facts| facts.covers_run = true;
    let whether: Asked = |facts| facts.only_whether = true;
    for (rule, asked, expected) in [
        (Rule::HistoryData, rest, "view"),
        (Rule::HistoryData, covers, "view view-history"),
        (Rule::HistoryData, whether, "view"),
        (Rule::HistoryTriggers, rest, "view"),
        (Rule::HistoryTriggers, covers, "view"),
        (Rule::HistoryTriggers, whether, "view view-history"),
    ] {
        let world = World::new(&[rule]).with(|world| asked(&mut world.circumstances));
        assert_eq!(world.allowed(), "", "{rule}: who does not see it");
        let viewer = world.with(|world| world.actor.permissions = [Permission::View].into());
        assert_eq!(viewer.allowed(), expected, "{rule}");
        let forbid = "forbid (principal, action == Action::\"view-history\", resource) when { context.only_whether || context.covers_run };";
        assert_eq!(viewer.with(|world| world.custom = forbid.to_owned()).allowed(), "view", "{rule}");
    }
}

#[test]
fn viewers_by_role_and_by_a_sites_own_policy_see_histories_too() {
    let viewers = World::new(&[Rule::HistoryViewers]);
    let by_role = viewers.with(|world| world.actor.permissions = [Permission::View].into());
    assert_eq!(by_role.allowed(), "view view-history");
    let view = "permit (principal == User::\"ana\", action == Action::\"view\", resource);";
    let by_policy = viewers.with(|world| world.custom = view.to_owned());
    assert_eq!(by_policy.allowed(), "view view-history");
    let forbid = "forbid (principal, action == Action::\"view\", resource);";
    assert_eq!(by_role.with(|world| world.custom = forbid.to_owned()).allowed(), "");
    // Histories alone can be forbidden, and given without the automation.
    let forbid = "forbid (principal, action == Action::\"view-history\", resource) when { context.may_view };";
    assert_eq!(by_role.with(|world| world.custom = forbid.to_owned()).allowed(), "view");
    let history = World::new(&[]).with(|world| world.actor.permissions = [Permission::ViewHistory].into());
    assert_eq!(history.allowed(), "view-history");
}

#[test]
fn anyone_creates_where_the_site_says_so() {
    check(Rule::CreateAnyone, |_| {}, "create");
    check(Rule::CreateAnyone, |world| world.target.workspace = None, "create");
}

const OUTSIDE: &str = "policy `workspace-narrows` forbids it: they are not in its workspace, which is not open";

/// Ana, who manages by every rule and by a site's own policy, and has every permission, outside of the private workspace.
fn outside() -> World {
    World::new(&[Rule::RunAsManages, Rule::ManagerUsers, Rule::WorkspaceNarrows]).with(|world| {
        EVERYTHING.clone_into(&mut world.custom);
        world.actor.permissions = Permission::ALL.iter().copied().collect();
        world.actor.workspaces = words(&["legal"]);
        world.target.managers = ids(&["user:ana"]);
        world.target.draft_of = Some(id("user:ana"));
    })
}

#[test]
fn mon01_who_is_outside_of_a_private_workspace_has_no_right_in_it() {
    assert_eq!(outside().allowed(), "set-policy");
    assert_eq!(outside().denied(Act::Edit), OUTSIDE);
    let create = "policy `workspace-narrows` forbids it: they are not in that workspace, which is not open";
    assert_eq!(outside().denied(Act::Create), create);
    let all = "create view edit rename enable disable run-now clone delete share take view-draft view-history \
         reveal-history set-policy";
    let inside = [
        outside().with(|world| world.actor.workspaces = words(&["sales"])),
        outside().with(|world| world.actor.roles = words(&["site-admin"])),
        outside().with(|world| world.actor.roles = words(&["workspace-admin"])),
        outside().with(|world| world.target.open = true),
        outside().with(|world| world.target.workspace = None),
        outside().with(|world| assert!(world.rules.remove(&Rule::WorkspaceNarrows))),
    ];
    for world in inside {
        assert_eq!(world.allowed(), all);
    }
    let other_roles = outside().with(|world| world.actor.roles = words(&["resource-admin", "member", "sales"]));
    assert_eq!(other_roles.allowed(), "set-policy");
}

#[test]
fn mon01_what_runs_as_one_is_seen_and_stopped_from_outside_and_nothing_else() {
    assert_eq!(outside().with(runs_as_ana).allowed(), "view disable set-policy");
    assert_eq!(outside().with(runs_as_ana).denied(Act::Consent), OUTSIDE);
    let speaks = outside().with(|world| world.circumstances.consents_for_run_as = true);
    for (run_as, expected) in [
        (Some("team:emea"), "view disable set-policy"),
        (Some("site:acme"), "view disable set-policy"),
        (Some("user:bob"), "set-policy"),
        (None, "set-policy"),
    ] {
        assert_eq!(speaks.with(|world| world.target.run_as = run_as.map(id)).allowed(), expected, "{run_as:?}");
    }
    let inside_a_team = outside().with(|world| {
        world.target.run_as = Some(id("team:emea"));
        world.actor.teams = ids(&["team:emea"]);
    });
    assert_eq!(inside_a_team.allowed(), "set-policy");
}

#[test]
fn a_sites_own_policies_permit_and_forbid() {
    let custom = |custom: &str| World::new(&[]).with(|world| world.custom = custom.to_owned());
    let sales =
        "permit (principal, action in [Action::\"edit\", Action::\"create\"], resource in Workspace::\"sales\");";
    assert_eq!(custom(sales).allowed(), "create edit");
    assert_eq!(custom(sales).with(|world| world.target.workspace = None).allowed(), "");
    let creators = "permit (principal, action in Action::\"manage\", resource)
                    when { resource has creator && resource.creator == principal };";
    assert_eq!(custom(creators).allowed(), MANAGE);
    let no_friday = format!(
        "{creators} @id(\"freeze\") @because(\"the year ends\") forbid (principal, action == Action::\"edit\", resource);"
    );
    assert_eq!(custom(&no_friday).denied(Act::Edit), "policy `freeze` forbids it: the year ends");
    assert!(custom(&no_friday).decide(Act::Rename).is_allow());
    let nameless = "permit (principal, action, resource); forbid (principal, action, resource);";
    assert_eq!(custom(nameless).denied(Act::View), "policy `policy1` forbids it");
}

#[test]
fn all_circumstances_can_be_asked_for() {
    type Set = fn(&mut Circumstances);
    let all: [(&str, Set); 5] = [
        ("must_hold", |facts| facts.must_hold = true),
        ("holds_all", |facts| facts.holds_all = true),
        ("administers_all", |facts| facts.administers_all = true),
        ("consents_for_run_as", |facts| facts.consents_for_run_as = true),
        ("sees_run_as", |facts| facts.sees_run_as = true),
    ];
    for (name, set) in all {
        let custom = format!("{EVERYTHING} forbid (principal, action, resource) unless {{ context.{name} }};");
        let without = World::new(&[]).with(|world| world.custom.clone_from(&custom));
        assert_eq!(without.allowed(), "", "{name}");
        let with = without.with(|world| set(&mut world.circumstances));
        // The one act that `must_hold` does not end.
        assert!(with.decide(Act::Disable).is_allow(), "{name}");
    }
}
