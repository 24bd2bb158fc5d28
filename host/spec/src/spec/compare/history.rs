//! What somebody was to be shown of what ran against what they are.

use mandate_model::PrincipalId;
use mandate_service::{PartKind, RunView};

use crate::spec::expect::history::{Act, Ran};

/// Why it does not hold; `None`: it does.
pub(super) fn failure(who: &PrincipalId, name: &str, expected: &Ran, shown: &[RunView]) -> Option<String> {
    let failure = misfit(expected, shown)?;
    Some(format!("the history of `{name}` as `{who}`: {failure}"))
}

fn misfit(expected: &Ran, shown: &[RunView]) -> Option<String> {
    if shown.len() != expected.runs {
        return Some(format!("expected {} runs; they know of {}", expected.runs, shown.len()));
    }
    for run in shown {
        let event = run.event.get().is_some();
        if expected.event.is_some_and(|wanted| wanted != event) {
            return Some(format!("expected that what happened is {}; it is {}", word(!event), word(event)));
        }
        let act = act(run);
        if let Some(wanted) = expected.act.filter(|wanted| *wanted != act) {
            return Some(format!("expected that the act part is {wanted:?}; it is {act:?}").to_lowercase());
        }
    }
    let text = serde_json::to_string(shown).unwrap_or_default();
    if let Some(words) = expected.has.iter().find(|words| !text.contains(*words)) {
        return Some(format!("expected {words:?} in it; it is {text}"));
    }
    let words = expected.lacks.iter().find(|words| text.contains(*words))?;
    Some(format!("expected no {words:?} in it; it is {text}"))
}

fn word(shown: bool) -> &'static str {
    if shown { "shown" } else { "hidden" }
}

/// How much they are shown of the act part, their own or another's.
fn act(run: &RunView) -> Act {
    if let Some(own) = run.parts.iter().find(|part| part.kind == PartKind::Act) {
        return if own.hidden.is_none() { Act::Shown } else { Act::Hidden };
    }
    match run.others.get().map(Vec::as_slice) {
        Some([]) => Act::None,
        Some(parts) if parts.iter().all(|part| part.rest.get().is_some()) => Act::Shown,
        _ => Act::Hidden,
    }
}
