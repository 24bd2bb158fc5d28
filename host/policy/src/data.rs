//! Row and column policies of a platform's data.

use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Effect, Entities, Entity, PartialEntities, PartialEntityUid,
    PartialRequest, PolicyId, PolicySet, Request,
};
use mandate_model::Value;

use crate::load::{Loaded, Origin, load};
use crate::residual::{self, Outcome, rows::Rows};
use crate::slice::{self, said};
use crate::stack;
use crate::{ColumnRight, DataSchema, DatasetDef, Decision, Facts, Predicate, Right, Undecidable};

/// What is wrong with a policy file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct PolicyError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What, and what to do.
    pub message: String,
}

/// What partial evaluation leaves of each policy.
type Residuals = Vec<(PolicyId, Effect, Outcome)>;

/// Validated row and column policies.
#[derive(Debug, Clone)]
pub struct DataPolicies {
    schema: Arc<DataSchema>,
    loaded: Arc<Loaded>,
}

impl DataPolicies {
    /// Parses and strictly validates Cedar policies against the schema. All that is wrong, in order; nothing is loaded then.
    ///
    /// Refused are also: policies that can never apply (a hole where a rule was meant), templates, text with characters that
    /// make it run backwards, ids of columns, datasets and grants that the schema does not have, attributes or teams of
    /// anyone but the principal and the row (they are not known when a decision is made), and what no [`Predicate`] says of a
    /// row, such as arithmetic with its columns. The file may have 256 KiB, a policy
    /// 4096 characters outside of texts and comments, and 128 levels of nesting. What is wrong with the schema itself, such
    /// as a dataset called `in`, is reported at line 1, column 1.
    pub fn load(schema: &DataSchema, policies: &str) -> Result<Self, Vec<PolicyError>> {
        let loaded = Arc::new(load(schema, policies)?);
        Ok(Self { schema: Arc::new(schema.clone()), loaded })
    }

    /// The rows of `dataset` that the principal has `right` on: exactly those that [`DataPolicies::row`] allows, as long as
    /// cells fit their columns (a column that is not nullable holds no null). An unknown dataset has no rows.
    ///
    /// # Errors
    /// [`Undecidable`] if a policy errs whatever the row, if what it comes to for this principal is too large, or if the facts do
    /// not fit the schema: never for what a row holds. Rows for which a policy errs are not in the predicate.
    pub fn rows(&self, facts: &Facts, right: Right, dataset: &str) -> Result<Predicate, Undecidable> {
        stack::ask(|| self.rows_here(facts, right, dataset))
    }

    fn rows_here(&self, facts: &Facts, right: Right, dataset: &str) -> Result<Predicate, Undecidable> {
        let Some((dataset, set)) = self.set(right.as_str(), dataset) else { return Ok(Predicate::False) };
        let entities = slice::entities(&self.loaded.schema, [slice::principal(&self.schema, facts)?])?;
        let residuals = self.residuals(facts, right, dataset, set, entities)?;
        let always = residuals.iter().filter(|(.., outcome)| outcome.errs == Predicate::True);
        let always: Vec<_> = always.map(|(id, ..)| format!("policy `{}` errs for every row", self.name(id))).collect();
        if !always.is_empty() {
            return Err(Undecidable(always.join("; ")));
        }
        Ok(residual::allowed(residuals.iter().map(|(_, effect, outcome)| (*effect, outcome))))
    }

    /// Whether the principal has `right` on one row with these cells. A cell that is missing is null; one that does not fit
    /// its column denies; cells of columns that the dataset does not have are ignored.
    pub fn row(
        &self,
        facts: &Facts,
        right: Right,
        dataset: &str,
        id: &str,
        cells: &BTreeMap<String, Value>,
    ) -> Decision {
        let Some((dataset, set)) = self.set(right.as_str(), dataset) else { return unknown("dataset", dataset) };
        stack::ask(|| self.decide(facts, right.as_str(), set, slice::row(dataset, id, cells)?))
            .unwrap_or_else(|error| Decision::Deny(error.to_string()))
    }

    /// Whether the principal has `right` on a column. An unknown column is denied like a hidden one. Reading columns takes a
    /// grant to read the dataset; setting their cells one to update or to create.
    pub fn column(&self, facts: &Facts, right: ColumnRight, dataset: &str, column: &str) -> Decision {
        let Some((dataset, set)) = self.set(right.as_str(), dataset) else { return unknown("dataset", dataset) };
        if dataset.column(column).is_none() {
            return unknown("column", &format!("{}.{column}", dataset.name));
        }
        stack::ask(|| self.decide(facts, right.as_str(), set, slice::column(&dataset.name, column)?))
            .unwrap_or_else(|error| Decision::Deny(error.to_string()))
    }

    fn set(&self, action: &'static str, dataset: &str) -> Option<(&DatasetDef, &PolicySet)> {
        let set = self.loaded.sets.get(&(action, dataset.to_owned()))?;
        Some((self.schema.dataset(dataset)?, set))
    }

    /// One decision by Cedar over a slice. An error anywhere denies: Cedar itself would skip the policy, even a `forbid`.
    fn decide(&self, facts: &Facts, action: &str, set: &PolicySet, resource: Entity) -> Result<Decision, Undecidable> {
        let schema = &self.loaded.schema;
        let (principal, target) = (slice::principal(&self.schema, facts)?, resource.uid());
        let action = slice::uid("Action", action)?;
        let request = Request::new(principal.uid(), action, target, Context::empty(), Some(schema))
            .map_err(|error| Undecidable(said(&error)))?;
        let entities = slice::entities(schema, [principal, resource])?;
        let response = Authorizer::new().is_authorized(&request, set, &entities);
        let errors: Vec<_> = response.diagnostics().errors().map(|error| self.error(error)).collect();
        if !errors.is_empty() {
            return Err(Undecidable(errors.join("; ")));
        }
        Ok(match response.decision() {
            cedar_policy::Decision::Allow => Decision::Allow,
            cedar_policy::Decision::Deny => Decision::Deny(self.reason(response.diagnostics().reason())),
        })
    }

    /// Type-aware partial evaluation, an experimental part of Cedar: nothing else calls it, and [`DataPolicies::row`] gives
    /// the same answers without it.
    fn residuals(
        &self,
        facts: &Facts,
        right: Right,
        dataset: &DatasetDef,
        set: &PolicySet,
        entities: Entities,
    ) -> Result<Residuals, Undecidable> {
        let schema = &self.loaded.schema;
        let principal = PartialEntityUid::from_concrete(slice::principal_uid(&facts.id)?);
        let resource = PartialEntityUid::new(slice::uid(&dataset.name, "")?.type_name().clone(), None);
        let action = slice::uid("Action", right.as_str())?;
        let request = PartialRequest::new(principal, action, resource, Some(Context::empty()), schema)
            .map_err(|error| Undecidable(said(&error)))?;
        let entities = PartialEntities::from_concrete(entities, schema).map_err(|error| Undecidable(said(&error)))?;
        let response = set.tpe(&request, &entities, schema).map_err(|error| Undecidable(said(&error)))?;
        let beyond =
            |id: &PolicyId| Undecidable(format!("policy `{}` comes to too much for a predicate", self.name(id)));
        // All of them, also those that partial evaluation has decided: an error among them counts.
        let all = response.policies().map(|policy| {
            let outcome = policy.to_pst().ok().and_then(|tree| residual::policy(&Rows { facts, dataset }, &tree));
            Ok((policy.id().clone(), policy.effect(), outcome.ok_or_else(|| beyond(policy.id()))?))
        });
        all.collect()
    }

    fn error(&self, error: &AuthorizationError) -> String {
        match error {
            AuthorizationError::PolicyEvaluationError(error) => {
                format!("policy `{}`: {}", self.name(error.policy_id()), said(error.inner()))
            }
        }
    }

    /// Which grant is missing, which policies forbid, or that none permits.
    fn reason<'a>(&self, forbids: impl Iterator<Item = &'a PolicyId>) -> String {
        let (mut missing, mut named) = (Vec::new(), Vec::new());
        for id in forbids {
            match self.loaded.origins.get(id) {
                Some(Origin::Floor(grants)) => missing.push(format!("there is no grant {grants}")),
                _ => named.push(format!("policy `{}` forbids it", self.name(id))),
            }
        }
        named.sort();
        missing.extend(named);
        if missing.is_empty() { "no policy permits it".to_owned() } else { missing.join("; ") }
    }

    fn name(&self, id: &PolicyId) -> String {
        match self.loaded.origins.get(id) {
            Some(Origin::File(name)) => name.clone(),
            _ => id.to_string(),
        }
    }
}

fn unknown(what: &str, name: &str) -> Decision {
    Decision::Deny(format!("there is no {what} `{name}`"))
}
