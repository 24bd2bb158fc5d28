//! Cells: text and JSON read as a column's type, and shown again.

use data_encoding::BASE64;
use mandate_model::{Decimal, PrincipalId, PrincipalKind, Value, decimal::MAX_SCALE, timestamp};
use mandate_policy::{ColumnDef, ColumnType};

use crate::json::kind;

/// Reads a cell as it stands in a CSV file. The message of an error says what would be right.
pub fn from_text(column: &ColumnDef, text: &str) -> Result<Value, String> {
    let wrong = |expected: &str| format!("`{text}` is no value of `{}`: {expected}", column.name);
    match column.column_type {
        ColumnType::Boolean => text.parse().map(Value::Boolean).map_err(|_| wrong("write `true` or `false`")),
        ColumnType::Integer => text.parse().map(Value::Integer).map_err(|_| wrong("write a whole number of 64 bits")),
        ColumnType::Number => number(text).ok_or_else(|| wrong("write a number such as `1.5`")),
        ColumnType::Decimal(scale) => {
            let decimal = Decimal::parse(text, scale).map_err(|error| format!("`{}`: {error}", column.name))?;
            Ok(Value::Decimal(decimal.to_string()))
        }
        ColumnType::Text => Ok(Value::Text(text.to_owned())),
        ColumnType::Timestamp => timestamp::parse(text)
            .map(Value::Timestamp)
            .ok_or_else(|| wrong("write a time such as `2026-11-21T09:30:00Z`")),
        ColumnType::Bytes => {
            BASE64.decode(text.as_bytes()).map(Value::Bytes).map_err(|_| wrong("write the bytes in base64"))
        }
        ColumnType::User => {
            principal(text, PrincipalKind::User).ok_or_else(|| wrong("write a user such as `user:ana`"))
        }
        ColumnType::Team => {
            principal(text, PrincipalKind::Team).ok_or_else(|| wrong("write a team such as `team:emea`"))
        }
    }
}

/// Reads a cell as it stands in JSON: null, booleans and whole numbers as themselves, everything else as in a CSV file. A
/// decimal is text or a whole number, never a floating-point number, which would be inexact.
pub fn from_json(column: &ColumnDef, json: &serde_json::Value) -> Result<Value, String> {
    use serde_json::Value as Json;
    match (json, column.column_type) {
        (Json::Null, _) => null(column),
        (Json::Bool(value), ColumnType::Boolean) => Ok(Value::Boolean(*value)),
        (Json::Number(value), ColumnType::Integer | ColumnType::Number) => from_text(column, &value.to_string()),
        (Json::Number(value), ColumnType::Decimal(_)) if !value.is_f64() => from_text(column, &value.to_string()),
        (Json::String(_), ColumnType::Boolean | ColumnType::Integer | ColumnType::Number) => Err(other(column, json)),
        (Json::String(text), _) => from_text(column, text),
        _ => Err(other(column, json)),
    }
}

/// A cell as JSON, as [`from_json`] reads it.
pub fn to_json(column: &ColumnDef, value: &Value) -> serde_json::Value {
    match (value, column.column_type) {
        (Value::Null, _) => serde_json::Value::Null,
        (Value::Boolean(value), _) => (*value).into(),
        (Value::Integer(value), ColumnType::Integer) => (*value).into(),
        (Value::Number(value), _) => (*value).into(),
        (other, _) => to_text(other).into(),
    }
}

/// That a column holds cells of another type, and what one looks like.
fn other(column: &ColumnDef, json: &serde_json::Value) -> String {
    let example = match column.column_type {
        ColumnType::Boolean => "`true` or `false`, without quotes".to_owned(),
        ColumnType::Integer => "a whole number such as `7`, without quotes".to_owned(),
        ColumnType::Number => "a number such as `1.5`, without quotes".to_owned(),
        ColumnType::Decimal(0) => "a whole number such as `\"12\"`".to_owned(),
        ColumnType::Decimal(scale) => {
            let digits: String = "234567890".chars().cycle().take(usize::from(scale)).collect();
            format!("a number in quotes such as `\"1.{digits}\"`, so that it stays exact")
        }
        ColumnType::Text => "text in quotes such as `\"some words\"`".to_owned(),
        ColumnType::Timestamp => "a time in quotes such as `\"2026-11-21T09:30:00Z\"`".to_owned(),
        ColumnType::Bytes => "bytes in base64, in quotes, such as `\"AQI=\"`".to_owned(),
        ColumnType::User => "a user in quotes such as `\"user:ana\"`".to_owned(),
        ColumnType::Team => "a team in quotes such as `\"team:emea\"`".to_owned(),
    };
    format!("`{}` is {}: write {example}", column.name, kind(json))
}

/// Null, if the column may be null.
pub fn null(column: &ColumnDef) -> Result<Value, String> {
    if column.nullable { Ok(Value::Null) } else { Err(format!("`{}` cannot be null", column.name)) }
}

/// A value as a person writes it; `null` for none.
pub fn to_text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Decimal(text) | Value::Text(text) | Value::Other(text) => text.clone(),
        Value::Timestamp(micros) => timestamp::format(*micros),
        Value::Bytes(bytes) => BASE64.encode(bytes),
        Value::Items(items) => {
            let items: Vec<_> = items.iter().map(|item| to_text(&item.clone().into())).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// The type of a column as a fixture writes it: `text`, `decimal(2)`.
///
/// The message of an error says which types there are.
pub fn parse_type(text: &str) -> Result<ColumnType, String> {
    match text {
        "boolean" => Ok(ColumnType::Boolean),
        "integer" => Ok(ColumnType::Integer),
        "number" => Ok(ColumnType::Number),
        "text" => Ok(ColumnType::Text),
        "timestamp" => Ok(ColumnType::Timestamp),
        "bytes" => Ok(ColumnType::Bytes),
        "user" => Ok(ColumnType::User),
        "team" => Ok(ColumnType::Team),
        _ => decimal(text),
    }
}

fn decimal(text: &str) -> Result<ColumnType, String> {
    if !text.starts_with("decimal") {
        let types = "`boolean`, `integer`, `number`, `decimal(2)`, `text`, `timestamp`, `bytes`, `user`, `team`";
        return Err(format!("`{text}` is no type of a column: {types}"));
    }
    let scale =
        text.strip_prefix("decimal(").and_then(|rest| rest.strip_suffix(')')).and_then(|text| text.parse().ok());
    scale.filter(|scale| *scale <= MAX_SCALE).map(ColumnType::Decimal).ok_or_else(|| {
        let range = format!("`decimal(0)` to `decimal({MAX_SCALE})`");
        format!("`{text}` does not say how many digits stand behind the point: write {range}")
    })
}

fn number(text: &str) -> Option<Value> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let value: f64 = if plain { text.parse().ok()? } else { return None };
    value.is_finite().then_some(Value::Number(value))
}

fn principal(text: &str, kind: PrincipalKind) -> Option<Value> {
    let id = PrincipalId::parse(text).ok().filter(|id| id.kind() == kind)?;
    Some(Value::Text(id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn column(column_type: ColumnType) -> ColumnDef {
        ColumnDef { name: "x".to_owned(), column_type, nullable: false }
    }

    #[test]
    fn types_are_words() {
        assert_eq!(parse_type("decimal(2)"), Ok(ColumnType::Decimal(2)));
        assert_eq!(parse_type("timestamp"), Ok(ColumnType::Timestamp));
        assert!(parse_type("decimal(99)").unwrap_err().ends_with("write `decimal(0)` to `decimal(15)`"));
        for bad in ["", "decimal", "decimal(16)", "decimal(-1)", "decimal(2", "float", "Text"] {
            assert!(parse_type(bad).unwrap_err().starts_with(&format!("`{bad}` ")), "{bad}");
        }
    }

    #[test]
    fn text_is_read_by_type() {
        for (column_type, text, value) in [
            (ColumnType::Boolean, "true", Value::Boolean(true)),
            (ColumnType::Integer, "-7", Value::Integer(-7)),
            (ColumnType::Number, "1.5e3", Value::Number(1500.0)),
            (ColumnType::Decimal(2), "12.5", Value::Decimal("12.50".to_owned())),
            (ColumnType::Timestamp, "1970-01-01T00:00:01Z", Value::Timestamp(1_000_000)),
            (ColumnType::Bytes, "AQI=", Value::Bytes(vec![1, 2])),
            (ColumnType::User, "user:ana", Value::Text("user:ana".to_owned())),
            (ColumnType::Team, "team:emea", Value::Text("team:emea".to_owned())),
        ] {
            let read = from_text(&column(column_type), text).unwrap();
            assert_eq!(read, value);
            assert_eq!(from_text(&column(column_type), &to_text(&read)), Ok(read));
        }
    }

    #[test]
    fn text_of_another_type_is_refused() {
        for (column_type, text) in [
            (ColumnType::Boolean, "yes"),
            (ColumnType::Integer, "1.0"),
            (ColumnType::Number, "NaN"),
            (ColumnType::Number, "1e999"),
            (ColumnType::Decimal(2), "1.005"),
            (ColumnType::Timestamp, "2026-11-21"),
            (ColumnType::Bytes, "%"),
            (ColumnType::User, "team:emea"),
            (ColumnType::Team, "ana"),
        ] {
            assert!(from_text(&column(column_type), text).is_err(), "{text}");
        }
    }

    #[test]
    fn json_keeps_decimals_exact() {
        let decimal = column(ColumnType::Decimal(2));
        assert_eq!(from_json(&decimal, &json!("12.5")), Ok(Value::Decimal("12.50".to_owned())));
        assert_eq!(from_json(&decimal, &json!(12)), Ok(Value::Decimal("12.00".to_owned())));
        assert_eq!(from_json(&decimal, &json!(null)), Err("`x` cannot be null".to_owned()));
    }

    #[test]
    fn json_of_another_type_is_told_what_to_write() {
        for (column_type, json, told) in [
            (ColumnType::Boolean, json!("true"), "`x` is text: write `true` or `false`, without quotes"),
            (ColumnType::Integer, json!("7"), "`x` is text: write a whole number such as `7`, without quotes"),
            (ColumnType::Number, json!([]), "`x` is a list: write a number such as `1.5`, without quotes"),
            (
                ColumnType::Decimal(2),
                json!(12.5),
                r#"`x` is a number: write a number in quotes such as `"1.23"`, so that it stays exact"#,
            ),
            (ColumnType::Decimal(0), json!(true), r#"`x` is true or false: write a whole number such as `"12"`"#),
            (ColumnType::Text, json!(7), r#"`x` is a number: write text in quotes such as `"some words"`"#),
            (
                ColumnType::Timestamp,
                json!({}),
                r#"`x` is an object: write a time in quotes such as `"2026-11-21T09:30:00Z"`"#,
            ),
            (ColumnType::Bytes, json!(7), r#"`x` is a number: write bytes in base64, in quotes, such as `"AQI="`"#),
            (ColumnType::User, json!(7), r#"`x` is a number: write a user in quotes such as `"user:ana"`"#),
            (ColumnType::Team, json!(7), r#"`x` is a number: write a team in quotes such as `"team:emea"`"#),
        ] {
            assert_eq!(from_json(&column(column_type), &json), Err(told.to_owned()));
        }
    }

    #[test]
    fn a_cell_is_the_same_again_through_json() {
        for (column_type, value) in [
            (ColumnType::Boolean, Value::Boolean(true)),
            (ColumnType::Integer, Value::Integer(-7)),
            (ColumnType::Number, Value::Number(1.5)),
            (ColumnType::Decimal(2), Value::Decimal("12.50".to_owned())),
            (ColumnType::Text, Value::Text("7".to_owned())),
            (ColumnType::Timestamp, Value::Timestamp(1_000_000)),
            (ColumnType::Bytes, Value::Bytes(vec![1, 2])),
            (ColumnType::User, Value::Text("user:ana".to_owned())),
        ] {
            let column = column(column_type);
            assert_eq!(from_json(&column, &to_json(&column, &value)), Ok(value));
        }
    }
}
