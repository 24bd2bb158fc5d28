//! One function: its size, locals and loops, which decide what it costs to compile.

use wasmparser::{BlockType, FunctionBody, Operator};

use super::{Measure, Place, Refused, measure::Meter, module::Module};

/// Counts a function.
pub(crate) fn read(meter: &mut Meter, module: &Module, body: &FunctionBody<'_>, place: Place) -> Result<(), Refused> {
    meter.largest(Measure::BodyBytes, body.range().len() as u64, place)?;
    let locals = locals(meter, body, place)?;
    instructions(meter, module, body, locals, place)
}

fn locals(meter: &mut Meter, body: &FunctionBody<'_>, place: Place) -> Result<u64, Refused> {
    let malformed = |error| Refused::malformed(&error, place);
    let mut total: u64 = 0;
    for declared in body.get_locals_reader().map_err(malformed)? {
        let (count, _) = declared.map_err(malformed)?;
        total = total.saturating_add(count.into());
        meter.largest(Measure::Locals, total, place)?;
    }
    Ok(total)
}

fn instructions(
    meter: &mut Meter,
    module: &Module,
    body: &FunctionBody<'_>,
    locals: u64,
    place: Place,
) -> Result<(), Refused> {
    let malformed = |error| Refused::malformed(&error, place);
    let mut reader = body.get_operators_reader().map_err(malformed)?;
    let own = place.function.map_or(0, |function| module.signature(module.type_of(function)));
    let mut blocks = Blocks { module, open: vec![Open { signature: own, looping: false }], depth: 0, loops: 0 };
    while !reader.eof() {
        let (operator, offset) = reader.read_with_offset().map_err(malformed)?;
        let place = Place { offset, ..place };
        meter.add(Measure::Instructions, 1, place)?;
        let passed = blocks.follow(&operator);
        meter.add(Measure::Passed, passed, place)?;
        meter.largest(Measure::LoopDepth, blocks.depth, place)?;
        meter.largest(Measure::LoopsTimesLocals, blocks.loops.saturating_mul(locals), place)?;
    }
    Ok(())
}

/// A block that is open.
struct Open {
    /// The parameters and results of its type.
    signature: u64,
    /// Whether it is a loop.
    looping: bool,
}

/// The blocks that are open, and the loops among them.
struct Blocks<'m> {
    module: &'m Module,
    /// The function itself, then the blocks within it, innermost last.
    open: Vec<Open>,
    /// Open loops.
    depth: u64,
    /// All loops so far.
    loops: u64,
}

impl Blocks<'_> {
    /// Follows one instruction; how many values it passes, at most.
    fn follow(&mut self, operator: &Operator<'_>) -> u64 {
        match operator {
            Operator::Loop { blockty } => self.enter(*blockty, true),
            Operator::Block { blockty }
            | Operator::If { blockty }
            | Operator::Try { blockty }
            | Operator::TryTable { try_table: wasmparser::TryTable { ty: blockty, .. } } => self.enter(*blockty, false),
            Operator::End | Operator::Delegate { .. } => self.leave(),
            Operator::Else => self.label(0),
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => self.label(*relative_depth),
            // All targets take as many values as the default one, or the first that does not ends the validation.
            Operator::BrTable { targets } => {
                self.label(targets.default()).saturating_mul(u64::from(targets.len()).saturating_add(1))
            }
            Operator::Return => self.open.first().map_or(0, |function| function.signature),
            Operator::Call { function_index } => self.module.signature(self.module.type_of(*function_index)),
            Operator::CallIndirect { type_index, .. } => self.module.signature(*type_index),
            _ => 0,
        }
    }

    fn enter(&mut self, ty: BlockType, looping: bool) -> u64 {
        let signature = match ty {
            BlockType::Empty => 0,
            BlockType::Type(_) => 1,
            BlockType::FuncType(index) => self.module.signature(index),
        };
        self.depth += u64::from(looping);
        self.loops += u64::from(looping);
        self.open.push(Open { signature, looping });
        signature
    }

    fn leave(&mut self) -> u64 {
        let Some(block) = self.open.pop() else { return 0 };
        self.depth -= u64::from(block.looping);
        block.signature
    }

    fn label(&self, depth: u32) -> u64 {
        self.open.iter().rev().nth(depth as usize).map_or(0, |block| block.signature)
    }
}
