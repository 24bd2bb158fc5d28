//! What happened to automations and what they listen to, in words.

use std::collections::BTreeSet;

use mandate_governance::{Happening, Lack};
use mandate_model::{AutomationKind, Effect, Field, Outcome, PrincipalId, Subject, Trigger, Value, VersionId};

use crate::store::effect::EffectState;

/// One happening. A version's id tells of its recipients, who are no business of all who see the automation: `versions` says
/// whether it is told.
pub fn happening(happening: &Happening, versions: bool) -> String {
    let named = |version: &VersionId| if versions { format!("`{version}`") } else { "a version".to_owned() };
    match happening {
        Happening::Created { cloned_from: None } => "it was made".to_owned(),
        Happening::Created { cloned_from: Some(_) } => "it was made as a copy of another".to_owned(),
        Happening::Renamed { from, to } => format!("it is called `{to}`, no longer `{from}`"),
        Happening::KindChanged { kind: changed } => format!("it is {}", kind(*changed)),
        Happening::Published { version } => format!("{} is published", named(version)),
        Happening::Consented { principal, version, by } if principal == by => {
            format!("`{principal}` lets {} act for them", named(version))
        }
        Happening::Consented { principal, version, by } => {
            format!("`{principal}` lets {} act for them, says `{by}`", named(version))
        }
        Happening::Migrated { principal, version } => {
            format!("that `{principal}` lets {} act for them was taken over from another product", named(version))
        }
        Happening::ConsentEnded { principal, version } => {
            format!("`{principal}` no longer lets {} act for them", named(version))
        }
        Happening::Enabled => "it was turned on".to_owned(),
        Happening::Disabled => "it was turned off; what was staged or queued is withheld".to_owned(),
        Happening::Stopped { lost } => format!("it was stopped: {}", lacks(lost)),
        Happening::RunAsChanged { from, to } => format!("it runs as {to}, before as {}", runs_as(from.as_ref())),
        Happening::Offered { to } => format!("it is offered to {to}"),
        Happening::OfferEnded { to } => format!("it is no longer offered to {to}"),
        Happening::Shared { added, removed } => people("manages it", added, removed),
        Happening::Invited { added, removed } => people("is invited", added, removed),
        Happening::RanNow => "it was run by hand".to_owned(),
        Happening::Cloned => "it was copied".to_owned(),
        Happening::Revealed { run, reason } => {
            format!("what recipients of the run `{run}` were told was revealed, because: {reason}")
        }
        Happening::Deleted => "it was deleted, for ever".to_owned(),
    }
}

fn people(what: &str, added: &BTreeSet<PrincipalId>, removed: &BTreeSet<PrincipalId>) -> String {
    let added = added.iter().map(|who| format!("{who} {what}"));
    let removed = removed.iter().map(|who| format!("{who} no longer {what}"));
    added.chain(removed).collect::<Vec<_>>().join(", ")
}

fn lacks(lost: &[Lack]) -> String {
    lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The word for a kind.
pub fn kind(kind: AutomationKind) -> &'static str {
    match kind {
        AutomationKind::Private => "private",
        AutomationKind::Main => "main",
    }
}

/// Whom an automation runs as, in words.
pub fn runs_as(run_as: Option<&PrincipalId>) -> String {
    run_as.map_or_else(|| "nobody yet".to_owned(), ToString::to_string)
}

/// What a trigger listens to, in words.
pub fn trigger(trigger: &Trigger) -> String {
    let own = if trigger.hears_own_effects() { ", also by its own effects" } else { "" };
    match trigger {
        Trigger::Row { dataset, change, columns, only, .. } => {
            let changes = list(change.iter().map(word));
            let columns = if columns.is_empty() { String::new() } else { format!(" in {}", columns.join(", ")) };
            let only = only.iter().map(|filter| {
                let value = filter.value.as_ref().map_or_else(|| "nothing".to_owned(), word);
                format!("`{}` {} {value}", filter.column, word(&filter.is))
            });
            let only = list(only);
            let only = if only.is_empty() { only } else { format!(", where {only}") };
            format!("{dataset}: {changes}{columns}{only}{own}")
        }
        Trigger::Schedule { cron, time_zone } => format!("the clock: `{cron}` in {time_zone}"),
        Trigger::Event { event_type, .. } => format!("events `{event_type}`{own}"),
    }
}

/// A value as JSON has it, a plain word without its quotes.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

fn list(all: impl IntoIterator<Item = String>) -> String {
    all.into_iter().collect::<Vec<_>>().join(", ")
}

/// Several names, one after the other.
pub fn listed<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    list(all.into_iter().map(|one| one.to_string()))
}

/// What an event is about.
pub fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Row(row) => format!("{}/{}", row.dataset, row.id),
        Subject::File(path) => path.clone(),
        Subject::Schedule(name) => name.clone(),
        Subject::Custom(custom) => custom.event_type.clone(),
    }
}

/// How a part or a finding ended.
pub fn ended(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Failed { cause, detail } => format!("{}: {detail}", cause.as_str()),
        Outcome::Retry { detail } => format!("to be done again: {detail}"),
    }
}

/// An effect; `row` is the id of one that it made.
pub fn change(effect: &Effect, row: &str) -> String {
    match effect {
        Effect::Create { dataset, fields, .. } => format!("create {dataset}/{row}: {}", cells(fields)),
        Effect::Update { dataset, id, fields, .. } => format!("update {dataset}/{id}: {}", cells(fields)),
        Effect::Remove { dataset, id } => format!("remove {dataset}/{id}"),
        Effect::Invoke { operation, arguments } => format!("invoke {operation} {arguments}"),
        Effect::Tell { recipient, message, .. } => format!("tell {recipient}: `{}`", message.title),
    }
}

/// Where an effect stands.
pub fn state(state: EffectState) -> &'static str {
    match state {
        EffectState::Applied => "done",
        EffectState::Staged => "still to do",
        EffectState::Sending => "being tried",
        EffectState::Unknown => "nobody knows whether it was done",
        EffectState::Withheld => "withheld",
        EffectState::Dead => "given up",
    }
}

fn cells(fields: &[Field]) -> String {
    list(fields.iter().map(|field| format!("{} = {}", field.name, value(&field.value))))
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) | Value::Decimal(text) => format!("`{text}`"),
        Value::Integer(number) | Value::Timestamp(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}
