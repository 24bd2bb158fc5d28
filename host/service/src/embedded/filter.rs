//! Filters of a query, checked against the columns' types and turned into SQL.
//!
//! A null cell matches `equal` to null and nothing else: `not-equal` to a value matches the non-null cells that differ from it,
//! `not-equal` to null matches every non-null cell, and every other comparison needs a value.

use mandate_model::{Comparison, Failure, Filter, Value};
use mandate_policy::{ColumnDef, ColumnType};

use super::{
    sql::Sql,
    types::{Cell, cell},
};

/// Most filters of a query.
pub(super) const MAX_FILTERS: usize = 100;
/// Bytes of the text that `contains` looks for.
const MAX_PART: usize = 256;
/// Most items of a `one-of`.
const MAX_ITEMS: usize = 1000;

/// The condition that a filter puts on its column. Only for columns that the principal may see: what is wrong is told by name.
pub(super) fn condition(column: &ColumnDef, filter: &Filter) -> Result<Sql, Failure> {
    let typed = |value: &Value| cell(column.column_type, value).map_err(|problem| wrong(column, &problem));
    let sign = match filter.comparison {
        Comparison::Equal if filter.value == Value::Null => return Ok(suffixed(column, " is null")),
        Comparison::NotEqual if filter.value == Value::Null => return Ok(suffixed(column, " is not null")),
        Comparison::Contains => return contains(column, &filter.value),
        Comparison::OneOf => return one_of(column, &filter.value),
        Comparison::Equal => " = ",
        Comparison::NotEqual => " <> ",
        Comparison::Less => " < ",
        Comparison::AtMost => " <= ",
        Comparison::Greater => " > ",
        Comparison::AtLeast => " >= ",
        Comparison::Other => return Err(wrong(column, "this comparison is not known here")),
    };
    match typed(&filter.value)? {
        Cell::Null => Err(wrong(column, "only `equal` and `not-equal` compare with null")),
        value => {
            let mut sql = suffixed(column, sign);
            sql.bind(value);
            Ok(sql)
        }
    }
}

/// Part of a text, bytewise: `instr` on text is exact, and knows no wildcards.
fn contains(column: &ColumnDef, value: &Value) -> Result<Sql, Failure> {
    match value {
        // Looking for a long text in a long cell costs their product, and nothing can interrupt it.
        Value::Text(part) if part.len() > MAX_PART => {
            Err(Failure::Limit(format!("`contains` takes a text of at most {MAX_PART} bytes")))
        }
        Value::Text(part) if column.column_type == ColumnType::Text => {
            let mut sql = Sql::new("instr(");
            sql.column(column).push(", ").bind(Cell::Text(part.clone())).push(") > 0");
            Ok(sql)
        }
        _ => Err(wrong(column, "`contains` needs a text, and a column of type text")),
    }
}

fn one_of(column: &ColumnDef, value: &Value) -> Result<Sql, Failure> {
    let Value::Items(items) = value else { return Err(wrong(column, "`one-of` needs a list")) };
    if items.len() > MAX_ITEMS {
        return Err(wrong(column, &format!("`one-of` takes at most {MAX_ITEMS} items")));
    }
    let items = items.iter().map(|item| {
        match cell(column.column_type, &item.clone().into()).map_err(|problem| wrong(column, &problem))? {
            Cell::Null => Err(wrong(column, "`one-of` takes no null")),
            value => {
                let mut sql = Sql::default();
                sql.bind(value);
                Ok(sql)
            }
        }
    });
    let items = items.collect::<Result<Vec<_>, Failure>>()?;
    let mut sql = suffixed(column, " in (");
    sql.join(items, ", ").push(")");
    Ok(sql)
}

fn suffixed(column: &ColumnDef, text: &'static str) -> Sql {
    let mut sql = Sql::default();
    sql.column(column).push(text);
    sql
}

fn wrong(column: &ColumnDef, problem: &str) -> Failure {
    Failure::Invalid(format!("column `{}`: {problem}", column.name))
}
