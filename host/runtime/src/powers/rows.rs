//! `rows`: read rows of datasets.

use std::collections::BTreeSet;

use mandate_model::{ColumnSet, Failure, Label, Page, Powers, PrincipalId, Query, Resource as Source, Row};
use serde_json::json;
use wasmtime::component::Resource;

use super::{column_within, columns_within};
use crate::{
    authority::View,
    bindings::mandate::automation::rows as wit,
    call::{Call, size},
    convert,
    journal::Answer,
    refusal::Refusal,
};

impl wit::Host for Call {
    async fn find(&mut self, view: Resource<View>, dataset: String, query: wit::Query) -> Result<wit::Page, Refusal> {
        let authority = self.eyes(&view)?;
        let query = convert::query(query);
        let asked = about(&authority.principal.id, &dataset, named(&query));
        let question = authority.question("rows", "find", json!({ "dataset": dataset, "query": query }));
        let answer = async {
            let within = query_within(&authority.powers, &dataset, &query)?;
            let page = authority.data.find(&dataset, &query, within).await?;
            let label = found(&authority.principal.id, &dataset, &query, &page);
            written(page, label)
        };
        let page = self.recorder.ask(question, vec![asked], answer).await?;
        Ok(convert::page(page))
    }

    async fn get(&mut self, view: Resource<View>, dataset: String, id: String) -> Result<wit::Row, Refusal> {
        let authority = self.eyes(&view)?;
        let asked = about(&authority.principal.id, &dataset, BTreeSet::new());
        let question = authority.question("rows", "get", json!({ "dataset": dataset, "id": id }));
        let answer = async {
            let within = columns_within(&authority.powers.reads, &dataset, "read")?;
            let row = authority.data.get(&dataset, &id, within).await?;
            let label = seen(&authority.principal.id, &dataset, &row);
            written(row, label)
        };
        let row = self.recorder.ask(question, vec![asked], answer).await?;
        Ok(convert::row(row))
    }
}

/// An answer with its JSON.
fn written<T: serde::Serialize>(value: T, label: Label) -> Result<Answer<T>, Failure> {
    let json = serde_json::to_value(&value).map_err(|error| Failure::Unavailable(error.to_string()))?;
    Ok(Answer { size: size(&json), value, json, labels: vec![label] })
}

/// The columns that the query may reach; a denial if it names another.
fn query_within<'a>(powers: &'a Powers, dataset: &str, query: &Query) -> Result<&'a ColumnSet, Failure> {
    let within = columns_within(&powers.reads, dataset, "read")?;
    for column in named(query) {
        column_within(within, dataset, &column, "read")?;
    }
    Ok(within)
}

/// Every column that a query names.
fn named(query: &Query) -> BTreeSet<String> {
    let filtered = query.filters.iter().map(|filter| &filter.field);
    query.columns.iter().chain(filtered).chain(&query.order_by).cloned().collect()
}

/// The label of a question, and of an answer without rows.
fn about(principal: &PrincipalId, dataset: &str, columns: BTreeSet<String>) -> Label {
    Label { principal: principal.clone(), resource: Source::Dataset { dataset: dataset.to_owned(), columns } }
}

fn found(principal: &PrincipalId, dataset: &str, query: &Query, page: &Page) -> Label {
    let mut columns = named(query);
    if page.rows.is_empty() {
        return about(principal, dataset, columns);
    }
    columns.extend(page.columns.iter().cloned());
    let ids = page.rows.iter().map(|row| row.id.clone()).collect();
    Label { principal: principal.clone(), resource: Source::Rows { dataset: dataset.to_owned(), ids, columns } }
}

fn seen(principal: &PrincipalId, dataset: &str, row: &Row) -> Label {
    let columns = row.fields.iter().map(|field| field.name.clone()).collect();
    let ids = BTreeSet::from([row.id.clone()]);
    Label { principal: principal.clone(), resource: Source::Rows { dataset: dataset.to_owned(), ids, columns } }
}
