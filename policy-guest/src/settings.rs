//! Reading the settings of an automation.

use crate::{Decimal, Json, Problem, View};

/// The settings of the automation. The host has checked them against the manifest's schema, so what is missing or of the
/// wrong kind is the schema's fault: it is answered with a [`Problem`] that names the setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings(Json);

impl Settings {
    /// The settings as this view has them.
    pub fn of(view: &View) -> Result<Self, Problem> {
        Self::parse(&view.settings())
    }

    /// Reads settings from JSON text, for tests; the empty text is `{}`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = if text.is_empty() { "{}" } else { text };
        match Json::parse(text) {
            Some(json @ Json::Object(_)) => Ok(Self(json)),
            _ => Err(Problem::Failed("the settings are no JSON object".to_owned())),
        }
    }

    /// A setting as it is; `None` when it is not set.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<&str, Problem> {
        self.read(name, "text", Json::text)
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Result<i64, Problem> {
        self.read(name, "whole number", Json::integer)
    }

    /// True or false; false when it is not set.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name) == Some(&Json::Boolean(true))
    }

    /// An exact decimal number, written as a JSON number or as text.
    pub fn decimal(&self, name: &str) -> Result<Decimal, Problem> {
        self.read(name, "decimal number", |json| match json {
            Json::Number(text) | Json::Text(text) => Decimal::parse(text),
            _ => None,
        })
    }

    fn read<'a, T>(&'a self, name: &str, kind: &str, read: impl Fn(&'a Json) -> Option<T>) -> Result<T, Problem> {
        let missing = || Problem::Failed(format!("the setting `{name}` is no {kind}"));
        self.get(name).and_then(read).ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_by_kind() {
        let text = r#"{"dataset": "deals", "most": 3, "threshold": "10000.00", "limit": 0.5, "all": true}"#;
        let settings = Settings::parse(text).unwrap();
        assert_eq!(settings.text("dataset"), Ok("deals"));
        assert_eq!(settings.integer("most"), Ok(3));
        assert_eq!(settings.decimal("threshold").ok(), Decimal::parse("10000"));
        assert_eq!(settings.decimal("limit").ok(), Decimal::parse("0.50"));
        assert!(settings.flag("all") && !settings.flag("none") && !settings.flag("most"));
    }

    #[test]
    fn a_missing_setting_is_named() {
        let settings = Settings::parse("").unwrap();
        assert_eq!(settings.text("dataset"), Err(Problem::Failed("the setting `dataset` is no text".to_owned())));
        assert!(Settings::parse("[]").is_err());
    }
}
