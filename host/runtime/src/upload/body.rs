//! One function: its size, locals and loops, which decide what it costs to compile.

use wasmparser::{FunctionBody, Operator};

use super::{Measure, Place, Refused, measure::Meter};

/// Counts a function.
pub(crate) fn read(meter: &mut Meter, body: &FunctionBody<'_>, place: Place) -> Result<(), Refused> {
    meter.add(Measure::Functions, 1, place)?;
    meter.largest(Measure::BodyBytes, body.range().len() as u64, place)?;
    let locals = locals(meter, body, place)?;
    loops(meter, body, locals, place)
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

fn loops(meter: &mut Meter, body: &FunctionBody<'_>, locals: u64, place: Place) -> Result<(), Refused> {
    let malformed = |error| Refused::malformed(&error, place);
    let mut reader = body.get_operators_reader().map_err(malformed)?;
    let mut blocks = Blocks::default();
    while !reader.eof() {
        let (operator, offset) = reader.read_with_offset().map_err(malformed)?;
        let place = Place { offset, ..place };
        meter.add(Measure::Instructions, 1, place)?;
        if blocks.follow(&operator) {
            meter.largest(Measure::LoopDepth, blocks.depth, place)?;
            meter.largest(Measure::LoopsTimesLocals, blocks.loops.saturating_mul(locals), place)?;
        }
    }
    Ok(())
}

/// The blocks that are open, and the loops among them.
#[derive(Default)]
struct Blocks {
    /// For each open block: whether it is a loop.
    open: Vec<bool>,
    /// Open loops.
    depth: u64,
    /// All loops so far.
    loops: u64,
}

impl Blocks {
    /// Follows one instruction; whether it begins a loop.
    fn follow(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::Loop { .. } => {
                self.depth += 1;
                self.loops += 1;
                self.open.push(true);
                return true;
            }
            Operator::Block { .. } | Operator::If { .. } | Operator::Try { .. } | Operator::TryTable { .. } => {
                self.open.push(false);
            }
            // The last `end` of a function finds nothing open.
            Operator::End | Operator::Delegate { .. } => {
                let was_loop = self.open.pop().unwrap_or_default();
                self.depth -= u64::from(was_loop);
            }
            _ => {}
        }
        false
    }
}
