//! Named operations: what a platform does besides changing rows, and who carries it out for it.
//!
//! What an automation asks for is staged like a change of a row, judged again when it is carried out, and handed to a [`Provider`] with
//! a key of its own: [`http::HttpOperations`], or one of the embedder's.

pub mod http;

use std::path::PathBuf;

use async_trait::async_trait;
use mandate_model::{
    AutomationId, PrincipalId, RunId,
    name::{MAX_NAME, is_name},
};
use mandate_runtime::schema::Schema;
use serde_json::Value as Json;

use crate::{outbound::Target, outward::Setback};

/// Longest schema in bytes, as JSON.
const MAX_SCHEMA: usize = 64 << 10;
/// Most bytes of arguments.
const MAX_ARGUMENTS: usize = 64 << 10;
/// Longest description in bytes.
const MAX_DESCRIPTION: usize = 1000;
/// Most letters of what is wrong with arguments: they are told in it.
const MAX_TOLD: usize = 300;

/// What a platform can be asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its name: as those of datasets.
    pub name: String,
    /// What it does, for people.
    pub description: String,
    /// JSON Schema (2020-12) of its arguments, which are an object.
    pub schema: Json,
    /// Whether who carries it out does nothing twice for the same key. If not, it is never tried again once it may have been done.
    pub idempotent: bool,
    /// Where it is called over HTTP; `None`: a [`Provider`] of the embedder's carries it out.
    pub call: Option<HttpCall>,
}

/// How an operation is called over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpCall {
    /// Where to.
    pub target: Target,
    /// The file with the bearer secret, from the folder of the store on. The secret itself is read at each call and kept nowhere.
    pub secret_file: Option<PathBuf>,
}

/// What is wrong with an operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// Not a name.
    #[error(
        "`{0}` is no name of an operation: a lower-case letter, then lower-case letters, digits and `_`, at most {MAX_NAME}"
    )]
    Name(String),
    /// None, or an essay.
    #[error("the operation `{0}` needs a description of 1 to {MAX_DESCRIPTION} bytes")]
    Description(String),
    /// The schema is none, or too large.
    #[error("the schema of the operation `{0}` {1}")]
    Schema(String, String),
}

impl Operation {
    /// Refuses what cannot be registered.
    pub fn check(&self) -> Result<(), OperationError> {
        if !is_name(&self.name) {
            return Err(OperationError::Name(self.name.clone()));
        }
        if !(1..=MAX_DESCRIPTION).contains(&self.description.len()) {
            return Err(OperationError::Description(self.name.clone()));
        }
        if self.schema.to_string().len() > MAX_SCHEMA {
            let problem = format!("has more than {} KiB", MAX_SCHEMA >> 10);
            return Err(OperationError::Schema(self.name.clone(), problem));
        }
        Schema::new(&self.schema).map(drop).map_err(|problem| OperationError::Schema(self.name.clone(), problem))
    }

    /// The arguments, if they are an object that satisfies the schema; else the first thing that is wrong with them.
    pub(crate) fn arguments(&self, text: &str) -> Result<Json, String> {
        if text.len() > MAX_ARGUMENTS {
            return Err(format!("the arguments have more than {} KiB", MAX_ARGUMENTS >> 10));
        }
        let arguments = serde_json::from_str(text).map_err(|error| format!("the arguments are no JSON: {error}"))?;
        self.fits(&arguments)?;
        Ok(arguments)
    }

    /// Refuses arguments that are no object or do not satisfy the schema.
    pub(crate) fn fits(&self, arguments: &Json) -> Result<(), String> {
        if !arguments.is_object() {
            return Err("the arguments are a JSON object".to_owned());
        }
        let schema = Schema::new(&self.schema)?;
        let wrong = schema.errors(arguments).next();
        wrong.map_or(Ok(()), |problem| Err(problem.chars().take(MAX_TOLD).collect()))
    }
}

/// One operation, to be carried out once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// As whom.
    pub principal: PrincipalId,
    /// Its idempotency key, `run/part/sequence`: the same at each attempt.
    pub key: String,
    /// The automation that asks.
    pub automation: AutomationId,
    /// The run that it asks in.
    pub run: RunId,
    /// Which operation.
    pub operation: String,
    /// Its arguments: a JSON object.
    pub arguments: String,
    /// Whether an attempt before this one may have been carried out.
    pub again: bool,
}

/// Carries operations out. A closure is one, too.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Does what is asked, within a time of its own. `Later`: nothing was done; `Unknown`: perhaps it was. Reasons are for the
    /// operator, and hold no secret.
    async fn invoke(&self, operation: &Operation, invocation: &Invocation) -> Result<(), Setback>;
}

#[async_trait]
impl<F: Fn(&Invocation) -> Result<(), Setback> + Send + Sync> Provider for F {
    async fn invoke(&self, _: &Operation, invocation: &Invocation) -> Result<(), Setback> {
        self(invocation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn close(schema: Json) -> Operation {
        let (name, description) = ("close_deal".to_owned(), "Closes a deal.".to_owned());
        Operation { name, description, schema, idempotent: false, call: None }
    }

    #[test]
    fn what_cannot_be_registered_is_told() {
        assert_eq!(close(json!({})).check(), Ok(()));
        let told = |operation: Operation| operation.check().unwrap_err().to_string();
        let named = told(Operation { name: "Close".to_owned(), ..close(json!({})) });
        assert!(named.starts_with("`Close` is no name of an operation: a lower-case letter"), "{named}");
        let silent = told(Operation { description: String::new(), ..close(json!({})) });
        assert_eq!(silent, "the operation `close_deal` needs a description of 1 to 1000 bytes");
        for (schema, problem) in [
            (json!({"$ref": "http://127.0.0.1:9/x.json"}), "uses `$ref`, which can cost more than it says"),
            (json!({"type": 5}), "is no JSON Schema"),
            (json!({"title": "x".repeat(MAX_SCHEMA)}), "has more than 64 KiB"),
        ] {
            let told = told(close(schema));
            assert!(told.starts_with("the schema of the operation `close_deal` ") && told.contains(problem), "{told}");
        }
    }

    #[test]
    fn arguments_are_an_object_that_fits() {
        let operation = close(json!({"properties": {"deal": {"type": "string"}}, "required": ["deal"]}));
        assert_eq!(operation.arguments(r#"{"deal": "1"}"#), Ok(json!({"deal": "1"})));
        for (text, problem) in [
            ("{", "the arguments are no JSON"),
            ("[]", "the arguments are a JSON object"),
            ("{}", "\"deal\" is a required property"),
            (r#"{"deal": 1}"#, "/deal: 1 is not of type \"string\""),
        ] {
            let told = operation.arguments(text).unwrap_err();
            assert!(told.starts_with(problem), "{told}");
        }
        let long = |length: usize| format!(r#"{{"deal": ["{}"]}}"#, "x".repeat(length));
        assert_eq!(operation.arguments(&long(MAX_ARGUMENTS)).unwrap_err(), "the arguments have more than 64 KiB");
        assert_eq!(operation.arguments(&long(1000)).unwrap_err().chars().count(), MAX_TOLD);
    }
}
