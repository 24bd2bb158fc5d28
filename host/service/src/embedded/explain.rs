//! What somebody may do with a dataset, in words: what the policies come to for them now.

use mandate_model::{Failure, PrincipalId};
use mandate_policy::{ColumnRight, Grant, Predicate, Right};

use super::{
    db::{Embedded, unavailable},
    judge::Judge,
};

/// Rights on a dataset, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// For each right, the rows that it holds for: a condition, `every row`, or why there are none.
    pub rows: Vec<(Right, String)>,
    /// Columns that they see, in order.
    pub reads: Vec<String>,
    /// Columns that they may set, in order.
    pub writes: Vec<String>,
}

impl Embedded {
    /// Explains what `principal` may do with a dataset now; for the operator, who may know of any dataset.
    ///
    /// Errors: `Invalid` for an unknown dataset, `Denied` for who is unknown or deactivated.
    pub async fn explain(&self, principal: &PrincipalId, dataset: &str) -> Result<Explained, Failure> {
        let def = self.inner.schema.dataset(dataset);
        let def = def.ok_or_else(|| Failure::Invalid(format!("there is no dataset `{dataset}`")))?;
        let mut tx = self.inner.read().await.map_err(unavailable)?;
        let judge = Judge::load(&mut tx, &self.inner, principal).await?;
        let rows = |right| match judge.dataset(right, dataset).map(|def| judge.rows(right, def)) {
            Ok(Ok(Predicate::True)) => "every row".to_owned(),
            Ok(Ok(Predicate::False)) => "none: no policy permits any".to_owned(),
            Ok(Ok(predicate)) => format!("rows with {predicate}"),
            Ok(Err(failure)) => format!("none: {failure}"),
            Err(_) => format!("none: there is no grant to {}", Grant { right, dataset: dataset.to_owned() }),
        };
        let columns = |right| {
            let may = def.columns.iter().filter(|column| judge.column(right, def, &column.name).is_ok());
            may.map(|column| column.name.clone()).collect()
        };
        Ok(Explained {
            rows: Right::ALL.into_iter().map(|right| (right, rows(right))).collect(),
            reads: columns(ColumnRight::ReadColumn),
            writes: columns(ColumnRight::UpdateColumn),
        })
    }
}
