//! How a part is shown of which nothing is kept: in a replay, and in a dry run.

use mandate_model::Effect;
use mandate_service::{Foreseen, HIDDEN, PartKind, Rehearsed, SimulatedPart, words};

use crate::{
    report,
    show::{inert, lines},
};

/// Prints it.
pub(super) fn print(part: &Rehearsed) {
    let Rehearsed { kind, outcome, findings, effects, messages, journal: _, usage } = part.clone();
    outln!("{} part: {}", word(kind), report::ended(&outcome));
    came(&Foreseen { outcome, findings, effects, messages, usage }, "  ");
}

/// Prints one that was tried as somebody else, as far as it is shown.
pub(super) fn print_simulated(part: &SimulatedPart) {
    match part.rest.get() {
        Some(foreseen) => {
            outln!("  {} part: {}", word(part.kind), report::ended(&foreseen.outcome));
            came(foreseen, "    ");
        }
        None => outln!("  {} part: {HIDDEN}", word(part.kind)),
    }
}

fn word(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Act => "act",
        PartKind::Notify => "notify",
    }
}

fn came(foreseen: &Foreseen, indent: &str) {
    for (finding, outcome) in &foreseen.findings {
        outln!("{indent}finding: {}: {}", inert(&finding.summary), report::ended(outcome));
    }
    for effect in &foreseen.effects {
        outln!("{indent}would {}", inert(&words::change(effect, "?")));
        if let Effect::Tell { message, .. } = effect {
            out!("{}", lines(&message.body, &format!("{indent}  ")));
        }
    }
    for (_, message) in &foreseen.messages {
        outln!("{indent}would tell: {}", inert(&message.title));
        out!("{}", lines(&message.body, &format!("{indent}  ")));
    }
    outln!("{indent}used {} fuel, {} host calls", foreseen.usage.fuel, foreseen.usage.host_calls);
}
