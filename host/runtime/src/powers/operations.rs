//! `operations`: ask the platform to carry out a named operation of its own.

use mandate_model::{Effect, Resource as Source};
use serde_json::json;
use wasmtime::component::Resource;

use super::stage::stage;
use crate::{authority::Hand, bindings::mandate::automation::operations::Host, call::Call, refusal::Refusal};

impl Host for Call {
    async fn invoke(&mut self, hand: Resource<Hand>, operation: String, arguments: String) -> Result<(), Refusal> {
        let authority = self.hands(&hand)?;
        let asked = json!({ "operation": operation, "arguments": arguments });
        let question = authority.question("operations", "invoke", asked, Source::Operation(operation.clone()));
        stage(self, &authority, question, Effect::Invoke { operation, arguments }).await
    }
}
