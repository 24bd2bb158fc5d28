//! Changes of rows: typed cells, the statement, and the occurrence that tells of it, in one transaction.

use std::collections::BTreeSet;

use mandate_model::{Change, Failure, Field, Occurrence, RowRef, Value};
use mandate_policy::{ColumnDef, DatasetDef};
use sqlx::SqliteConnection;

use super::{
    db::{Inner, unavailable},
    outbox,
    record::{CellMap, Record, select},
    sql::Sql,
    types::{Cell, cell, value},
};

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RowChange {
    Create(Record),
    Update { before: Record, after: Record },
    Remove(Record),
}

impl RowChange {
    /// The row.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Create(record) | Self::Remove(record) | Self::Update { after: record, .. } => &record.id,
        }
    }
}

/// A row of nothing but nulls.
pub(super) fn nulls(dataset: &DatasetDef) -> CellMap {
    dataset.columns.iter().map(|column| (column.name.clone(), Value::Null)).collect()
}

/// `cells` with these fields set. Invalid: a field named twice, a value of another type, a null that may not be.
/// Only for columns that the principal may set: what is wrong is told by name.
pub(super) fn set(dataset: &DatasetDef, mut cells: CellMap, fields: &[Field]) -> Result<CellMap, Failure> {
    let mut seen = BTreeSet::new();
    for field in fields {
        let wrong = |problem: &str| Failure::Invalid(format!("column `{}`: {problem}", field.name));
        let column = dataset.column(&field.name).ok_or_else(|| wrong("does not exist"))?;
        if !seen.insert(&field.name) {
            return Err(wrong("is set twice"));
        }
        let cell = cell(column.column_type, &field.value).map_err(|problem| wrong(&problem))?;
        if cell == Cell::Null && !column.nullable {
            return Err(wrong("must have a value"));
        }
        cells.insert(field.name.clone(), value(column, cell));
    }
    Ok(cells)
}

/// Columns that must have a value and have none.
pub(super) fn missing<'a>(dataset: &'a DatasetDef, cells: &CellMap) -> Vec<&'a ColumnDef> {
    let empty = |column: &&ColumnDef| matches!(cells.get(&column.name), None | Some(Value::Null));
    dataset.columns.iter().filter(|column| !column.nullable).filter(empty).collect()
}

/// Carries a change out and keeps its occurrence; nothing happens, and nothing is told, where no cell differs.
pub(super) async fn write(
    conn: &mut SqliteConnection,
    inner: &Inner,
    dataset: &DatasetDef,
    change: &RowChange,
    at: i64,
    cause: Option<&str>,
) -> Result<Option<Occurrence>, Failure> {
    let (statement, kind, changed, image) = match change {
        RowChange::Create(record) => (insert(dataset, record), Change::Added, None, None),
        RowChange::Update { before, after } => {
            let changed = differing(dataset, before, after);
            if changed.is_empty() {
                return Ok(None);
            }
            let names = changed.iter().map(|column| column.name.clone()).collect();
            (update(dataset, after, &changed), Change::Updated, Some(names), None)
        }
        RowChange::Remove(record) => {
            (remove(dataset, &record.id), Change::Removed, None, Some(record.fields(dataset, |_| true)))
        }
    };
    statement.execute(conn).await.map_err(unavailable)?;
    let row = RowRef { dataset: dataset.name.clone(), id: change.id().to_owned() };
    let cause = cause.map(str::to_owned);
    outbox::keep(conn, inner, outbox::Happened { at, change: kind, row, changed, image, cause }).await.map(Some)
}

/// Columns whose cells differ, in the dataset's order.
fn differing<'a>(dataset: &'a DatasetDef, before: &Record, after: &Record) -> Vec<&'a ColumnDef> {
    dataset.columns.iter().filter(|column| before.cell(&column.name) != after.cell(&column.name)).collect()
}

/// A row's `insert`; its cells fit the columns.
pub(super) fn insert(dataset: &DatasetDef, record: &Record) -> Sql {
    let mut sql = Sql::new("insert into ");
    sql.table(dataset).push(" (id");
    for column in &dataset.columns {
        sql.push(", ").column(column);
    }
    sql.push(") values (").bind(Cell::Text(record.id.clone()));
    for column in &dataset.columns {
        sql.push(", ").bind(fitting(column, record));
    }
    sql.push(")");
    sql
}

fn update(dataset: &DatasetDef, record: &Record, changed: &[&ColumnDef]) -> Sql {
    let assignments = changed.iter().map(|column| {
        let mut sql = Sql::default();
        sql.column(column).push(" = ").bind(fitting(column, record));
        sql
    });
    let mut sql = Sql::new("update ");
    sql.table(dataset).push(" set ").join(assignments, ", ");
    sql.push(" where id = ").bind(Cell::Text(record.id.clone()));
    sql
}

fn remove(dataset: &DatasetDef, id: &str) -> Sql {
    let mut sql = Sql::new("delete from ");
    sql.table(dataset).push(" where id = ").bind(Cell::Text(id.to_owned()));
    sql
}

/// The cell as SQLite keeps it. Records are made by [`set`] and [`super::record::decode`], so that it always fits; if it did
/// not, the strict table would refuse the null or keep it, never another value.
fn fitting(column: &ColumnDef, record: &Record) -> Cell {
    cell(column.column_type, &record.cell(&column.name)).unwrap_or(Cell::Null)
}

/// Whether a row of this id is there, whoever may see it.
pub(super) async fn exists(conn: &mut SqliteConnection, dataset: &DatasetDef, id: &str) -> Result<bool, Failure> {
    let mut sql = select(dataset, &[]);
    sql.push(" where id = ").bind(Cell::Text(id.to_owned()));
    Ok(!sql.fetch(conn).await.map_err(unavailable)?.is_empty())
}
