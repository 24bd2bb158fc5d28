//! The built-in files: valid, complete, and no rule without its word.

use std::collections::BTreeSet;
use std::str::FromStr;

use cedar_policy::{PolicySet, Schema, ValidationMode, Validator};

use super::load::{ALWAYS, FLOORS, RULES, SCHEMA};
use super::{Act, AutomationPolicies, Permission, Rule};
use crate::load::name;

fn schema() -> Schema {
    Schema::from_cedarschema_str(SCHEMA).unwrap().0
}

fn names(text: &str) -> BTreeSet<String> {
    PolicySet::from_str(text).unwrap().policies().map(name).collect()
}

#[test]
fn what_is_built_in_is_valid() {
    for text in [FLOORS, RULES] {
        let set = PolicySet::from_str(text).unwrap();
        let result = Validator::new(schema()).validate_with_level(&set, ValidationMode::Strict, 1);
        assert!(result.validation_passed_without_warnings(), "{result}");
    }
}

#[test]
fn each_rule_has_policies_and_each_policy_a_rule() {
    let words = Rule::ALL.iter().map(|rule| rule.as_str()).chain(ALWAYS).map(str::to_owned);
    assert_eq!(names(RULES), words.collect());
    let floors = ["site-wall", "active", "consent", "draft-privacy", "footprint"];
    assert_eq!(names(FLOORS), floors.map(str::to_owned).into());
}

#[test]
fn floors_forbid_with_a_reason_and_all_rules_but_one_permit() {
    for (text, floor) in [(FLOORS, true), (RULES, false)] {
        for policy in PolicySet::from_str(text).unwrap().policies() {
            let name = name(policy);
            let forbids = policy.effect() == cedar_policy::Effect::Forbid;
            assert_eq!(forbids, floor || name == Rule::WorkspaceNarrows.as_str(), "{name}");
            assert_eq!(policy.annotation("because").is_some(), forbids, "{name}");
        }
    }
}

#[test]
fn the_text_is_what_is_in_force() {
    let custom = "@id(\"ours\")\npermit (principal, action, resource);";
    let text = AutomationPolicies::load(&BTreeSet::from([Rule::ViewAll]), custom).unwrap().text();
    let expected = names(FLOORS).into_iter().chain(ALWAYS.map(str::to_owned));
    assert_eq!(names(&text), expected.chain(["view-all", "ours"].map(str::to_owned)).collect());
    let count = |text: &str| PolicySet::from_str(text).unwrap().policies().count();
    let on = |policy: &&cedar_policy::Policy| ALWAYS.contains(&name(policy).as_str());
    let always = PolicySet::from_str(RULES).unwrap().policies().filter(on).count();
    assert_eq!(count(&text), count(FLOORS) + always + 2, "each rule but `view-all` is off");
}

#[test]
fn the_schema_has_every_act_and_permission() {
    let schema = schema();
    let actions: BTreeSet<_> = schema.actions().map(|uid| uid.id().unescaped().to_owned()).collect();
    let acts = Act::ALL.iter().map(|act| act.as_str()).chain(["manage"]).map(str::to_owned);
    assert_eq!(actions, acts.collect());
    let ask = |permission: &str| {
        let policy = format!("permit (principal in Permission::\"{permission}\", action, resource);");
        AutomationPolicies::load(&BTreeSet::new(), &policy)
    };
    for permission in Permission::ALL {
        ask(permission.as_str()).unwrap_or_else(|errors| panic!("{permission}: {errors:?}"));
    }
    assert!(ask("edti").is_err());
}
