//! What was expected against what came.

pub mod governance;
mod history;

use std::collections::BTreeMap;

use mandate_model::{Content, Field, Message, PrincipalId, RowRef, Value};

use super::expect::{Expectations, Kind, Part, PartPhase, Seen, Told};
use crate::cell;
use crate::problem::Problem;
use governance::ObservedGovernance;

/// What came of a spec's events, as each person may see it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// Everybody's messages, in the order of delivery.
    pub messages: BTreeMap<PrincipalId, Vec<Message>>,
    /// Everybody's own parts of runs.
    pub parts: BTreeMap<PrincipalId, Vec<ObservedPart>>,
    /// The rows that were asked for, as each person sees them afterwards; `None`: denied.
    pub rows: BTreeMap<(PrincipalId, RowRef), Option<Vec<Field>>>,
    /// What became of automations.
    pub governance: ObservedGovernance,
    /// Steps that were done and should have been refused, or the other way round, in order.
    pub surprises: Vec<Surprise>,
}

/// A step of which something else came than must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surprise {
    /// What, and where the step stands.
    pub problem: Problem,
    /// Whether the step is what the spec is about; else it is set-up.
    pub point: bool,
}

/// A part of a run, as its own person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedPart {
    /// Act or notify.
    pub phase: PartPhase,
    /// How it ended, as a word: `done`, `failed`, `withheld` …
    pub state: String,
    /// Effects that were carried out.
    pub effects: usize,
    /// Why it ended so, for the message of a failed expectation.
    pub reason: String,
}

/// The expectations that do not hold, each with what came instead.
pub fn compare(expected: &Expectations, observed: &Observed) -> Vec<Problem> {
    let problems = expected.list.iter().filter_map(|item| {
        let message = failure(&item.kind, observed)?;
        Some(Problem { place: item.place.clone(), message })
    });
    observed.surprises.iter().map(|surprise| surprise.problem.clone()).chain(problems).collect()
}

/// The step of the set-up that was refused before anything that is the point was tried; `None`: the point was reached.
pub fn broken_set_up(observed: &Observed) -> Option<&Problem> {
    observed.surprises.first().filter(|first| !first.point).map(|first| &first.problem)
}

/// Why an expectation does not hold; `None`: it does.
fn failure(kind: &Kind, observed: &Observed) -> Option<String> {
    match kind {
        Kind::Nothing(who) => nothing(who, observed),
        Kind::Untold(who) => untold(who, observed),
        Kind::Told(who, times, told) => told_failure(who, *times, told, observed),
        Kind::ActedAs(who) => acted_as(who, observed),
        Kind::Row(who, row, seen) => row_failure(who, row, seen.as_ref(), observed),
        Kind::Part(who, part) => part_failure(who, part, observed),
        Kind::Governed(expected) => governance::failure(expected, &observed.governance),
    }
}

fn nothing(who: &PrincipalId, observed: &Observed) -> Option<String> {
    if let Some(told) = untold(who, observed) {
        return Some(told);
    }
    let part = observed.parts.get(who)?.iter().find(|part| part.phase == PartPhase::Notify)?;
    Some(format!("expected nothing for `{who}`; their history shows a notify part that is {}", state(part)))
}

fn untold(who: &PrincipalId, observed: &Observed) -> Option<String> {
    let first = observed.messages.get(who)?.first()?;
    Some(format!("expected no message for `{who}`; they were told {}", shown(first)))
}

fn told_failure(who: &PrincipalId, times: usize, told: &Told, observed: &Observed) -> Option<String> {
    let messages = observed.messages.get(who).map_or(&[][..], Vec::as_slice);
    if messages.len() != times {
        let came: Vec<_> = messages.iter().map(shown).collect();
        let came = if came.is_empty() { parts_of(who, observed) } else { came.join("; ") };
        return Some(format!("expected {times} messages for `{who}`; {} came: {came}", messages.len()));
    }
    let misfits: Vec<_> = messages.iter().map(|message| misfit(told, message)).collect();
    if misfits.iter().any(Option::is_none) {
        return None;
    }
    let misfits: Vec<_> = misfits.into_iter().flatten().collect();
    Some(format!("`{who}` was told otherwise: {}", misfits.join("; ")))
}

/// What a message has or lacks against what was expected.
fn misfit(told: &Told, message: &Message) -> Option<String> {
    let same = |what: &str, expected: &Option<String>, came: &str| {
        let expected = expected.as_ref().filter(|expected| *expected != came)?;
        Some(format!("expected the {what} {expected:?}, {came:?} came"))
    };
    let text = |what: &str, has: &[String], lacks: &[String], came: &str| {
        let lacking = has.iter().find(|part| !came.contains(*part));
        let extra = lacks.iter().find(|part| came.contains(*part));
        let lacking = lacking.map(|part| format!("expected {part:?} in the {what}, which is {came:?}"));
        lacking.or_else(|| extra.map(|part| format!("expected no {part:?} in the {what}, which is {came:?}")))
    };
    let attachment = || {
        let expected = told.attachment.as_ref()?;
        let Some(found) = message.attachments.iter().find(|found| found.name == expected.name) else {
            return Some(format!("expected an attachment `{}`, none came", expected.name));
        };
        let Content::Inline(bytes) = &found.content;
        text("attachment", &expected.has, &expected.lacks, &String::from_utf8_lossy(bytes))
    };
    same("title", &told.title, &message.title)
        .or_else(|| text("title", told.title_has.as_slice(), &[], &message.title))
        .or_else(|| same("body", &told.body, &message.body))
        .or_else(|| text("body", &told.body_has, &told.body_lacks, &message.body))
        .or_else(attachment)
}

fn acted_as(who: &PrincipalId, observed: &Observed) -> Option<String> {
    let acted: Vec<_> = observed
        .parts
        .iter()
        .filter(|(_, parts)| parts.iter().any(|part| part.phase == PartPhase::Act))
        .map(|(id, _)| id.to_string())
        .collect();
    let came = if acted.is_empty() { "nobody".to_owned() } else { acted.join(", ") };
    (acted != [who.to_string()]).then(|| format!("expected acts as `{who}` alone; there are acts as {came}"))
}

fn row_failure(who: &PrincipalId, row: &RowRef, seen: Option<&Seen>, observed: &Observed) -> Option<String> {
    let name = format!("`{}/{}`", row.dataset, row.id);
    let Some(came) = observed.rows.get(&(who.clone(), row.clone())) else {
        return Some(format!("nobody looked at {name} as `{who}`"));
    };
    match (seen, came) {
        (None, None) => None,
        (None, Some(_)) => Some(format!("expected {name} to be denied to `{who}`; they see it")),
        (Some(_), None) => Some(format!("expected `{who}` to see {name}; it is denied to them")),
        (Some(seen), Some(fields)) => {
            cells_failure(seen, fields).map(|message| format!("{name} as `{who}`: {message}"))
        }
    }
}

fn cells_failure(seen: &Seen, fields: &[Field]) -> Option<String> {
    let value = |name: &str| fields.iter().find(|field| field.name == name).map(|field| &field.value);
    let came =
        |name: &str| value(name).map_or("it is hidden".to_owned(), |value| format!("it is `{}`", cell::to_text(value)));
    for (name, expected) in &seen.cells {
        if value(name).is_none_or(|value| *value == Value::Null || cell::to_text(value) != *expected) {
            return Some(format!("expected `{name}` to be `{expected}`; {}", came(name)));
        }
    }
    for name in &seen.nulls {
        if value(name) != Some(&Value::Null) {
            return Some(format!("expected `{name}` to be null; {}", came(name)));
        }
    }
    let shown = seen.hidden.iter().find(|name| value(name).is_some())?;
    Some(format!("expected `{shown}` to be hidden; {}", came(shown)))
}

fn part_failure(who: &PrincipalId, expected: &Part, observed: &Observed) -> Option<String> {
    let parts = observed.parts.get(who).map_or(&[][..], Vec::as_slice);
    let parts: Vec<_> = parts.iter().filter(|part| part.phase == expected.phase).collect();
    let effects: usize = parts.iter().map(|part| part.effects).sum();
    let Part { phase, count, .. } = expected;
    if parts.len() != *count {
        return Some(format!("expected {count} {phase} parts for `{who}`; there are {}", parts.len()));
    }
    if let Some(other) = parts.iter().find(|part| expected.state.as_ref().is_some_and(|state| *state != part.state)) {
        let wanted = expected.state.as_deref().unwrap_or_default();
        return Some(format!("expected the {phase} part of `{who}` to be {wanted}; it is {}", state(other)));
    }
    let other = parts.iter().find(|part| expected.reason.as_ref().is_some_and(|words| !part.reason.contains(words)));
    if let (Some(words), Some(other)) = (&expected.reason, other) {
        return Some(format!("expected the {phase} part of `{who}` to say {words:?}; it is {}", state(other)));
    }
    let wanted = expected.effects.filter(|wanted| *wanted != effects)?;
    Some(format!("expected {wanted} effects as `{who}`; {effects} were carried out"))
}

fn state(part: &ObservedPart) -> String {
    if part.reason.is_empty() { part.state.clone() } else { format!("{} ({})", part.state, part.reason) }
}

fn shown(message: &Message) -> String {
    format!("{:?}: {:?}", message.title, message.body)
}

fn parts_of(who: &PrincipalId, observed: &Observed) -> String {
    let parts = observed.parts.get(who).map_or(&[][..], Vec::as_slice);
    let parts: Vec<_> = parts
        .iter()
        .map(|part| {
            let article = if part.phase == PartPhase::Act { "an" } else { "a" };
            format!("{article} {} part is {}", part.phase, state(part))
        })
        .collect();
    if parts.is_empty() { "they have no part at all".to_owned() } else { parts.join(", ") }
}
