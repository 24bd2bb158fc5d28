//! What is proven, for each preset.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use mandate_governance::preset::Preset;
use mandate_policy::{AutomationPolicies, Rule};
use mandate_proofs::promise::{
    A_PERSON_CONSENTS_ALONE, INSIDE, ONE_RUN_AS, OWN_OFF_SWITCH, PROMISES, Promise, editors, narrowed,
};
use mandate_proofs::{Act, PERMIT_ALL, Prover, in_force};

/// Fails with the request that `policies` allow and `bound` does not.
#[track_caller]
fn within(prover: &mut Prover, about: &str, policies: &str, bound: &str, act: Act) {
    if let Some(found) = prover.beyond(policies, bound, act).unwrap() {
        panic!("{about}: not so:\n{found}");
    }
}

/// The floors and the rules that no setting turns off.
fn always_on() -> String {
    AutomationPolicies::load(&[].into(), "").unwrap().text()
}

fn promises_hold(prover: &mut Prover, about: &str, policies: &str) {
    for Promise { floor, act, bound } in PROMISES {
        within(prover, &format!("{about}, {floor}"), policies, bound, *act);
    }
}

#[test]
fn no_built_in_policy_errs() {
    // An error belongs to one policy: what holds with all rules on holds with those of each preset.
    let all = AutomationPolicies::load(&Rule::ALL.iter().copied().collect(), "").unwrap().text();
    let found = Prover::new().unwrap().error(&all).unwrap();
    assert!(found.is_none(), "{}", found.unwrap());
}

#[test]
fn who_edits_manages_and_whoever_manages_edits() {
    let mut prover = Prover::new().unwrap();
    for preset in Preset::ALL {
        let policies = in_force(preset, "").unwrap();
        let editors = format!("{}{}", editors(preset).concat(), narrowed(preset));
        within(&mut prover, &format!("{preset}, edits"), &policies, &editors, Act::Only("edit"));
        // With the floors alone and this bound as the site's permits, nothing is allowed that the preset does not allow.
        let floors = AutomationPolicies::load(&[].into(), &editors).unwrap().text();
        within(&mut prover, &format!("{preset}, may edit"), &floors, &policies, Act::Only("edit"));
    }
}

#[test]
fn floors_hold() {
    let mut prover = Prover::new().unwrap();
    promises_hold(&mut prover, "what is always on", &always_on());
    for preset in Preset::ALL {
        promises_hold(&mut prover, preset.as_str(), &in_force(preset, "").unwrap());
    }
}

#[test]
fn floors_hold_whatever_a_site_permits() {
    let mut prover = Prover::new().unwrap();
    for preset in Preset::ALL {
        promises_hold(&mut prover, preset.as_str(), &in_force(preset, PERMIT_ALL).unwrap());
    }
}

#[test]
fn for_a_person_nobody_else_consents() {
    let mut prover = Prover::new().unwrap();
    for preset in Preset::ALL {
        let policies = in_force(preset, &format!("{PERMIT_ALL}{ONE_RUN_AS}")).unwrap();
        within(&mut prover, &format!("{preset}"), &policies, A_PERSON_CONSENTS_ALONE, Act::Only("consent"));
    }
}

#[test]
fn where_workspaces_narrow_who_is_outside_has_no_right() {
    let mut prover = Prover::new().unwrap();
    let narrowing = AutomationPolicies::load(&[Rule::WorkspaceNarrows].into(), PERMIT_ALL).unwrap().text();
    within(&mut prover, "the rule alone", &narrowing, INSIDE, Act::Any);
    for custom in ["", PERMIT_ALL] {
        within(&mut prover, "monday", &in_force(Preset::Monday, custom).unwrap(), INSIDE, Act::Any);
    }
}

#[test]
fn whom_it_runs_as_turns_it_off() {
    // Asked of what is always on: for this question the host leaves the site's rules and policies out.
    within(&mut Prover::new().unwrap(), "off switch", OWN_OFF_SWITCH, &always_on(), Act::Only("disable"));
}

/// A bound on what nobody may do would prove nothing. Who may do it is found in the preset itself, for every act.
#[test]
fn every_act_is_possible() {
    let mut prover = Prover::new().unwrap();
    for preset in Preset::ALL {
        let policies = in_force(preset, "").unwrap();
        assert_eq!(prover.never_allowed(&policies).unwrap(), Vec::<String>::new(), "{preset}");
    }
}
