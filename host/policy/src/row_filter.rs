//! Whether what a trigger asks of rows fits the types of their columns.

use mandate_model::{Comparison, Decimal, Operand, PrincipalId, RowFilter, timestamp};

use crate::{ColumnDef, ColumnType};

/// Refuses a condition whose value cannot be compared with the column's cells. The message says what would be right.
pub fn fits(column: &ColumnDef, filter: &RowFilter) -> Result<(), String> {
    let wrong = |expected: &str| Err(format!("`{}` is compared with {expected}", column.name));
    let kind = column.column_type;
    if kind == ColumnType::Bytes {
        return Err(format!("`{}` holds bytes, which are compared with nothing", column.name));
    }
    if filter.is == Comparison::Contains && kind != ColumnType::Text {
        return Err(format!("`{}` is no text that could contain another", column.name));
    }
    let all = |value: &Operand| match value {
        Operand::List(items) => items.iter().all(|item| is(kind, item)),
        one => is(kind, one),
    };
    match &filter.value {
        Some(value) if !all(value) => wrong(example(kind)),
        _ => Ok(()),
    }
}

fn is(kind: ColumnType, value: &Operand) -> bool {
    match (kind, value) {
        (ColumnType::Boolean, Operand::Boolean(_))
        | (ColumnType::Integer | ColumnType::Number | ColumnType::Decimal(_), Operand::Integer(_))
        | (ColumnType::Text, Operand::Text(_)) => true,
        (ColumnType::Number, Operand::Text(text)) => text.parse().is_ok_and(f64::is_finite),
        (ColumnType::Decimal(scale), Operand::Text(text)) => Decimal::parse(text, scale).is_ok(),
        (ColumnType::Timestamp, Operand::Text(text)) => timestamp::parse(text).is_some(),
        (ColumnType::User | ColumnType::Team, Operand::Text(text)) => PrincipalId::parse(text).is_ok(),
        _ => false,
    }
}

fn example(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Boolean => "`true` or `false`",
        ColumnType::Integer => "a whole number such as `7`",
        ColumnType::Number => "a whole number, or another in quotes such as `\"1.5\"`",
        ColumnType::Decimal(_) => "a number in quotes such as `\"12.50\"`, with no more digits than the column has",
        ColumnType::Timestamp => "a time in quotes such as `\"2026-11-21T09:30:00Z\"`",
        ColumnType::User => "a user in quotes such as `\"user:ana\"`",
        ColumnType::Team => "a team in quotes such as `\"team:emea\"`",
        ColumnType::Text | ColumnType::Bytes => "text in quotes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: ColumnType, is: &str, value: &str) -> String {
        let value: serde_json::Value = serde_json::from_str(value).unwrap();
        let filter = serde_json::json!({ "column": "a", "is": is, "value": value });
        let column = ColumnDef { name: "a".to_owned(), column_type: kind, nullable: true };
        fits(&column, &serde_json::from_value(filter).unwrap()).err().unwrap_or_default()
    }

    #[test]
    fn values_fit_their_column() {
        for (kind, good, bad, such_as) in [
            (ColumnType::Boolean, "true", "\"true\"", "`true` or `false`"),
            (ColumnType::Integer, "7", "\"7\"", "a whole number such as `7`"),
            (ColumnType::Number, "\"1.5\"", "\"NaN\"", "in quotes such as `\"1.5\"`"),
            (ColumnType::Decimal(2), "\"12.50\"", "\"12.505\"", "a number in quotes such as `\"12.50\"`"),
            (ColumnType::Text, "\"x\"", "7", "text in quotes"),
            (ColumnType::Timestamp, "\"2026-11-21T09:30:00Z\"", "\"yesterday\"", "a time in quotes"),
            (ColumnType::User, "\"user:ana\"", "\"ana\"", "a user in quotes such as `\"user:ana\"`"),
            (ColumnType::Team, "\"team:emea\"", "true", "a team in quotes such as `\"team:emea\"`"),
        ] {
            assert!(example(kind).contains(such_as), "{kind:?}");
            assert_eq!(told(kind, "equal", good), "", "{kind:?}");
            assert_eq!(told(kind, "one-of", &format!("[{good}]")), "", "{kind:?}");
            assert_eq!(told(kind, "equal", "null"), "", "{kind:?}");
            let said = format!("`a` is compared with {}", example(kind));
            assert_eq!(told(kind, "equal", bad), said, "{kind:?}");
            assert_eq!(told(kind, "one-of", &format!("[{good},{bad}]")), said, "{kind:?}");
        }
        assert_eq!(told(ColumnType::Bytes, "equal", "null"), "`a` holds bytes, which are compared with nothing");
        let contains = "`a` is no text that could contain another";
        assert_eq!(told(ColumnType::Decimal(2), "contains", "\"1\""), contains);
        assert_eq!(told(ColumnType::Text, "contains", "\"1\""), "");
    }
}
