//! Rows as they are stored: all cells, whoever may see them. Never leaves this module's parent unjudged.

use std::collections::BTreeMap;

use mandate_model::{Field, Value};
use mandate_policy::{ColumnDef, ColumnType, DatasetDef};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    sql::Sql,
    types::{Bits, Cell, value},
};

/// Cells by column; a null one is [`Value::Null`].
pub(super) type CellMap = BTreeMap<String, Value>;

/// A row, or some of its cells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) cells: CellMap,
}

impl Record {
    /// The cell of a column; null if it was not asked for.
    pub(super) fn cell(&self, column: &str) -> Value {
        self.cells.get(column).cloned().unwrap_or(Value::Null)
    }

    /// These columns, in the dataset's order.
    pub(super) fn fields(&self, dataset: &DatasetDef, wanted: impl Fn(&str) -> bool) -> Vec<Field> {
        let columns = dataset.columns.iter().filter(|column| wanted(&column.name));
        columns.map(|column| Field { name: column.name.clone(), value: self.cell(&column.name) }).collect()
    }
}

/// `select id, … from …`, with the columns in this order.
pub(super) fn select(dataset: &DatasetDef, columns: &[&ColumnDef]) -> Sql {
    let mut sql = Sql::new("select id");
    for column in columns {
        sql.push(", ").column(column);
    }
    sql.push(" from ").table(dataset);
    sql
}

/// One row with all its cells.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    dataset: &DatasetDef,
    id: &str,
) -> Result<Option<Record>, sqlx::Error> {
    let columns: Vec<&ColumnDef> = dataset.columns.iter().collect();
    let mut sql = select(dataset, &columns);
    sql.push(" where id = ").bind(Cell::Text(id.to_owned()));
    sql.fetch(conn).await?.first().map(|row| decode(row, &columns)).transpose()
}

/// What a row of [`select`] holds.
pub(super) fn decode(row: &SqliteRow, columns: &[&ColumnDef]) -> Result<Record, sqlx::Error> {
    let cells = columns.iter().enumerate().map(|(index, column)| {
        let cell = stored(row, index + 1, column.column_type)?;
        Ok((column.name.clone(), value(column, cell)))
    });
    Ok(Record { id: row.try_get(0)?, cells: cells.collect::<Result<_, sqlx::Error>>()? })
}

fn stored(row: &SqliteRow, index: usize, column_type: ColumnType) -> Result<Cell, sqlx::Error> {
    let cell = match column_type {
        ColumnType::Boolean | ColumnType::Integer | ColumnType::Decimal(_) | ColumnType::Timestamp => {
            row.try_get::<Option<i64>, _>(index)?.map(Cell::Integer)
        }
        ColumnType::Number => row.try_get::<Option<f64>, _>(index)?.map(|number| Cell::Real(Bits::of(number))),
        ColumnType::Text | ColumnType::User | ColumnType::Team => {
            row.try_get::<Option<String>, _>(index)?.map(Cell::Text)
        }
        ColumnType::Bytes => row.try_get::<Option<Vec<u8>>, _>(index)?.map(Cell::Blob),
    };
    Ok(cell.unwrap_or(Cell::Null))
}
