//! Cells as SQLite keeps them, and their way from and to values.
//!
//! Boolean, integer, timestamp and decimal (in units of the last digit) are integers; number is real; text, user and team are
//! text, compared bytewise; bytes are a blob.

use mandate_model::{Decimal, PrincipalId, PrincipalKind, Value, rows::MAX_CELL};
use mandate_policy::{ColumnDef, ColumnType};
use serde::{Deserialize, Serialize};

/// What SQLite keeps of a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    /// Finite, and never negative zero, which SQLite does not keep.
    Real(Bits),
    Text(String),
    Blob(Vec<u8>),
}

/// A float by its bits: exact on its way through a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bits(u64);

impl Bits {
    pub(super) fn of(number: f64) -> Self {
        Self(if number == 0.0 { 0 } else { number.to_bits() })
    }

    pub(super) fn number(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// The cell that keeps `value` in a column of this type; else what is wrong with it, told without naming the column.
pub(super) fn cell(column_type: ColumnType, value: &Value) -> Result<Cell, String> {
    let size = weight(value);
    if size > MAX_CELL {
        return Err(format!(
            "{size} bytes, and a cell has at most {MAX_CELL}: divide it among rows, or keep it elsewhere"
        ));
    }
    Ok(match (column_type, value) {
        (_, Value::Null) => Cell::Null,
        (ColumnType::Boolean, Value::Boolean(flag)) => Cell::Integer(i64::from(*flag)),
        (ColumnType::Integer, Value::Integer(number)) | (ColumnType::Timestamp, Value::Timestamp(number)) => {
            Cell::Integer(*number)
        }
        (ColumnType::Number, Value::Number(number)) if number.is_finite() => Cell::Real(Bits::of(*number)),
        (ColumnType::Number, Value::Number(_)) => return Err("a number must be finite".to_owned()),
        (ColumnType::Decimal(scale), Value::Decimal(text)) => {
            Cell::Integer(Decimal::parse(text, scale).map_err(|error| error.to_string())?.units())
        }
        (ColumnType::Text, Value::Text(text)) if text.contains('\0') => {
            return Err("a text must not contain U+0000".to_owned());
        }
        (ColumnType::Text, Value::Text(text)) => Cell::Text(text.clone()),
        (ColumnType::Bytes, Value::Bytes(bytes)) => Cell::Blob(bytes.clone()),
        (ColumnType::User, Value::Text(text)) => principal(PrincipalKind::User, text)?,
        (ColumnType::Team, Value::Text(text)) => principal(PrincipalKind::Team, text)?,
        _ => return Err(format!("not a value of type {}", type_name(column_type))),
    })
}

/// Bytes of a value: at most what it takes as JSON.
pub(super) fn weight(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Decimal(text) | Value::Other(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        _ => 1,
    }
}

fn principal(kind: PrincipalKind, text: &str) -> Result<Cell, String> {
    match PrincipalId::parse(text) {
        Ok(id) if id.kind() == kind => Ok(Cell::Text(id.to_string())),
        _ => Err(format!("not a {kind} such as `{kind}:ana`", kind = kind.as_str())),
    }
}

/// The value that a cell of this column holds. A cell of another kind cannot be: the tables are strict.
pub(super) fn value(column: &ColumnDef, cell: Cell) -> Value {
    match (column.column_type, cell) {
        (ColumnType::Boolean, Cell::Integer(flag)) => Value::Boolean(flag != 0),
        (ColumnType::Timestamp, Cell::Integer(time)) => Value::Timestamp(time),
        (ColumnType::Decimal(scale), Cell::Integer(units)) => {
            Value::Decimal(Decimal::from_units(units, scale).to_string())
        }
        (_, Cell::Integer(number)) => Value::Integer(number),
        (_, Cell::Real(bits)) => Value::Number(bits.number()),
        (_, Cell::Text(text)) => Value::Text(text),
        (_, Cell::Blob(bytes)) => Value::Bytes(bytes),
        (_, Cell::Null) => Value::Null,
    }
}

/// The SQL type of a column.
pub(super) fn sql_type(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Boolean | ColumnType::Integer | ColumnType::Decimal(_) | ColumnType::Timestamp => "integer",
        ColumnType::Number => "real",
        ColumnType::Text | ColumnType::User | ColumnType::Team => "text",
        ColumnType::Bytes => "blob",
    }
}

/// A column type as it is written.
pub(super) fn type_name(column_type: ColumnType) -> String {
    match column_type {
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Integer => "integer".to_owned(),
        ColumnType::Number => "number".to_owned(),
        ColumnType::Decimal(scale) => format!("decimal({scale})"),
        ColumnType::Text => "text".to_owned(),
        ColumnType::Timestamp => "timestamp".to_owned(),
        ColumnType::Bytes => "bytes".to_owned(),
        ColumnType::User => "user".to_owned(),
        ColumnType::Team => "team".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: [ColumnType; 9] = [
        ColumnType::Boolean,
        ColumnType::Integer,
        ColumnType::Number,
        ColumnType::Decimal(2),
        ColumnType::Text,
        ColumnType::Timestamp,
        ColumnType::Bytes,
        ColumnType::User,
        ColumnType::Team,
    ];

    fn column(column_type: ColumnType) -> ColumnDef {
        ColumnDef { name: "a".to_owned(), column_type, nullable: true }
    }

    #[test]
    fn values_come_back_in_canonical_form() {
        let cases = [
            (0, Value::Boolean(true), Value::Boolean(true)),
            (1, Value::Integer(i64::MIN), Value::Integer(i64::MIN)),
            (2, Value::Number(-0.0), Value::Number(0.0)),
            (2, Value::Number(1.5e300), Value::Number(1.5e300)),
            (3, Value::Decimal("-0012.5".to_owned()), Value::Decimal("-12.50".to_owned())),
            (4, Value::Text("é'\"; --".to_owned()), Value::Text("é'\"; --".to_owned())),
            (5, Value::Timestamp(-1), Value::Timestamp(-1)),
            (6, Value::Bytes(vec![0, 255]), Value::Bytes(vec![0, 255])),
            (7, Value::Text("user:ana".to_owned()), Value::Text("user:ana".to_owned())),
            (8, Value::Text("team:emea".to_owned()), Value::Text("team:emea".to_owned())),
        ];
        for (index, given, kept) in cases {
            let back = cell(TYPES[index], &given).map(|cell| value(&column(TYPES[index]), cell));
            assert_eq!(back, Ok(kept));
        }
        assert_eq!(Bits::of(-0.0), Bits::of(0.0));
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        let values = [
            Value::Boolean(true),
            Value::Integer(1),
            Value::Number(1.0),
            Value::Decimal("1.00".to_owned()),
            Value::Text("a".to_owned()),
            Value::Timestamp(1),
            Value::Bytes(vec![]),
            Value::Text("user:ana".to_owned()),
            Value::Text("team:emea".to_owned()),
        ];
        for (row, column_type) in TYPES.into_iter().enumerate() {
            for (place, value) in values.iter().enumerate() {
                let text_for_text = row == 4 && place >= 7;
                assert_eq!(
                    cell(column_type, value).is_ok(),
                    row == place || text_for_text,
                    "{column_type:?} {value:?}"
                );
            }
            assert_eq!(cell(column_type, &Value::Null), Ok(Cell::Null));
            assert!(cell(column_type, &Value::Items(vec![])).is_err());
        }
    }

    #[test]
    fn what_no_database_keeps_is_refused() {
        assert!(cell(ColumnType::Number, &Value::Number(f64::NAN)).is_err());
        assert!(cell(ColumnType::Number, &Value::Number(f64::INFINITY)).is_err());
        assert!(cell(ColumnType::Text, &Value::Text("a\0b".to_owned())).is_err());
        assert!(cell(ColumnType::Decimal(2), &Value::Decimal("1.005".to_owned())).is_err());
    }
}
