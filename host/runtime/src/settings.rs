//! Settings of an automation, checked against the schema that the manifest gives.

use serde_json::Value as Json;

use crate::schema::Schema;

/// The schema of a plugin's settings.
pub(crate) struct SettingsSchema(Option<Schema>);

/// What is wrong with settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the settings do not fit the plugin: {}", .0.join("; "))]
pub struct SettingsError(pub Vec<String>);

/// Most problems that are told at once.
const TOLD: usize = 10;

impl SettingsSchema {
    /// Reads a schema (2020-12); an empty text means that there are no settings. References lead to nowhere outside it.
    pub(crate) fn parse(schema: &str) -> Result<Self, String> {
        if schema.is_empty() {
            return Ok(Self(None));
        }
        let schema: Json =
            serde_json::from_str(schema).map_err(|error| format!("settings-schema is no JSON: {error}"))?;
        let schema = Schema::new(&schema).map_err(|error| format!("settings-schema {error}"))?;
        Ok(Self(Some(schema)))
    }

    /// Checks settings; all problems are told, each with its place.
    pub(crate) fn check(&self, settings: &Json) -> Result<(), SettingsError> {
        let Some(object) = settings.as_object() else {
            return Err(SettingsError(vec!["settings are a JSON object".to_owned()]));
        };
        let problems: Vec<String> = match &self.0 {
            None if object.is_empty() => vec![],
            None => vec!["the plugin has no settings".to_owned()],
            Some(schema) => schema.errors(settings).take(TOLD).collect(),
        };
        if problems.is_empty() { Ok(()) } else { Err(SettingsError(problems)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(schema: &str, settings: &Json) -> Result<(), String> {
        SettingsSchema::parse(schema)?.check(settings).map_err(|error| error.to_string())
    }

    const SCHEMA: &str = r#"{"type":"object","properties":{"threshold":{"type":"integer"}},"required":["threshold"]}"#;

    #[test]
    fn settings_fit_or_every_problem_is_told() {
        assert_eq!(check(SCHEMA, &json!({"threshold": 1})), Ok(()));
        let wrong = check(SCHEMA, &json!({"threshold": "x"})).unwrap_err();
        assert!(wrong.contains("/threshold"), "{wrong}");
        assert!(check(SCHEMA, &json!({})).unwrap_err().contains("threshold"));
        assert!(check(SCHEMA, &json!([])).unwrap_err().contains("object"));
    }

    #[test]
    fn no_schema_means_no_settings() {
        assert_eq!(check("", &json!({})), Ok(()));
        assert!(check("", &json!({"a": 1})).unwrap_err().contains("no settings"));
    }

    #[test]
    fn a_schema_must_be_one_and_reaches_nothing_outside() {
        assert!(check("{", &json!({})).unwrap_err().contains("no JSON"));
        assert!(check(r#"{"type": 5}"#, &json!({})).unwrap_err().contains("no JSON Schema"));
        for costly in [
            r#"{"$ref": "http://127.0.0.1:9/x.json"}"#,
            r#"{"allOf": [{"$ref": "file:///etc/passwd"}]}"#,
            r#"{"properties": {"a": {"type": "string", "pattern": "\\p{L}{60}N"}}}"#,
            r#"{"patternProperties": {"a": {}}}"#,
            r#"{"$defs": {"a": {"$dynamicRef": "b"}}}"#,
        ] {
            assert!(check(costly, &json!({})).unwrap_err().contains("can cost more than it says"), "{costly}");
        }
    }
}
