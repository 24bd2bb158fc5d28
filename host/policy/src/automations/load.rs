//! What is in force: the floors, the built-in rules that are on, and the policies of the site.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::LazyLock;

use cedar_policy::{EntityUid, Policy, PolicyId, PolicySet, Schema, ValidationError, pst};

use super::Rule;
use crate::PolicyError;
use crate::load::{Dialect, name, no_principal, validated};
use crate::slice::said;
use crate::stack;

pub(super) const SCHEMA: &str = include_str!("schema.cedarschema");
pub(super) const FLOORS: &str = include_str!("floors.cedar");
pub(super) const RULES: &str = include_str!("rules.cedar");

/// Ids in `rules.cedar` that no setting turns off.
pub(super) const ALWAYS: [&str; 5] = ["run-as-sees", "run-as-turns-off", "run-as-consents", "own-draft", "role-gives"];

/// Said of any deeper dereference.
const OTHERS: &str = "only what the person who asks and the automation are and are in is known, not what anybody else is: \
    write `principal in …`, compare with `==`, or ask `[…].contains(…)`";

/// How a policy is spoken of.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// Its `@id`, else `policyN`, counted from 0.
    pub(super) name: String,
    /// Its `@because`.
    pub(super) because: Option<String>,
}

/// What is the same for every site; parsed once.
#[derive(Debug)]
pub(super) struct BuiltIn {
    pub(super) schema: Schema,
    floors: PolicySet,
    rules: PolicySet,
}

static BUILT_IN: LazyLock<Result<BuiltIn, PolicyError>> = LazyLock::new(built_in);

fn built_in() -> Result<BuiltIn, PolicyError> {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|error| ours("schema", &error))?;
    let floors = PolicySet::from_str(FLOORS).map_err(|errors| ours("floors", &errors))?;
    let rules = PolicySet::from_str(RULES).map_err(|errors| ours("rules", &errors))?;
    Ok(BuiltIn { schema, floors, rules })
}

/// An error that is no fault of the site.
fn ours(what: &str, error: &dyn std::error::Error) -> PolicyError {
    let message = format!("the built-in {what} cannot be loaded: {}", said(error));
    PolicyError { line: 1, column: 1, message }
}

/// What comes out of loading.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) built_in: &'static BuiltIn,
    /// Floors and what is always on.
    pub(super) constant: PolicySet,
    /// Everything.
    pub(super) all: PolicySet,
    pub(super) origins: BTreeMap<PolicyId, Origin>,
}

pub(super) fn load(rules: &BTreeSet<Rule>, custom: &str) -> Result<Loaded, Vec<PolicyError>> {
    stack::load(|| load_here(rules, custom))
}

fn load_here(rules: &BTreeSet<Rule>, custom: &str) -> Result<Loaded, Vec<PolicyError>> {
    let built_in = BUILT_IN.as_ref().map_err(|error| vec![error.clone()])?;
    let taken = built_in.floors.policies().chain(built_in.rules.policies()).map(name).collect();
    let custom = validated(&built_in.schema, &Custom { taken }, custom)?;

    let is_on = |rule: &&Policy| Rule::parse(&name(rule)).is_some_and(|rule| rules.contains(&rule));
    let always = built_in.rules.policies().filter(|rule| ALWAYS.contains(&name(rule).as_str()));
    let constant = renamed("floor", built_in.floors.policies()).chain(renamed("constant", always));
    let constant: Vec<_> = constant.collect();
    let switched = renamed("rule", built_in.rules.policies().filter(is_on));
    let all: Vec<_> = constant.iter().cloned().chain(switched).chain(custom.policies().cloned()).collect();

    let origins = all.iter().map(|policy| (policy.id().clone(), origin(policy))).collect();
    let set = |policies| PolicySet::from_policies(policies).map_err(|error| vec![ours("policies", &error)]);
    Ok(Loaded { constant: set(constant)?, all: set(all)?, built_in, origins })
}

/// The parser names policies `policyN` in each text: ours get other ids, so that no two are the same.
fn renamed<'a>(prefix: &'a str, all: impl Iterator<Item = &'a Policy>) -> impl Iterator<Item = Policy> {
    all.map(move |policy| policy.new_id(PolicyId::new(format!("{prefix} {}", policy.id()))))
}

fn origin(policy: &Policy) -> Origin {
    Origin { name: name(policy), because: policy.annotation("because").map(str::to_owned) }
}

/// What is refused in the policies of a site.
struct Custom {
    /// Ids of built-in policies, on or off.
    taken: BTreeSet<String>,
}

impl Dialect for Custom {
    fn reword(&self, error: &ValidationError, _message: &str) -> Option<String> {
        matches!(error, ValidationError::EntityDerefLevelViolation(_)).then(|| OTHERS.to_owned())
    }

    fn names_nothing(&self, uid: &EntityUid) -> Option<String> {
        match uid.type_name().to_string().as_str() {
            "Automation" => Some(format!("`{uid}`: policies do not name automations; say what they have in common")),
            "Role" | "Workspace" if uid.id().unescaped().is_empty() => Some(format!("`{uid}` has no name")),
            _ => no_principal(uid),
        }
    }

    fn refuse(&self, policy: &Policy, _: Option<&pst::Policy>) -> Option<String> {
        let name = name(policy);
        self.taken.contains(&name).then(|| format!("`{name}` is the id of a built-in policy; choose another"))
    }
}
