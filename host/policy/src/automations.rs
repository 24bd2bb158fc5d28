//! Who may do what to an automation.
//!
//! Three layers, all Cedar: *floors* (`floors.cedar`), which forbid and which nothing lifts; *rules* (`rules.cedar`), which
//! permit, some always and some where the settings of a site say so; and the site's own policies, which permit and forbid.
//! What none permits is denied, and so is what cannot be decided. A policy may say why with `@because`.

mod listing;
mod load;
mod question;
mod slice;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy::{AuthorizationError, Authorizer, Policy, PolicyId, PolicySet, Request};
use mandate_model::PrincipalKind;

use crate::slice::{entities, said, uid};
use crate::{Decision, PolicyError, Undecidable, stack};
pub use listing::Outlook;
use load::Loaded;
pub use question::{Actor, Circumstances, Target};
pub use words::{Act, Permission, Rule};

/// The policies of a site about its automations, validated.
#[derive(Debug, Clone)]
pub struct AutomationPolicies {
    loaded: Arc<Loaded>,
}

impl AutomationPolicies {
    /// What policies about automations may speak of: the Cedar schema of every question.
    pub const SCHEMA: &str = load::SCHEMA;

    /// Turns on these built-in rules, and parses and strictly validates the site's own policies; all that is wrong, in order.
    ///
    /// Refused is what [`DataPolicies::load`](crate::DataPolicies::load) refuses (policies that can never apply, templates,
    /// questions about anyone but the two that are known, what is too long or nested too deep), names of automations, and
    /// the `@id` of a built-in policy.
    pub fn load(rules: &BTreeSet<Rule>, custom: &str) -> Result<Self, Vec<PolicyError>> {
        Ok(Self { loaded: Arc::new(load::load(rules, custom)?) })
    }

    /// All that is in force, as Cedar: the floors, the rules that are on, and the site's own policies.
    pub fn text(&self) -> String {
        let policies: Vec<_> = self.loaded.all.policies().map(Policy::to_string).collect();
        policies.join("\n\n")
    }

    /// Whether the actor may do it. A no says which policies forbid it and why, that none permits it, or "cannot decide".
    ///
    /// Whom an automation runs as is not kept from turning it off by any policy of the site, not even by one that errs.
    pub fn decide(&self, act: Act, actor: &Actor, target: &Target, circumstances: &Circumstances) -> Decision {
        if actor.id.kind() != PrincipalKind::User {
            return Decision::Deny(format!("only people act on automations: `{}` is none", actor.id));
        }
        let question = Question { act, actor, target, circumstances };
        stack::ask(|| self.answer(&question)).unwrap_or_else(|error| Decision::Deny(error.to_string()))
    }

    fn answer(&self, question: &Question) -> Result<Decision, Undecidable> {
        let stops_own = question.act == Act::Disable && question.target.run_as.as_ref() == Some(&question.actor.id);
        let set = if stops_own { &self.loaded.constant } else { &self.loaded.all };
        let may_view = match question.act {
            Act::ViewHistory => Some(self.ask(set, &Question { act: Act::View, ..*question }, None)?.is_allow()),
            _ => None,
        };
        self.ask(set, question, may_view)
    }

    /// One decision by Cedar. An error anywhere denies: Cedar itself would skip the policy, even a `forbid`.
    fn ask(&self, set: &PolicySet, question: &Question, may_view: Option<bool>) -> Result<Decision, Undecidable> {
        let schema = &self.loaded.built_in.schema;
        let person = slice::person(question.actor)?;
        let resource = slice::resource(question.act, question.target)?;
        let action = uid("Action", question.act.as_str())?;
        let context = slice::context(*question.circumstances, may_view)?;
        let request = Request::new(person.uid(), action, resource.uid(), context, Some(schema))
            .map_err(|error| Undecidable(said(&error)))?;
        let response = Authorizer::new().is_authorized(&request, set, &entities(schema, [person, resource])?);
        let errors: Vec<_> = response.diagnostics().errors().map(|error| self.error(error)).collect();
        if !errors.is_empty() {
            return Err(Undecidable(errors.join("; ")));
        }
        Ok(match response.decision() {
            cedar_policy::Decision::Allow => Decision::Allow,
            cedar_policy::Decision::Deny => Decision::Deny(self.reason(response.diagnostics().reason())),
        })
    }

    fn error(&self, error: &AuthorizationError) -> String {
        let AuthorizationError::PolicyEvaluationError(error) = error;
        format!("policy `{}`: {}", self.name(error.policy_id()), said(error.inner()))
    }

    /// Which policies forbid, and why; or that none permits.
    fn reason<'a>(&self, forbids: impl Iterator<Item = &'a PolicyId>) -> String {
        let said = forbids.map(|id| {
            let because = self.loaded.origins.get(id).and_then(|origin| origin.because.as_deref());
            let because = because.map_or_else(String::new, |because| format!(": {because}"));
            format!("policy `{}` forbids it{because}", self.name(id))
        });
        let mut said: Vec<_> = said.collect();
        said.sort();
        if said.is_empty() { "no policy permits it".to_owned() } else { said.join("; ") }
    }

    fn name(&self, id: &PolicyId) -> String {
        self.loaded.origins.get(id).map_or_else(|| id.to_string(), |origin| origin.name.clone())
    }
}

/// All of one question.
#[derive(Clone, Copy)]
struct Question<'a> {
    act: Act,
    actor: &'a Actor,
    target: &'a Target,
    circumstances: &'a Circumstances,
}
