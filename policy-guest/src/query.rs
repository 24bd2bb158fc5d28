//! Building a query.

use crate::{Comparison, Filter, Query, Value};

impl Query {
    /// The first 100 rows that the principal may see, in the dataset's order, with these columns; none named: with every
    /// column that they may see. Ask for few.
    pub fn new(columns: &[&str]) -> Self {
        Self {
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            filters: Vec::new(),
            order_by: None,
            descending: false,
            limit: 100,
            after: None,
        }
    }

    /// Only rows whose column compares so with the value; with several filters, all must hold.
    #[must_use]
    pub fn filter(mut self, field: &str, comparison: Comparison, value: impl Into<Value>) -> Self {
        self.filters.push(Filter { field: field.to_owned(), comparison, value: value.into() });
        self
    }

    /// Only rows whose column equals the value.
    #[must_use]
    pub fn equal(self, field: &str, value: impl Into<Value>) -> Self {
        self.filter(field, Comparison::Equal, value)
    }

    /// Only rows whose column is the value or more.
    #[must_use]
    pub fn at_least(self, field: &str, value: impl Into<Value>) -> Self {
        self.filter(field, Comparison::AtLeast, value)
    }

    /// In ascending order of a column.
    #[must_use]
    pub fn order_by(mut self, field: &str) -> Self {
        self.order_by = Some(field.to_owned());
        self.descending = false;
        self
    }

    /// In descending order of a column.
    #[must_use]
    pub fn order_by_descending(mut self, field: &str) -> Self {
        self.order_by = Some(field.to_owned());
        self.descending = true;
        self
    }

    /// At most this many rows on a page: 1 to 1000.
    #[must_use]
    pub fn limit(mut self, rows: u32) -> Self {
        self.limit = rows;
        self
    }

    /// From the `next` of the page before.
    #[must_use]
    pub fn after(mut self, next: &str) -> Self {
        self.after = Some(next.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_what_was_asked() {
        let query = Query::new(&["id", "amount"]).at_least("amount", 5).equal("open", true).order_by_descending("id");
        assert_eq!(query.columns, ["id", "amount"]);
        assert_eq!(query.limit, 100);
        assert_eq!((query.order_by.as_deref(), query.descending), (Some("id"), true));
        let filters: Vec<_> = query.filters.iter().map(|filter| (filter.field.as_str(), filter.comparison)).collect();
        assert_eq!(filters, [("amount", Comparison::AtLeast), ("open", Comparison::Equal)]);
        let next = query.order_by("amount").limit(7).after("cursor");
        assert_eq!((next.descending, next.limit, next.after.as_deref()), (false, 7, Some("cursor")));
    }
}
