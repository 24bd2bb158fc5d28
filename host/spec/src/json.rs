//! TOML values as JSON, and JSON objects in which no key stands twice.

pub(crate) use mandate_service::json::plain;
pub use mandate_service::json::{Malformed, object};
use serde_json::Value as Json;

/// A TOML value as JSON; the message of an error says what JSON does not have.
pub(crate) fn of_toml(value: &toml::Value) -> Result<Json, &'static str> {
    match value {
        toml::Value::String(text) => Ok(Json::String(text.clone())),
        toml::Value::Integer(value) => Ok(Json::from(*value)),
        toml::Value::Boolean(value) => Ok(Json::Bool(*value)),
        toml::Value::Float(value) => {
            let number = serde_json::Number::from_f64(*value).map(Json::Number);
            number.ok_or("settings and cells are JSON: `nan` and `inf` are not")
        }
        toml::Value::Datetime(_) => Err("settings and cells are JSON, which has no dates: write the date in quotes"),
        toml::Value::Array(items) => items.iter().map(of_toml).collect(),
        toml::Value::Table(table) => table.iter().map(|(name, item)| Ok((name.clone(), of_toml(item)?))).collect(),
    }
}
