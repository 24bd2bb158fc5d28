//! How a part is shown of which nothing is kept: in a replay, and in a dry run.

use mandate_service::{PartKind, Rehearsed};

use crate::{
    report,
    show::{inert, lines},
};

/// Prints it.
pub(super) fn print(part: &Rehearsed) {
    let kind = match part.kind {
        PartKind::Act => "act",
        PartKind::Notify => "notify",
    };
    outln!("{kind} part: {}", report::ended(&part.outcome));
    for (finding, outcome) in &part.findings {
        outln!("  finding: {}: {}", inert(&finding.summary), report::ended(outcome));
    }
    for effect in &part.effects {
        outln!("  would {}", inert(&report::change(effect, "?")));
    }
    for (_, message) in &part.messages {
        outln!("  would tell: {}", inert(&message.title));
        out!("{}", lines(&message.body, "    "));
    }
    outln!("  used {} fuel, {} host calls", part.usage.fuel, part.usage.host_calls);
}
