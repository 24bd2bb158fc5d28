//! What to say of a dataset or column that there is not: which there are.

use mandate_policy::{DataSchema, DatasetDef};

/// Most names that are listed.
const NAMES: usize = 8;

/// Names in backticks: the first few, then how many more.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    let shown = names.iter().take(NAMES).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(NAMES) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ if names.is_empty() => "none".to_owned(),
        _ => shown,
    }
}

/// That there is no such dataset, and which there are.
pub fn no_dataset(schema: &DataSchema, name: &str) -> String {
    let there = listed(schema.datasets.iter().map(|dataset| dataset.name.as_str()));
    format!("there is no dataset `{name}`; there are: {there}")
}

/// That the dataset has no such column, and which it has.
pub fn no_column(dataset: &DatasetDef, name: &str) -> String {
    let there = listed(dataset.columns.iter().map(|column| column.name.as_str()));
    format!("`{}` has no column `{name}`; it has: {there}", dataset.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_names_are_listed_and_the_rest_counted() {
        assert_eq!(listed([]), "none");
        assert_eq!(listed(["a", "b"]), "`a`, `b`");
        assert_eq!(listed(["a"; 8]).matches("`a`").count(), 8);
        assert!(listed(["a"; 10]).ends_with("`a` and 2 more"));
    }
}
