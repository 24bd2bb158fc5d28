//! What is refused before anything is asked: names, parse errors, templates, types, reach, and literals that name nothing.

use std::collections::BTreeMap;
use std::str::FromStr;

use cedar_policy::ffi::DetailedError;
use cedar_policy::{
    ActionConstraint, EntityUid, Policy, PolicyId, PolicySet, ResourceConstraint, Schema, ValidationError,
    ValidationMode, ValidationWarning, Validator, pst,
};
use mandate_model::PrincipalId;

use crate::sayable;
use crate::slice::said;
use crate::stack::{self, MAX_NESTING, MAX_TEXT};
use crate::{ColumnRight, DataSchema, DatasetDef, Grant, PolicyError, Right, cedar_schema};

/// The only dereference is that of the principal and of the row: the attributes and teams of anyone else are not in a slice.
const LEVEL: u32 = 1;

/// What to do about nesting.
const SPLIT: &str = "use `[…].contains(…)` for long lists, or make several policies of it";

/// Said of any deeper dereference.
const OTHERS: &str = "only the teams and attributes of the principal are known, not those of anyone in a cell or named in \
    the policy: write `principal in …`, compare the cell with `==`, or ask `[…].contains(the cell)`";

/// How a policy is spoken of.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// A floor: the grants of which one is needed.
    Floor(String),
    /// A policy of the file: its `@id`, else `policyN`, counted from 0.
    File(String),
}

/// What comes out of loading.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) schema: Schema,
    /// By (action, dataset): the floor, and the policies whose scope can match.
    pub(crate) sets: BTreeMap<(&'static str, String), PolicySet>,
    pub(crate) origins: BTreeMap<PolicyId, Origin>,
}

/// Loads everything, or says all that is wrong, in order.
pub(crate) fn load(schema: &DataSchema, text: &str) -> Result<Loaded, Vec<PolicyError>> {
    stack::load(|| load_here(schema, text))
}

fn load_here(schema: &DataSchema, text: &str) -> Result<Loaded, Vec<PolicyError>> {
    let names = cedar_schema::check(schema);
    if !names.is_empty() {
        return Err(names.into_iter().map(|message| at(text, 0, message)).collect());
    }
    let (cedar, _) = Schema::from_cedarschema_str(&cedar_schema::text(schema))
        .map_err(|error| vec![at(text, 0, format!("the schema does not become a Cedar schema: {}", said(&error)))])?;
    let policies = validated(&cedar, schema, text)?;
    let mut origins: BTreeMap<_, _> = policies.policies().map(|policy| (policy.id().clone(), origin(policy))).collect();
    let sets = sets(schema, &policies, &mut origins).map_err(|message| vec![at(text, 0, message)])?;
    Ok(Loaded { schema: cedar, sets, origins })
}

fn origin(policy: &Policy) -> Origin {
    Origin::File(name(policy))
}

/// How a policy is spoken of: its `@id`, else `policyN`.
pub(crate) fn name(policy: &Policy) -> String {
    policy.annotation("id").map_or_else(|| policy.id().to_string(), str::to_owned)
}

/// What one kind of policies knows that Cedar does not.
pub(crate) trait Dialect {
    /// A validation error in better words, where it is known what was meant.
    fn reword(&self, error: &ValidationError, message: &str) -> Option<String>;

    /// What is wrong with an id that Cedar cannot check: a slip there would make a `forbid` void.
    fn names_nothing(&self, uid: &EntityUid) -> Option<String>;

    /// What is wrong with a policy as a whole; `tree`: its syntax, if it is valid.
    fn refuse(&self, policy: &Policy, tree: Option<&pst::Policy>) -> Option<String>;
}

/// The policies of a text that anybody may have written, or all that is wrong with them, in order.
pub(crate) fn validated(cedar: &Schema, dialect: &dyn Dialect, text: &str) -> Result<PolicySet, Vec<PolicyError>> {
    if text.len() > MAX_TEXT {
        let message = format!("the policies are longer than {MAX_TEXT} bytes; say more with each, such as with sets");
        return Err(vec![at(text, 0, message)]);
    }
    if let Some((offset, what)) = stack::too_much(text) {
        return Err(vec![at(text, offset, format!("{what}; {SPLIT}"))]);
    }
    let policies = PolicySet::from_str(text)
        .map_err(|errors| sorted(errors.iter().map(|error| located(text, &DetailedError::from(error))).collect()))?;
    let wrong = sorted(check(cedar, dialect, &policies, text));
    if wrong.is_empty() { Ok(policies) } else { Err(wrong) }
}

fn check(cedar: &Schema, dialect: &dyn Dialect, policies: &PolicySet, text: &str) -> Vec<PolicyError> {
    let mut wrong: Vec<_> = ["?principal", "?resource"]
        .into_iter()
        .filter(|_| policies.num_of_templates() > 0)
        .filter_map(|slot| text.find(slot).map(|offset| (slot, offset)))
        .map(|(slot, offset)| at(text, offset, format!("templates are no part of policies: replace `{slot}`")))
        .collect();
    let result = Validator::new(cedar.clone()).validate_with_level(policies, ValidationMode::Strict, LEVEL);
    wrong.extend(result.validation_errors().map(|error| {
        let located = located(text, &DetailedError::from(error));
        let message = dialect.reword(error, &located.message).unwrap_or(located.message);
        PolicyError { message, ..located }
    }));
    if wrong.is_empty() {
        // What is not valid never applies either: that would only be said twice.
        wrong.extend(result.validation_warnings().filter_map(|warning| fault(text, warning)));
    }
    let (valid, mut next) = (wrong.is_empty(), 0);
    for policy in policies.policies() {
        // Policies print as they were written, in order.
        let written = policy.to_string();
        let from = text.get(next..).and_then(|rest| rest.find(&written)).map_or(next, |offset| next + offset);
        next = from + written.len();
        let tree = policy.to_pst();
        if tree.as_ref().map_or(usize::MAX, stack::nesting) > MAX_NESTING {
            wrong.push(at(text, from, format!("this policy is nested more than {MAX_NESTING} deep; {SPLIT}")));
        }
        let tree = tree.ok().filter(|_| valid);
        wrong.extend(dialect.refuse(policy, tree.as_ref()).map(|message| at(text, from, message)));
        for uid in policy.entity_literals() {
            wrong.extend(dialect.names_nothing(&uid).map(|message| {
                let shown = format!("\"{}\"", uid.id().escaped());
                let offset = text.get(from..).and_then(|rest| rest.find(&shown)).unwrap_or(0);
                at(text, from + offset, message)
            }));
        }
    }
    wrong
}

/// A policy that can never apply is a hole where a rule was meant; text that runs backwards hides what it says. Mixed
/// scripts are left alone: names of places and products have them.
fn fault(text: &str, warning: &ValidationWarning) -> Option<PolicyError> {
    let error = located(text, &DetailedError::from(warning));
    match warning {
        ValidationWarning::ImpossiblePolicy(_) | ValidationWarning::InvalidActionApplication(_) => {
            let message = "this policy can never apply: its scope and conditions fit no request; correct or remove it";
            Some(PolicyError { message: message.to_owned(), ..error })
        }
        ValidationWarning::BidiCharsInString(_) | ValidationWarning::BidiCharsInIdentifier(_) => Some(error),
        _ => None,
    }
}

/// Cedar says this once for teams and once for sites, and not what to do.
fn is_of_users(message: &str, attribute: &str) -> bool {
    ["Team", "Site"]
        .iter()
        .any(|kind| message.starts_with(&format!("attribute `{attribute}` on entity type `{kind}` not found")))
}

fn only_users(attribute: &str) -> String {
    format!("only users have `{attribute}`: write `principal is User` in the scope, or before it with `&&`")
}

impl Dialect for DataSchema {
    fn reword(&self, error: &ValidationError, message: &str) -> Option<String> {
        if matches!(error, ValidationError::EntityDerefLevelViolation(_)) {
            return Some(OTHERS.to_owned());
        }
        let users_only = self.attributes.iter().find(|attribute| is_of_users(message, &attribute.name));
        users_only.map(|attribute| only_users(&attribute.name))
    }

    fn refuse(&self, _: &Policy, tree: Option<&pst::Policy>) -> Option<String> {
        let part = sayable::unsayable(self, tree?)?;
        Some(format!("`{part}` {}", sayable::HOW))
    }

    fn names_nothing(&self, uid: &EntityUid) -> Option<String> {
        let id = uid.id().unescaped();
        let column = || {
            let (dataset, column) = id.split_once('.')?;
            self.dataset(dataset)?.column(column)
        };
        let grant = || {
            let (right, dataset) = id.split_once(' ')?;
            Right::parse(right).and(self.dataset(dataset))
        };
        let (fine, expected) = match uid.type_name().to_string().as_str() {
            "Column" => (column().is_some(), "a column of the schema, such as `Column::\"deals.amount\"`"),
            "Dataset" => (self.dataset(id).is_some(), "a dataset of the schema, such as `Dataset::\"deals\"`"),
            "Grant" => (grant().is_some(), "a right and a dataset of the schema, such as `Grant::\"update deals\"`"),
            _ => return no_principal(uid),
        };
        (!fine).then(|| format!("`{uid}` is not {expected}"))
    }
}

/// What is wrong with the name of a user, team or site.
pub(crate) fn no_principal(uid: &EntityUid) -> Option<String> {
    let (kind, expected) = match uid.type_name().to_string().as_str() {
        "User" => ("user", "the name of a user, such as `User::\"ana\"` for `user:ana`"),
        "Team" => ("team", "the name of a team, such as `Team::\"emea\"` for `team:emea`"),
        "Site" => ("site", "the name of a site, such as `Site::\"acme\"` for `site:acme`"),
        _ => return None,
    };
    let named = PrincipalId::parse(&format!("{kind}:{}", uid.id().unescaped())).is_ok();
    (!named).then(|| format!("`{uid}` is not {expected}"))
}

/// The policies of each question: one whose scope cannot match is false without an error, so leaving it out changes nothing.
fn sets(
    schema: &DataSchema,
    policies: &PolicySet,
    origins: &mut BTreeMap<PolicyId, Origin>,
) -> Result<BTreeMap<(&'static str, String), PolicySet>, String> {
    let mut sets = BTreeMap::new();
    for dataset in &schema.datasets {
        let rows = Right::ALL.map(|right| (right.as_str(), dataset.name.as_str(), vec![right]));
        let columns = [
            (ColumnRight::ReadColumn.as_str(), "Column", vec![Right::Read]),
            (ColumnRight::UpdateColumn.as_str(), "Column", vec![Right::Update, Right::Create]),
        ];
        for (action, resource, rights) in rows.into_iter().chain(columns) {
            let floor = floor(dataset, action, resource, &rights, origins)?;
            let all = policies.policies().filter(|policy| may_match(policy, action, resource)).cloned();
            let set = PolicySet::from_policies(all.chain([floor])).map_err(|error| said(&error))?;
            sets.insert((action, dataset.name.clone()), set);
        }
    }
    Ok(sets)
}

/// The `forbid` that no policy can lift: no right without a grant.
fn floor(
    dataset: &DatasetDef,
    action: &str,
    resource: &str,
    rights: &[Right],
    origins: &mut BTreeMap<PolicyId, Origin>,
) -> Result<Policy, String> {
    let grants = rights.iter().map(|right| Grant { right: *right, dataset: dataset.name.clone() }.to_string());
    let grants: Vec<_> = grants.collect();
    let needed: Vec<_> = grants.iter().map(|grant| format!("principal in Grant::\"{grant}\"")).collect();
    let text = format!(
        "forbid (principal, action == Action::\"{action}\", resource is {resource}) unless {{ {} }};",
        needed.join(" || ")
    );
    // The parser names policies `policyN`: this cannot be one of the file's.
    let id = PolicyId::new(format!("floor {action} {}", dataset.name));
    let grants: Vec<_> = grants.iter().map(|grant| format!("`{grant}`")).collect();
    origins.insert(id.clone(), Origin::Floor(grants.join(" or ")));
    Policy::parse(Some(id), text).map_err(|errors| said(&errors))
}

fn may_match(policy: &Policy, action: &str, resource: &str) -> bool {
    let same = |uid: &EntityUid| uid.id().unescaped() == action;
    let action = match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(uid) => same(&uid),
        ActionConstraint::In(uids) => uids.iter().any(same),
    };
    let resource = match policy.resource_constraint() {
        ResourceConstraint::Is(name) | ResourceConstraint::IsIn(name, _) => name.basename() == resource,
        ResourceConstraint::Eq(uid) => uid.type_name().basename() == resource,
        // What is in what is for Cedar to say.
        ResourceConstraint::Any | ResourceConstraint::In(_) => true,
    };
    action && resource
}

fn located(text: &str, error: &DetailedError) -> PolicyError {
    let start = error.source_locations.iter().map(|label| label.loc.start).min().unwrap_or(0);
    let labels = error.source_locations.iter().filter_map(|label| label.label.clone());
    // The place says which policy it is.
    let message = error.message.strip_prefix("for policy `").and_then(|rest| rest.split_once('`'));
    let message = message.and_then(|(_, rest)| rest.strip_prefix(", ").or(rest.strip_prefix(": ")));
    let mut message = message.unwrap_or(&error.message).to_owned();
    for more in labels.chain(error.help.clone()).filter(|more| !more.is_empty()) {
        message = format!("{message}; {more}");
    }
    at(text, start, message)
}

/// A fault at a byte of the text, counted in lines and characters.
fn at(text: &str, offset: usize, message: String) -> PolicyError {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    PolicyError { line, column, message }
}

fn sorted(mut errors: Vec<PolicyError>) -> Vec<PolicyError> {
    errors.sort_by(|one, other| (one.line, one.column, &one.message).cmp(&(other.line, other.column, &other.message)));
    errors.dedup();
    errors
}
