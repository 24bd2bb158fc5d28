//! `rows`: read rows of datasets.

use std::collections::BTreeSet;

use mandate_model::{ColumnSet, Failure, Page, Powers, Query, Resource as Source, Row};
use serde_json::json;
use wasmtime::component::Resource;

use super::{column_within, columns_within, row};
use crate::{
    authority::View, bindings::mandate::automation::rows as wit, call::Call, convert, journal::Answer, refusal::Refusal,
};

impl wit::Host for Call {
    async fn find(&mut self, view: Resource<View>, dataset: String, query: wit::Query) -> Result<wit::Page, Refusal> {
        let authority = self.eyes(&view)?;
        let query = convert::query(query);
        let arguments = json!({ "dataset": dataset, "query": query });
        let question = authority.question("rows", "find", arguments, about(&dataset, named(&query)));
        let answer = async {
            let within = query_within(&authority.powers, &dataset, &query)?;
            let page = authority.data.find(&dataset, &query, within).await?;
            let labels = authority.labels(found(&dataset, &query, &page));
            Answer::of(page, labels)
        };
        let page = self.recorder.ask(question, answer).await?;
        Ok(convert::page(page))
    }

    async fn get(&mut self, view: Resource<View>, dataset: String, id: String) -> Result<wit::Row, Refusal> {
        let authority = self.eyes(&view)?;
        let arguments = json!({ "dataset": dataset, "id": id });
        let question = authority.question("rows", "get", arguments, row(&dataset, &id, []));
        let answer = async {
            let within = columns_within(&authority.powers.reads, &dataset, "read")?;
            let got = authority.data.get(&dataset, &id, within).await?;
            let labels = authority.labels(seen(&dataset, &got));
            Answer::of(got, labels)
        };
        let got = self.recorder.ask(question, answer).await?;
        Ok(convert::row(got))
    }
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

/// What a question is about, and what an answer without rows depends on.
fn about(dataset: &str, columns: BTreeSet<String>) -> Source {
    Source::Dataset { dataset: dataset.to_owned(), columns }
}

fn found(dataset: &str, query: &Query, page: &Page) -> Source {
    let mut columns = named(query);
    if page.rows.is_empty() {
        return about(dataset, columns);
    }
    columns.extend(page.columns.iter().cloned());
    let ids = page.rows.iter().map(|row| row.id.clone()).collect();
    Source::Rows { dataset: dataset.to_owned(), ids, columns }
}

fn seen(dataset: &str, got: &Row) -> Source {
    row(dataset, &got.id, got.fields.iter().map(|field| field.name.clone()))
}
