//! Finding rows: what may not be seen is refused first, then what is wrong, and only visible rows are filtered, ordered and
//! paged.
//!
//! The policies are a condition of the query, so a hidden row costs what it costs SQLite to pass it over. A visible row is in memory
//! until its revision is made of it; then only the cells that were asked for are kept, and their bytes counted.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use mandate_model::{
    Cells, ColumnSet, Failure, Page, Query,
    rows::{MAX_ANSWER, MAX_PAGE},
};
use mandate_policy::{ColumnDef, ColumnRight, DatasetDef, Right};
use sqlx::SqliteConnection;

use super::{
    cursor::{Cursor, Order},
    db::{Inner, unavailable},
    filter::{MAX_FILTERS, condition},
    judge::Judge,
    record::{Record, decode, select},
    revision::revision,
    sql::Sql,
    types::{Cell, cell, weight},
};

/// A query that the principal may ask, and that makes sense.
struct Plan<'a> {
    dataset: &'a DatasetDef,
    /// Every column that the principal may see: what revisions are made of.
    visible: Vec<&'a ColumnDef>,
    /// The page's columns.
    columns: Vec<&'a ColumnDef>,
    conditions: Vec<Sql>,
    order: Option<&'a ColumnDef>,
    descending: bool,
    after: Option<Cursor>,
    limit: usize,
}

/// A page of rows that the principal sees.
pub(super) async fn find(
    conn: &mut SqliteConnection,
    inner: &Inner,
    judge: &Judge<'_>,
    dataset: &str,
    query: &Query,
    within: &ColumnSet,
) -> Result<Page, Failure> {
    let plan = Plan::new(inner, judge, dataset, query, within)?;
    let rows = judge.condition(Right::Read, plan.dataset)?;
    plan.page(conn, inner, rows).await
}

impl<'a> Plan<'a> {
    fn new(
        inner: &'a Inner,
        judge: &Judge<'a>,
        dataset: &str,
        query: &Query,
        within: &ColumnSet,
    ) -> Result<Self, Failure> {
        let dataset = judge.dataset(Right::Read, dataset)?;
        let column = |name: &String| {
            let known = judge.column(ColumnRight::ReadColumn, dataset, name)?;
            let outside = || judge.denied("read-column", &format!("{}.{name}", dataset.name), "not within the powers");
            if within.contains(name) { Ok(known) } else { Err(outside()) }
        };
        // First all that could be denied.
        let wanted: Vec<&ColumnDef> = query.columns.iter().map(column).collect::<Result<_, _>>()?;
        let filtered: Vec<&ColumnDef> =
            query.filters.iter().map(|filter| column(&filter.field)).collect::<Result<_, _>>()?;
        let order = query.order_by.as_ref().map(column).transpose()?;
        let visible = judge.visible(dataset);
        let columns = if wanted.is_empty() {
            visible.iter().copied().filter(|column| within.contains(&column.name)).collect()
        } else {
            wanted
        };
        // Then all that could be wrong.
        let limit = limit(query)?;
        let conditions = filtered
            .iter()
            .zip(&query.filters)
            .map(|(column, filter)| condition(column, filter))
            .collect::<Result<_, _>>()?;
        let mut plan =
            Self { dataset, visible, columns, conditions, order, descending: query.descending, after: None, limit };
        let after = query.after.as_deref();
        plan.after = after.map(|text| Cursor::read(text, &inner.secret, plan.sequence())).transpose()?;
        Ok(plan)
    }

    /// Rows of the table that `rows` admits, in order: the page's, and one more if there is one.
    fn statement(&self, rows: Sql) -> Sql {
        let mut sql = select(self.dataset, &self.visible);
        let beyond = self.after.as_ref().map(|after| self.beyond(after));
        let conditions = std::iter::once(rows).chain(self.conditions.iter().cloned()).chain(beyond);
        sql.push(" where ").join(conditions, " and ").push(" order by ");
        let direction = if self.descending { " desc" } else { "" };
        if let Some(order) = self.order {
            sql.column(order).push(direction).push(", ");
        }
        let count = i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1);
        sql.push("id").push(direction).push(" limit ").bind(Cell::Integer(count));
        sql
    }

    /// The rows behind a cursor. Nulls are lowest; descending reverses everything, the ids too.
    fn beyond(&self, after: &Cursor) -> Sql {
        let id = Cell::Text(after.id.clone());
        let mut sql = Sql::new("(");
        let farther = if self.descending { "id < " } else { "id > " };
        match (self.order, after.key.clone().unwrap_or(Cell::Null)) {
            (None, _) => sql.push(farther).bind(id),
            (Some(column), Cell::Null) => {
                sql.column(column).push(" is null and ").push(farther).bind(id);
                if self.descending { &mut sql } else { sql.push(" or ").column(column).push(" is not null") }
            }
            (Some(column), key) => {
                let sign = if self.descending { " < " } else { " > " };
                sql.column(column).push(sign).bind(key.clone()).push(" or ").column(column).push(" = ").bind(key);
                sql.push(" and ").push(farther).bind(id);
                if self.descending { sql.push(" or ").column(column).push(" is null") } else { &mut sql }
            }
        };
        sql.push(")");
        sql
    }

    /// The cursor of a page that ends with this row.
    fn end(&self, record: &Record) -> Result<Cursor, Failure> {
        let key = self.order.map(|column| cell(column.column_type, &record.cell(&column.name)));
        Ok(Cursor { key: key.transpose().map_err(Failure::Unavailable)?, id: record.id.clone() })
    }

    fn sequence(&self) -> Order<'a> {
        let column = self.order.map(|column| column.name.as_str());
        Order { dataset: &self.dataset.name, column, descending: self.descending }
    }

    async fn page(&self, conn: &mut SqliteConnection, inner: &Inner, rows: Sql) -> Result<Page, Failure> {
        let columns = self.columns.iter().map(|column| column.name.clone()).collect();
        let mut page = Page { columns, rows: Vec::new(), next: None };
        let (mut bytes, mut end) = (0, None);
        let mut found = self.statement(rows).stream(conn);
        while let Some(row) = found.try_next().await.map_err(unavailable)? {
            if let Some(end) = &end {
                page.next = Some(Cursor::write(end, &inner.secret, self.sequence())?);
                break;
            }
            let record = decode(&row, &self.visible).map_err(unavailable)?;
            let cells = self.cells(inner, &record);
            bytes += cells.id.len() + cells.revision.len() + cells.values.iter().map(weight).sum::<usize>();
            if bytes > MAX_ANSWER {
                let hint = "ask for fewer rows or columns at a time";
                return Err(Failure::Limit(format!("an answer has at most {MAX_ANSWER} bytes: {hint}")));
            }
            page.rows.push(cells);
            end = (page.rows.len() == self.limit).then(|| self.end(&record)).transpose()?;
        }
        Ok(page)
    }

    /// What the page has of a row.
    fn cells(&self, inner: &Inner, record: &Record) -> Cells {
        Cells {
            id: record.id.clone(),
            revision: revision(&inner.secret, self.dataset, record, &self.visible),
            values: self.columns.iter().map(|column| record.cell(&column.name)).collect(),
        }
    }
}

fn limit(query: &Query) -> Result<usize, Failure> {
    if query.filters.len() > MAX_FILTERS {
        return Err(Failure::Invalid(format!("a query takes at most {MAX_FILTERS} filters")));
    }
    let names: BTreeSet<&String> = query.columns.iter().collect();
    if names.len() < query.columns.len() {
        return Err(Failure::Invalid("a column is asked for twice".to_owned()));
    }
    if !(1..=MAX_PAGE).contains(&query.limit) {
        return Err(Failure::Invalid(format!("`limit` is 1 to {MAX_PAGE}")));
    }
    usize::try_from(query.limit).map_err(|error| Failure::Invalid(error.to_string()))
}
