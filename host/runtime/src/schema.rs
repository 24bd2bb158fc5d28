//! JSON Schemas that others write: of settings, and of the arguments of operations. None leads outside itself.

use jsonschema::{Draft, Validator};
use serde_json::Value as Json;

/// Keywords that let a short schema cost gigabytes or hours: references unfold, expressions compile to automata.
const COSTLY: [&str; 5] = ["$ref", "$dynamicRef", "$recursiveRef", "pattern", "patternProperties"];
const INSTEAD: &str = "write the part out, or use `enum`, `minLength`, `maxLength` and `format`";

/// A schema (2020-12) that was read.
pub struct Schema(Validator);

impl Schema {
    /// Reads a schema. The message of an error goes behind what the schema is called: `uses …`, `is no JSON Schema: …`.
    pub fn new(schema: &Json) -> Result<Self, String> {
        if let Some(keyword) = costly(schema) {
            return Err(format!("uses `{keyword}`, which can cost more than it says: {INSTEAD}"));
        }
        let validator = jsonschema::options().with_draft(Draft::Draft202012).build(schema);
        validator.map(Self).map_err(|error| format!("is no JSON Schema: {error}"))
    }

    /// What is wrong with a value, each with its place; nothing if it fits.
    pub fn errors<'a>(&'a self, value: &'a Json) -> impl Iterator<Item = String> + 'a {
        self.0.iter_errors(value).map(|error| told(&error))
    }
}

/// A keyword of [`COSTLY`] that is used anywhere. A property of that name is taken for one: it must have another name.
fn costly(schema: &Json) -> Option<&'static str> {
    match schema {
        Json::Object(fields) => COSTLY
            .into_iter()
            .find(|keyword| fields.contains_key(*keyword))
            .or_else(|| fields.values().find_map(costly)),
        Json::Array(items) => items.iter().find_map(costly),
        _ => None,
    }
}

fn told(error: &jsonschema::ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    if place.is_empty() { error.to_string() } else { format!("{place}: {error}") }
}
