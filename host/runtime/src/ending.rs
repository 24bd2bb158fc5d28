//! How a guest call that broke off is told: our own words and a typed cause, never the engine's text.

use mandate_model::{Cause, Outcome};
use wasmtime::{Error, Trap};

use crate::{
    call::Call,
    refusal::{LimitReached, Refusal},
};

/// The cause of a broken-off call and a sentence about it.
pub(crate) fn ending(error: &Error, call: &Call) -> Outcome {
    let cause = cause(error, call);
    let detail = match error.downcast_ref::<Trap>() {
        // A fixed text of the engine, without anything that the guest chose.
        Some(trap) if cause == Cause::Trap => format!("the plugin trapped: {trap}"),
        _ => sentence(cause, call),
    };
    Outcome::Failed { cause, detail }
}

fn cause(error: &Error, call: &Call) -> Cause {
    if let Some(LimitReached(cause)) = limit(error) {
        return *cause;
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Cause::Fuel,
        Some(Trap::Interrupt) => Cause::Deadline,
        Some(Trap::StackOverflow) => Cause::Stack,
        _ if is_hostcall_fuel(error) => Cause::Hostcall,
        // A guest whose memory was not grown usually panics; why is ours to say.
        _ if call.limiter.refused => Cause::Memory,
        _ => Cause::Trap,
    }
}

/// The limit that a host function ended the call with, by itself or as a refusal.
fn limit(error: &Error) -> Option<&LimitReached> {
    match error.downcast_ref::<Refusal>() {
        Some(Refusal::Ended(limit)) => Some(limit),
        _ => error.downcast_ref(),
    }
}

/// The engine's error for too many bytes has no public type; a test holds its text.
fn is_hostcall_fuel(error: &Error) -> bool {
    error.chain().any(|cause| cause.to_string().contains("fuel allocated for hostcalls has been exhausted"))
}

fn sentence(cause: Cause, call: &Call) -> String {
    let limits = call.recorder.limits();
    match cause {
        Cause::Fuel => format!("the plugin used more than {} units of fuel", limits.fuel),
        Cause::Deadline => format!("the plugin ran longer than {} ticks", limits.deadline_ticks),
        Cause::Memory => format!(
            "the plugin asked for more than {} bytes of memory or {} table elements",
            limits.memory, limits.table_elements
        ),
        Cause::Stack => "the plugin's calls are nested too deep".to_owned(),
        Cause::Hostcall => format!(
            "the plugin handed over more than {} bytes in one call or {} in all, or was given more than {}",
            limits.call_bytes, limits.bytes_from_guest, limits.bytes_to_guest
        ),
        Cause::Calls => format!("the plugin made more than {} host calls", limits.host_calls),
        Cause::Effects => format!("the plugin staged more than {} effects", limits.effects),
        Cause::Output => "what the plugin returned breaks a rule".to_owned(),
        Cause::Trap => "the plugin broke the rules of the boundary".to_owned(),
        Cause::Failed => "the plugin failed".to_owned(),
        // Who is told is not always who may know why.
        Cause::Withdrawn => "the automation does not run now".to_owned(),
        Cause::Diverged => call.recorder.diverged().unwrap_or("diverged").to_owned(),
    }
}
