//! Validation, with exactly the features that guests may use, and a clear word for each of the others.

use wasmparser::{
    FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, Payload, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

use super::{Feature, Measure, Place, Refused, feature::ALLOWED, measure::Meter};

/// Validates a component whose structure is within the limits.
pub(crate) fn check(bytes: &[u8], meter: &mut Meter) -> Result<(), Refused> {
    let mut pass = Pass { validator: Validator::new_with_features(ALLOWED), modules: 0, in_module: false, meter };
    let mut allocations = FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| pass.refused(bytes, &error, None))?;
        pass.follow(&payload);
        let valid = pass.validator.payload(&payload).map_err(|error| pass.refused(bytes, &error, None))?;
        if let ValidPayload::Func(function, body) = valid {
            allocations = pass.function(bytes, function, &body, allocations)?;
        }
    }
    Ok(())
}

struct Pass<'m> {
    validator: Validator,
    /// Core modules so far, the open one too.
    modules: u32,
    in_module: bool,
    meter: &'m mut Meter,
}

impl Pass<'_> {
    fn follow(&mut self, payload: &Payload<'_>) {
        match payload {
            Payload::ModuleSection { .. } => {
                self.modules = self.modules.saturating_add(1);
                self.in_module = true;
            }
            // Modules do not nest; after one, the component goes on.
            Payload::End(_) => self.in_module = false,
            _ => {}
        }
    }

    fn place(&self, function: Option<u32>, offset: usize) -> Place {
        let module = if self.in_module { self.modules.checked_sub(1) } else { None };
        Place { module, function, offset }
    }

    /// Validates a function, one instruction at a time: how many values are live at once decides what it costs to compile.
    fn function(
        &mut self,
        bytes: &[u8],
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        allocations: FuncValidatorAllocations,
    ) -> Result<FuncValidatorAllocations, Refused> {
        let index = Some(function.index);
        let mut validator = function.into_validator(allocations);
        let mut reader = body.get_binary_reader();
        let refused = |pass: &Self, error| pass.refused(bytes, &error, index);
        validator.read_locals(&mut reader).map_err(|error| refused(self, error))?;
        reader.set_features(ALLOWED);
        while !reader.eof() {
            let offset = reader.original_position();
            let valid = reader.visit_operator(&mut validator.visitor(offset)).and_then(|valid| valid);
            valid.map_err(|error| refused(self, error))?;
            let height = validator.operand_stack_height();
            self.meter.largest(Measure::Operands, height.into(), self.place(index, offset))?;
        }
        let end = reader.original_position();
        reader.finish_expression(&validator.visitor(end)).map_err(|error| refused(self, error))?;
        Ok(validator.into_allocations())
    }

    /// Why it is not valid: a feature that is off, or truly malformed.
    fn refused(&self, bytes: &[u8], error: &wasmparser::Error, function: Option<u32>) -> Refused {
        let place = self.place(function, error.offset());
        if let Some(missing) = error.missing_wasm_feature().filter(|missing| !ALLOWED.contains(*missing)) {
            return Refused::feature(Feature::missed(missing), error, place);
        }
        // The validator does not always tell that a feature is missing: ask again with everything on.
        if Validator::new_with_features(WasmFeatures::all()).validate_all(bytes).is_ok() {
            return Refused::feature(Feature::Other, error, place);
        }
        Refused::malformed(error, place)
    }
}
