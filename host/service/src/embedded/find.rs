//! Finding rows: what may not be seen is refused first, then what is wrong, and only visible rows are filtered, ordered and
//! paged.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use mandate_model::{Cells, ColumnSet, Failure, Page, Query, rows::MAX_PAGE};
use mandate_policy::{ColumnDef, ColumnRight, DatasetDef, Right};
use sqlx::SqliteConnection;

use super::{
    cursor::{Cursor, Order},
    db::{Inner, unavailable},
    filter::{MAX_FILTERS, condition},
    judge::Judge,
    predicate,
    record::{Record, decode, select},
    revision::revision,
    sql::Sql,
    types::{Cell, cell},
};

/// Rows that are read at a time where each must be asked for.
const BATCH: usize = 200;

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
    let rows = judge.rows(Right::Read, plan.dataset)?;
    let records = if let Some(rows) = rows.and_then(|rows| predicate::render(&rows, plan.dataset)) {
        plan.fetch(conn, &plan.visible, &rows, plan.after.as_ref(), plan.limit + 1).await?
    } else {
        inner.fallbacks.fetch_add(1, Ordering::Relaxed);
        plan.ask_each(conn, judge).await?
    };
    plan.page(inner, records)
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

    /// Rows of the table that `rows` admits, in order, with these columns.
    async fn fetch(
        &self,
        conn: &mut SqliteConnection,
        columns: &[&ColumnDef],
        rows: &Sql,
        after: Option<&Cursor>,
        count: usize,
    ) -> Result<Vec<Record>, Failure> {
        let mut sql = select(self.dataset, columns);
        let beyond = after.map(|after| self.beyond(after));
        let conditions = std::iter::once(rows.clone()).chain(self.conditions.iter().cloned()).chain(beyond);
        sql.push(" where ").join(conditions, " and ").push(" order by ");
        let direction = if self.descending { " desc" } else { "" };
        if let Some(order) = self.order {
            sql.column(order).push(direction).push(", ");
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        sql.push("id").push(direction).push(" limit ").bind(Cell::Integer(count));
        let rows = sql.fetch(conn).await.map_err(unavailable)?;
        rows.iter().map(|row| decode(row, columns)).collect::<Result<_, _>>().map_err(unavailable)
    }

    /// Asks for each row of the table, in order, until the page is full and one more was seen.
    async fn ask_each(&self, conn: &mut SqliteConnection, judge: &Judge<'_>) -> Result<Vec<Record>, Failure> {
        let all: Vec<&ColumnDef> = self.dataset.columns.iter().collect();
        let (mut found, mut after) = (Vec::new(), self.after.clone());
        loop {
            let batch = self.fetch(conn, &all, &Sql::new("1"), after.as_ref(), BATCH).await?;
            let last = batch.len() < BATCH;
            after = batch.last().map(|record| self.end(record)).transpose()?;
            found.extend(batch.into_iter().filter(|record| judge.may(Right::Read, self.dataset, record)));
            if last || found.len() > self.limit {
                found.truncate(self.limit + 1);
                return Ok(found);
            }
        }
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

    fn page(&self, inner: &Inner, mut records: Vec<Record>) -> Result<Page, Failure> {
        let more = records.len() > self.limit;
        records.truncate(self.limit);
        let next = match records.last().filter(|_| more) {
            Some(last) => Some(self.end(last)?.write(&inner.secret, self.sequence())?),
            None => None,
        };
        let rows = records.iter().map(|record| Cells {
            id: record.id.clone(),
            revision: revision(&inner.secret, self.dataset, record, &self.visible),
            values: self.columns.iter().map(|column| record.cell(&column.name)).collect(),
        });
        let rows = rows.collect();
        Ok(Page { columns: self.columns.iter().map(|column| column.name.clone()).collect(), rows, next })
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
