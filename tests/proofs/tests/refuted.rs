//! Each proof can fail: for every promise a bad policy, of the kind that slips in, and the request that it lets through.
#![allow(clippy::unwrap_used, reason = "tests")]

use mandate_governance::preset::Preset;
use mandate_policy::AutomationPolicies;
use mandate_proofs::promise::{A_PERSON_CONSENTS_ALONE, INSIDE, OWN_OFF_SWITCH, PROMISES, editors, narrowed, of_floor};
use mandate_proofs::{Act, PERMIT_ALL, Prover, in_force};

/// What is in force under a preset without the policies of that id, and with these.
fn instead_of(id: &str, preset: Preset, custom: &str) -> String {
    let (kept, gone): (Vec<_>, Vec<_>) = in_force(preset, "")
        .unwrap()
        .split("\n\n")
        .map(str::to_owned)
        .partition(|policy| !policy.contains(&format!("@id(\"{id}\")")));
    assert_eq!(gone.len(), 1, "{id}");
    format!("{}{custom}", kept.concat())
}

/// The promise of the floor does not hold with this in its place, under any preset, and a request shows it.
#[track_caller]
fn refuted(floor: &str, instead: &str) {
    let mut prover = Prover::new().unwrap();
    let promise = of_floor(floor).unwrap();
    for preset in Preset::ALL {
        let policies = instead_of(floor, preset, instead);
        let found = prover.beyond(&policies, promise.bound, promise.act).unwrap();
        assert!(found.is_some(), "{preset}: a bad `{floor}` passes");
    }
}

#[test]
fn an_overflow_is_an_error() {
    let policy = "permit (principal, action, resource) when { principal.active && 9223372036854775807 + 1 > 0 };";
    let policies = in_force(Preset::Mandate, policy).unwrap();
    assert!(Prover::new().unwrap().error(&policies).unwrap().is_some());
}

#[test]
fn members_who_edit_are_found() {
    let policy =
        r#"permit (principal, action == Action::"edit", resource) when { resource.members.contains(principal) };"#;
    let mut prover = Prover::new().unwrap();
    for preset in Preset::ALL {
        let policies = in_force(preset, policy).unwrap();
        let bound = format!("{}{}", editors(preset).concat(), narrowed(preset));
        let found = prover.beyond(&policies, &bound, Act::Only("edit")).unwrap();
        assert!(found.is_some(), "{preset}");
    }
}

#[test]
fn a_way_to_edit_that_is_shut_is_found() {
    let mut prover = Prover::new().unwrap();
    for preset in Preset::ALL {
        let policies =
            in_force(preset, r#"forbid (principal, action == Action::"edit", resource) when { resource.open };"#);
        let policies = policies.unwrap();
        for way in editors(preset) {
            let way = format!("{way}{}", narrowed(preset));
            let floors = AutomationPolicies::load(&[].into(), &way).unwrap().text();
            assert!(prover.beyond(&floors, &policies, Act::Only("edit")).unwrap().is_some(), "{preset}: {way}");
        }
    }
}

#[test]
fn consent_for_that_reaches_people_is_found() {
    refuted(
        "consent",
        r#"
        forbid (principal, action == Action::"consent", resource)
        unless { (resource has run_as && resource.run_as == principal) || context.consents_for_run_as };
        "#,
    );
}

#[test]
fn a_site_wall_around_automations_alone_is_found() {
    refuted(
        "site-wall",
        "forbid (principal, action, resource is Automation) unless { resource in principal.site };
         permit (principal, action, resource);",
    );
}

#[test]
fn a_wall_that_people_in_the_same_team_pass_is_found() {
    refuted(
        "site-wall",
        "forbid (principal, action, resource is Automation)
         unless { resource in principal.site || principal in resource.member_teams };
         forbid (principal, action, resource is Workspace) unless { resource in principal.site };
         forbid (principal, action, resource is Site) unless { resource == principal.site };",
    );
}

#[test]
fn somebody_inactive_who_edits_is_found() {
    refuted(
        "active",
        r#"forbid (principal, action, resource) unless { principal.active || action == Action::"view" };"#,
    );
}

#[test]
fn a_draft_of_nobody_that_all_see_is_found() {
    refuted(
        "draft-privacy",
        r#"
        forbid (principal, action == Action::"view-draft", resource)
        when { resource has draft_of && resource.draft_of != principal };
        "#,
    );
}

#[test]
fn admins_for_whom_the_footprint_is_no_matter_are_found() {
    refuted(
        "footprint",
        r#"
        forbid (principal, action, resource) when { context.must_hold && !context.holds_all }
        unless { action == Action::"disable" || principal in Role::"site-admin" };
        "#,
    );
}

/// Each floor keeps its own promise and no other: under a permit for all, only the promise of the missing floor falls.
#[test]
fn every_floor_is_needed_under_a_permit_for_all() {
    let mut prover = Prover::new().unwrap();
    for missing in PROMISES {
        let policies = instead_of(missing.floor, Preset::Mandate, PERMIT_ALL);
        for promise in PROMISES {
            let found = prover.beyond(&policies, promise.bound, promise.act).unwrap();
            assert_eq!(found.is_some(), promise.floor == missing.floor, "without {}: {}", missing.floor, promise.floor);
        }
    }
}

#[test]
fn without_one_run_as_at_most_others_consent_for_a_person() {
    let policies = in_force(Preset::Mandate, "").unwrap();
    let found = Prover::new().unwrap().beyond(&policies, A_PERSON_CONSENTS_ALONE, Act::Only("consent")).unwrap();
    assert!(found.is_some(), "the assumption about `run_as` is not needed: leave it out");
}

/// Owners in other presets, and narrowing as it slips: by an owner's own workflow, by a run_as who does more than stop, at making one.
#[test]
fn who_is_outside_of_a_workspace_and_has_a_right_is_found() {
    let mut prover = Prover::new().unwrap();
    for preset in Preset::ALL {
        let found = prover.beyond(&in_force(preset, "").unwrap(), INSIDE, Act::Any).unwrap();
        assert_eq!(found.is_none(), preset == Preset::Monday, "{preset}");
    }
    let narrowing = |unless: &str| {
        format!(
            "{PERMIT_ALL} forbid (principal, action, resource is Automation)
             when {{ resource has workspace && !resource.open }}
             unless {{ principal in [Role::\"site-admin\", Role::\"workspace-admin\"] || {unless} }};"
        )
    };
    for (unless, act) in [
        ("resource.managers.contains(principal)", Act::Only("edit")),
        ("(resource has run_as && resource.run_as == principal)", Act::Only("enable")),
        ("principal in resource.workspace", Act::Only("create")),
    ] {
        let policies = in_force(Preset::Mandate, &narrowing(unless)).unwrap();
        assert!(prover.beyond(&policies, INSIDE, act).unwrap().is_some(), "{unless}");
    }
}

#[test]
fn an_off_switch_that_the_footprint_blocks_is_found() {
    let floor = "forbid (principal, action, resource) when { context.must_hold && !context.holds_all };";
    let policies = instead_of("footprint", Preset::Mandate, floor);
    let found = Prover::new().unwrap().beyond(OWN_OFF_SWITCH, &policies, Act::Only("disable")).unwrap();
    assert!(found.is_some());
}

#[test]
fn an_act_of_nobody_is_found() {
    let policies = in_force(Preset::Mandate, r#"forbid (principal, action == Action::"create", resource is Site);"#);
    assert_eq!(Prover::new().unwrap().never_allowed(&policies.unwrap()).unwrap(), ["create of Site"]);
}

#[test]
fn an_act_that_there_is_not_proves_nothing() {
    let error = Prover::new().unwrap().beyond(PERMIT_ALL, PERMIT_ALL, Act::Only("edti")).unwrap_err();
    assert_eq!(error.to_string(), "no act is called `edti`");
}
