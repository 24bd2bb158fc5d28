//! One principal's rights at one moment: who they are and what they hold, with the policies. All decisions go through here.

use std::sync::Arc;

use mandate_model::{Failure, PrincipalId};
use mandate_policy::{
    ColumnDef, ColumnRight, DataPolicies, DataSchema, DatasetDef, Decision, Facts, Grant, Predicate, Right,
};
use sqlx::SqliteConnection;

use super::{
    db::{Inner, unavailable},
    directory, grants, predicate,
    record::Record,
    sql::Sql,
};

/// What one principal may do, as the transaction sees it.
pub(super) struct Judge<'a> {
    facts: Facts,
    policies: Arc<DataPolicies>,
    schema: &'a DataSchema,
}

impl<'a> Judge<'a> {
    /// The rights of `principal` now. Who is unknown or deactivated is denied everything.
    pub(super) async fn load(
        conn: &mut SqliteConnection,
        inner: &'a Inner,
        principal: &PrincipalId,
    ) -> Result<Self, Failure> {
        let entry = directory::entry(conn, inner, principal).await.map_err(unavailable)?;
        let entry = entry.ok_or_else(|| Failure::Denied(format!("`{principal}` is unknown or deactivated")))?;
        let facts = Facts {
            id: principal.clone(),
            attributes: entry.attributes,
            teams: grants::teams(conn, principal).await.map_err(unavailable)?,
            grants: grants::held(conn, principal).await.map_err(unavailable)?,
        };
        Ok(Self { facts, policies: inner.policies(conn).await?, schema: &inner.schema })
    }

    /// The dataset, if the principal has a grant of `right` on it; one that does not exist is denied alike.
    pub(super) fn dataset(&self, right: Right, name: &str) -> Result<&'a DatasetDef, Failure> {
        let grant = Grant { right, dataset: name.to_owned() };
        let held = self.facts.grants.contains(&grant);
        self.schema.dataset(name).filter(|_| held).ok_or_else(|| self.denied(right.as_str(), name, "no grant"))
    }

    /// The columns that the principal may see, in the dataset's order.
    pub(super) fn visible<'d>(&self, dataset: &'d DatasetDef) -> Vec<&'d ColumnDef> {
        let may = |column: &&ColumnDef| self.may_column(ColumnRight::ReadColumn, dataset, &column.name).is_allow();
        dataset.columns.iter().filter(may).collect()
    }

    /// The column, if the principal has the right on it; one that does not exist is denied alike.
    pub(super) fn column<'d>(
        &self,
        right: ColumnRight,
        dataset: &'d DatasetDef,
        name: &str,
    ) -> Result<&'d ColumnDef, Failure> {
        let resource = format!("{}.{name}", dataset.name);
        let column = dataset.column(name).ok_or_else(|| self.denied(right.as_str(), &resource, "no such column"))?;
        match self.may_column(right, dataset, name) {
            Decision::Allow => Ok(column),
            Decision::Deny(reason) => Err(self.denied(right.as_str(), &resource, &reason)),
        }
    }

    /// Whether the principal has the right on the column; why that cannot be decided, if it cannot.
    pub(super) fn holds_column(&self, right: ColumnRight, dataset: &DatasetDef, name: &str) -> Result<bool, String> {
        match self.may_column(right, dataset, name) {
            Decision::Deny(reason) if Decision::Deny(reason.clone()).is_undecided() => Err(reason),
            decision => Ok(decision.is_allow()),
        }
    }

    fn may_column(&self, right: ColumnRight, dataset: &DatasetDef, name: &str) -> Decision {
        self.policies.column(&self.facts, right, &dataset.name, name)
    }

    /// The rows that the principal has `right` on. What cannot be decided is denied.
    pub(super) fn rows(&self, right: Right, dataset: &DatasetDef) -> Result<Predicate, Failure> {
        let rows = self.policies.rows(&self.facts, right, &dataset.name);
        rows.map_err(|problem| self.denied(right.as_str(), &dataset.name, &problem.to_string()))
    }

    /// The same as a condition of a query. That it is too large depends on the policies and on who asks, never on a row.
    pub(super) fn condition(&self, right: Right, dataset: &DatasetDef) -> Result<Sql, Failure> {
        let rows = self.rows(right, dataset)?;
        let too_large =
            || self.denied(right.as_str(), &dataset.name, "cannot decide: the policies come to too much for SQL");
        predicate::render(&rows, dataset).ok_or_else(too_large)
    }

    /// Whether the principal has `right` on this row.
    pub(super) fn may(&self, right: Right, dataset: &DatasetDef, record: &Record) -> bool {
        self.row(right, dataset, record).is_ok()
    }

    /// Denied unless the principal has `right` on this row.
    pub(super) fn row(&self, right: Right, dataset: &DatasetDef, record: &Record) -> Result<(), Failure> {
        match self.policies.row(&self.facts, right, &dataset.name, &record.id, &record.cells) {
            Decision::Allow => Ok(()),
            Decision::Deny(reason) => Err(self.denied(right.as_str(), &row_name(dataset, &record.id), &reason)),
        }
    }

    /// A denial, with principal, right and resource for the journal.
    pub(super) fn denied(&self, right: &str, resource: &str, reason: &str) -> Failure {
        Failure::Denied(format!("`{}` may not {right} `{resource}`: {reason}", self.facts.id))
    }
}

/// A row as reasons name it.
pub(super) fn row_name(dataset: &DatasetDef, id: &str) -> String {
    format!("{}/{id}", dataset.name)
}
