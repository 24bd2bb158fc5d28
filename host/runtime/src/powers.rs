//! The powers: one file for each interface of `wit/`, with the same name.
//!
//! Each function does the same: find the authority behind the handle, compare with the automation's powers, ask the platform as
//! the principal, write it down. What is outside the powers is `denied`, like what is outside the principal's rights.

mod authority;
mod files;
mod files_write;
mod log;
mod operations;
mod rows;
mod rows_write;
mod stage;
mod types;

use mandate_model::{ColumnSet, Failure, Resource as Source};

/// One row, as what a question is about or an answer depends on.
fn row(dataset: &str, id: &str, columns: impl IntoIterator<Item = String>) -> Source {
    Source::Rows { dataset: dataset.to_owned(), ids: [id.to_owned()].into(), columns: columns.into_iter().collect() }
}

/// The columns of `dataset` within `powers`, and a denial if there are none.
fn columns_within<'a>(
    powers: &'a std::collections::BTreeMap<String, ColumnSet>,
    dataset: &str,
    verb: &str,
) -> Result<&'a ColumnSet, Failure> {
    powers
        .get(dataset)
        .ok_or_else(|| Failure::Denied(format!("`{dataset}` is not among the datasets that the automation may {verb}")))
}

/// A denial unless `column` is within `columns`.
fn column_within(columns: &ColumnSet, dataset: &str, column: &str, verb: &str) -> Result<(), Failure> {
    if columns.contains(column) {
        Ok(())
    } else {
        Err(Failure::Denied(format!(
            "`{column}` of `{dataset}` is not among the columns that the automation may {verb}"
        )))
    }
}
