//! JSON in which no key stands twice, and words for what is wrong with it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json, error::Category};

/// Why a text is no JSON object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Malformed {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// Reads one JSON object. A key that stands twice, at any depth, is refused: which of the two was meant, nobody knows.
pub fn object(text: &str) -> Result<Map<String, Json>, Malformed> {
    match value(text)? {
        Json::Object(object) => Ok(object),
        other => {
            let message = format!("this is {}: write an object such as `{{\"name\": \"value\"}}`", kind(&other));
            Err(Malformed { line: 1, column: 1, message })
        }
    }
}

/// Reads any JSON, as strictly as [`object`].
pub fn value(text: &str) -> Result<Json, Malformed> {
    serde_json::from_str::<Strict>(text).map(|Strict(value)| value).map_err(|error| {
        let line = error.line().max(1);
        let before = text.split('\n').nth(line - 1).and_then(|text| text.get(..error.column().saturating_sub(1)));
        let column = before.map_or(error.column().max(1), |before| before.chars().count() + 1);
        Malformed { line, column, message: words(&error) }
    })
}

/// What a value is, with its article.
pub fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// serde_json's message without its own line and column.
pub fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

/// [`plain`] in words for people.
fn words(error: &serde_json::Error) -> String {
    let message = plain(error);
    match (error.classify(), message.as_str()) {
        (Category::Eof, _) => "the text ends too early: a quote or a bracket is not closed".to_owned(),
        (_, "expected value") => "a value is missing: write text in quotes, a number, true, false or null".to_owned(),
        (_, "key must be a string") => "write the key in double quotes".to_owned(),
        (_, "trailing characters") => "something stands behind the end of the object".to_owned(),
        _ => message,
    }
}

/// A value in which no key stands twice.
struct Strict(Json);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::from(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice: write it once")));
            }
            let Strict(value) = entries.next_value()?;
            object.insert(key, value);
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn an_object_is_read() {
        let text = r#"{"a": [1, -2, 2.5, true, null], "b": {"a": "é"}}"#;
        assert_eq!(
            serde_json::Value::Object(object(text).unwrap()),
            serde_json::from_str::<serde_json::Value>(text).unwrap()
        );
    }

    #[test]
    fn what_is_no_object_is_told_in_words_and_where() {
        for (text, told) in [
            ("[1]", "line 1, column 1: this is a list: write an object such as `{\"name\": \"value\"}`"),
            ("7", "line 1, column 1: this is a number"),
            ("true", "line 1, column 1: this is true or false"),
            ("null", "line 1, column 1: this is null"),
            ("\"a\"", "line 1, column 1: this is text"),
            ("{\"a\":", "line 1, column 5: the text ends too early"),
            ("", "line 1, column 1: the text ends too early"),
            ("{a: 1}", "line 1, column 2: write the key in double quotes"),
            ("{\"a\": }", "line 1, column 7: a value is missing"),
            ("{} x", "line 1, column 4: something stands behind the end"),
            ("{\n\"é\": 1, \"é\": 2}", "line 2, column 11: the key `é` stands twice"),
            ("{\"a\": [{\"b\": 1, \"b\": 1}]}", "the key `b` stands twice: write it once"),
        ] {
            let found = object(text).unwrap_err().to_string();
            assert!(found.contains(told), "{text}: expected `{told}`, found `{found}`");
        }
    }
}
