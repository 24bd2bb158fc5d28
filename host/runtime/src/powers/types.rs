//! `types`: how a refusal becomes what the guest is told.

use wasmtime::Result;

use mandate_model::Failure;

use crate::{bindings::mandate::automation::types, call::Call, refusal::Refusal};

impl types::Host for Call {
    fn convert_failure(&mut self, refusal: Refusal) -> Result<types::Failure> {
        match refusal {
            // The reason of a denial stays in the journal: it may tell what exists.
            Refusal::Told(Failure::Denied(_)) => Ok(types::Failure::Denied),
            Refusal::Told(Failure::Invalid(why)) => Ok(types::Failure::Invalid(why)),
            Refusal::Told(Failure::Limit(why)) => Ok(types::Failure::Limit(why)),
            Refusal::Told(Failure::Unavailable(_)) => Ok(types::Failure::Unavailable),
            Refusal::Ended(limit) => Err(limit.into()),
        }
    }
}
