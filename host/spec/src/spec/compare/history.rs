//! What somebody was to be shown of what ran against what they are.

use std::collections::BTreeSet;

use mandate_model::PrincipalId;
use mandate_service::{PartKind, Rehearsal, RunView, Simulated};

use crate::spec::expect::history::{Act, ComesTo, Ran, Revealed, Tried};

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
    wording(&expected.has, &expected.lacks, &serde_json::to_string(shown).unwrap_or_default())
}

fn wording(has: &[String], lacks: &[String], text: &str) -> Option<String> {
    if let Some(words) = has.iter().find(|words| !text.contains(*words)) {
        return Some(format!("expected {words:?} in it; it is {text}"));
    }
    let words = lacks.iter().find(|words| text.contains(*words))?;
    Some(format!("expected no {words:?} in it; it is {text}"))
}

/// Why what was to be revealed is not what was; `None`: it is.
pub(super) fn revealed_failure(
    who: &PrincipalId,
    name: &str,
    expected: &Revealed,
    shown: Option<&[RunView]>,
) -> Option<String> {
    let failure = match shown {
        None => Some("they never revealed any of it".to_owned()),
        Some(runs) => {
            let parts: Vec<_> = runs.iter().flat_map(|run| &run.revealed).collect();
            let of: BTreeSet<_> = parts.iter().map(|part| part.principal.clone()).collect();
            if of == expected.of {
                wording(&expected.has, &expected.lacks, &serde_json::to_string(&parts).unwrap_or_default())
            } else {
                Some(format!("expected parts of {}; there are parts of {}", list(&expected.of), list(&of)))
            }
        }
    };
    failure.map(|failure| format!("what `{who}` revealed of `{name}`: {failure}"))
}

fn list(people: &BTreeSet<PrincipalId>) -> String {
    if people.is_empty() {
        return "nobody".to_owned();
    }
    people.iter().map(|person| format!("`{person}`")).collect::<Vec<_>>().join(", ")
}

/// Why what a dry run was to come to is not what it did; `None`: it is.
pub(super) fn tried_failure(who: &PrincipalId, name: &str, expected: &Tried, shown: &[Simulated]) -> Option<String> {
    let failure = match shown.iter().find(|one| one.person == expected.person) {
        None => Some("it was never tried".to_owned()),
        Some(one) => {
            let came = comes_to(one);
            if came == expected.comes_to {
                wording(&expected.has, &expected.lacks, &serde_json::to_string(one).unwrap_or_default())
            } else {
                Some(format!("expected {:?}; it is {came:?}", expected.comes_to).to_lowercase())
            }
        }
    };
    failure.map(|failure| format!("the dry run of `{name}` by `{who}` as `{}`: {failure}", expected.person))
}

fn comes_to(tried: &Simulated) -> ComesTo {
    match tried.comes_to.get() {
        Some(Rehearsal::NoEvent) => ComesTo::Nothing,
        Some(Rehearsal::Parts(parts)) if parts.iter().all(|part| part.rest.get().is_some()) => ComesTo::Shown,
        _ => ComesTo::Hidden,
    }
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
