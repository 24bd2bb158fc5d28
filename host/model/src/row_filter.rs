//! What a row must be like to be an event for somebody: the `where` of a trigger. It is judged for each person by the cells that
//! they see, never before there is a person: what it decides would else tell of cells that somebody may not see.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::{Comparison, Decimal, Value, timestamp};

/// One condition on a column: `{ column = "amount", is = "at-least", value = "1000.00" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowFilter {
    /// The column.
    pub column: String,
    /// How its cell is compared: as in a query of rows.
    pub is: Comparison,
    /// With what; left out: with no value. Then only `equal` and `not-equal` mean something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Operand>,
}

/// A value as a person writes it; what type it has, the column says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Operand {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Everything else: text, a decimal such as `12.50`, a time in RFC 3339, a principal.
    Text(String),
    /// For `one-of`.
    List(Vec<Operand>),
}

impl RowFilter {
    /// Whether a cell is so. A null cell is `equal` to no value and to nothing else; what cannot be compared is not so.
    pub fn holds(&self, cell: &Value) -> bool {
        use Comparison::{AtLeast, AtMost, Contains, Equal, Greater, Less, NotEqual, OneOf, Other};
        let empty = *cell == Value::Null;
        let Some(value) = &self.value else {
            return (self.is == Equal && empty) || (self.is == NotEqual && !empty);
        };
        if self.is == OneOf {
            return matches!(value, Operand::List(items) if items.iter().any(|item| item.compared(cell) == Some(Ordering::Equal)));
        }
        if self.is == Contains {
            return matches!((cell, value), (Value::Text(text), Operand::Text(part)) if text.contains(part));
        }
        let Some(order) = value.compared(cell) else { return false };
        match self.is {
            Equal => order.is_eq(),
            NotEqual => order.is_ne(),
            Less => order.is_lt(),
            AtMost => order.is_le(),
            Greater => order.is_gt(),
            AtLeast => order.is_ge(),
            Contains | OneOf | Other => false,
        }
    }
}

impl Operand {
    /// How a cell stands to this; `None`: they are of different types, or the cell is null.
    fn compared(&self, cell: &Value) -> Option<Ordering> {
        match (cell, self) {
            (Value::Boolean(cell), Self::Boolean(value)) => Some(cell.cmp(value)),
            (Value::Integer(cell), Self::Integer(value)) => Some(cell.cmp(value)),
            (Value::Number(cell), Self::Integer(_) | Self::Text(_)) => {
                cell.partial_cmp(&self.text()?.parse::<f64>().ok()?)
            }
            (Value::Decimal(cell), Self::Integer(_) | Self::Text(_)) => {
                let scale = u8::try_from(cell.split_once('.').map_or(0, |(_, fraction)| fraction.len())).ok()?;
                let cell = Decimal::parse(cell, scale).ok()?;
                Some(cell.units().cmp(&Decimal::parse(&self.text()?, scale).ok()?.units()))
            }
            (Value::Text(cell), Self::Text(value)) => Some(cell.as_bytes().cmp(value.as_bytes())),
            (Value::Timestamp(cell), Self::Text(value)) => Some(cell.cmp(&timestamp::parse(value)?)),
            _ => None,
        }
    }

    /// As text, unless it is a list.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Boolean(value) => Some(value.to_string()),
            Self::Integer(value) => Some(value.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::List(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(is: &str, value: &str, cell: &Value) -> bool {
        let value: serde_json::Value = serde_json::from_str(value).unwrap();
        let written = serde_json::json!({ "column": "a", "is": is, "value": value });
        serde_json::from_value::<RowFilter>(written).unwrap().holds(cell)
    }

    #[test]
    fn cells_compare_by_the_type_that_they_have() {
        let money = Value::Decimal("1000.00".to_owned());
        for (is, value, expected) in [
            ("equal", "\"1000\"", true),
            ("equal", "1000", true),
            ("at-least", "\"1000.01\"", false),
            ("less", "\"1000.01\"", true),
            ("greater", "\"-9999999\"", true),
            ("at-most", "\"1000.001\"", false),
            ("one-of", "[\"5.00\", 1000]", true),
            ("contains", "\"10\"", false),
        ] {
            assert_eq!(holds(is, value, &money), expected, "{is} {value}");
        }
        assert!(holds("at-least", "\"2026-01-01T00:00:00Z\"", &Value::Timestamp(1_767_225_600_000_000)));
        assert!(holds("less", "\"b\"", &Value::Text("a".to_owned())));
        assert!(holds("contains", "\"el\"", &Value::Text("hello".to_owned())));
        assert!(holds("not-equal", "false", &Value::Boolean(true)));
        assert!(holds("greater", "\"1.5\"", &Value::Number(2.0)));
        assert!(!holds("equal", "\"7\"", &Value::Integer(7)), "text is no whole number");
    }

    #[test]
    fn a_null_cell_is_equal_to_no_value_and_to_nothing_else() {
        for (is, value, expected) in [
            ("equal", "null", true),
            ("not-equal", "null", false),
            ("not-equal", "\"a\"", false),
            ("less", "null", false),
            ("one-of", "[\"a\"]", false),
        ] {
            assert_eq!(holds(is, value, &Value::Null), expected, "{is} {value}");
        }
        assert!(holds("not-equal", "null", &Value::Integer(0)));
        assert!(!holds("equal", "null", &Value::Integer(0)));
    }
}
