//! What followed from an event, for the operator: who acted, what changed and as whom, who was told what, and for whom nothing
//! happened. (A person sees only their own part: `mandate run show`.)

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::{Effect, EventId, Failure, Message, Occurrence, Outcome, PrincipalId, Recipient, Verdict};
use mandate_service::{EffectState, EveryPart, PartKind, PartView, StagedEffect, words};
use serde_json::json;

use crate::{
    failure::{CliError, CliResult},
    home::{self, Home},
    show::{self, inert},
};

/// Most names that are listed.
const NAMES: usize = 6;

/// Whether the store is still there when the command has ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// It is: `mandate run show` tells more.
    Kept,
    /// It is not.
    ThrownAway,
}

/// Prints what followed from an event.
pub(crate) async fn event(
    home: &Home,
    event: &EventId,
    occurrence: &Occurrence,
    store: Store,
    json: bool,
) -> CliResult {
    let runs = home.service.runs_of(event).await.map_err(CliError::unavailable)?;
    if json {
        let told = json!({ "event": event, "occurrence": occurrence, "runs": runs });
        outln!("{}", serde_json::to_string_pretty(&told).map_err(CliError::unavailable)?);
        return Ok(());
    }
    if runs.is_empty() {
        outln!("  no automation listens to it");
    }
    for run in &runs {
        outln!("  automation `{}`, run {}", inert(&run.name), run.run);
        act(run, store);
        told(run);
        untold(home, run).await?;
    }
    Ok(())
}

/// Exit code 1 if any part failed.
pub(crate) async fn failures(home: &Home, event: &EventId) -> CliResult {
    let runs = home.service.runs_of(event).await.map_err(CliError::unavailable)?;
    let failed = |part: &PartView| {
        part.outcome.as_ref().is_some_and(|outcome| !outcome.is_done())
            || part.findings.iter().any(|(_, outcome)| !outcome.is_done())
    };
    let count = runs.iter().flat_map(|run| &run.parts).filter(|(_, part)| failed(part)).count();
    if count == 0 { Ok(()) } else { Err(CliError::Failed(format!("{count} part(s) failed: see above"))) }
}

/// The act part.
fn act(run: &EveryPart, store: Store) {
    let Some((run_as, part)) = run.parts.iter().find(|(_, part)| part.kind == PartKind::Act) else {
        outln!(
            "    acted:  nothing as {}, who may not know of it, or had nothing to do",
            show::runs_as(run.run_as.as_ref())
        );
        return;
    };
    for (finding, outcome) in part.findings.iter().filter(|(_, outcome)| !outcome.is_done()) {
        outln!("    failed: as {run_as}, on `{}`: {}", inert(&finding.summary), ended(outcome));
    }
    if part.effects.is_empty() {
        outln!("    acted:  nothing as {run_as}{}", why(part));
    }
    // Whom it told is said with what they were told.
    for staged in part.effects.iter().filter(|staged| sent(staged).is_none()) {
        outln!("    acted:  as {run_as}: {}", effect(staged));
    }
    if denied(part) {
        match store {
            Store::Kept => outln!("    why:    mandate run show {} --as {run_as} --reasons", run.run),
            Store::ThrownAway => outln!("    why:    run it with --as {run_as} --reasons"),
        }
    }
}

/// Whether the part did not do all that it set out to, and was denied something.
pub(crate) fn denied(part: &PartView) -> bool {
    let failed = part.outcome.as_ref().is_some_and(|outcome| !outcome.is_done())
        || part.findings.iter().any(|(_, outcome)| !outcome.is_done());
    failed && part.journal.iter().any(|entry| matches!(entry.verdict, Verdict::Denied(_)))
}

/// Why the part is in the state that it is in; that nothing is carried out in a dry run is no reason.
pub(crate) fn reason(part: &PartView) -> Option<&str> {
    part.reason.as_deref().filter(|reason| !is_dry_run(reason))
}

fn is_dry_run(reason: &str) -> bool {
    reason == Failure::Limit(home::DRY_RUN.to_owned()).to_string()
}

fn why(part: &PartView) -> String {
    match (&part.outcome, reason(part)) {
        (_, Some(reason)) => format!(" ({})", inert(reason)),
        (Some(outcome), None) if !outcome.is_done() => format!(" ({})", ended(outcome)),
        _ => String::new(),
    }
}

/// How a part or a finding ended, in words.
pub(crate) fn ended(outcome: &Outcome) -> String {
    inert(&words::ended(outcome))
}

/// An effect and what became of it.
pub(crate) fn effect(staged: &StagedEffect) -> String {
    let what = words::change(&staged.effect, row(staged));
    if staged.state == EffectState::Withheld && staged.reason.as_deref().is_some_and(is_dry_run) {
        return inert(&format!("would {what}"));
    }
    let reason = staged.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let state = words::state(staged.state);
    inert(&format!("{what}: {state}{reason}"))
}

fn row(staged: &StagedEffect) -> &str {
    staged.row_id.as_deref().unwrap_or("?")
}

/// A message that the act part told somebody.
fn sent(staged: &StagedEffect) -> Option<(&PrincipalId, &Message)> {
    match &staged.effect {
        Effect::Tell { recipient, message, .. } if staged.state == EffectState::Applied => Some((recipient, message)),
        _ => None,
    }
}

/// Messages, each with everybody who was told just that.
fn told(run: &EveryPart) {
    let mut same: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (person, message) in run.parts.iter().flat_map(|(_, part)| part.effects.iter().filter_map(sent)) {
        same.entry((message.title.clone(), message.body.clone())).or_default().push(person.to_string());
    }
    for (person, part) in run.parts.iter().filter(|(_, part)| part.kind == PartKind::Notify) {
        for delivered in &part.messages {
            let message = (delivered.message.title.clone(), delivered.message.body.clone());
            same.entry(message).or_default().push(person.to_string());
        }
        if part.messages.is_empty() && part.outcome.as_ref().is_some_and(|outcome| !outcome.is_done()) {
            outln!("    failed: for {person}{}", why(part));
        }
    }
    for ((title, body), people) in same {
        outln!("    told {:>3}: {}", people.len(), names(&people));
        outln!("              {}", inert(&title));
        for line in body.lines() {
            outln!("              | {}", inert(line));
        }
    }
}

/// Recipients for whom there is nothing: no message, and so no way to know that there was an event.
async fn untold(home: &Home, run: &EveryPart) -> CliResult {
    let mut nobody = BTreeSet::new();
    for recipient in home.service.published(&run.version).await.map_err(CliError::unavailable)?.recipients() {
        if let Recipient::Principal(id) = recipient {
            nobody.extend(people(home, id).await?);
        }
    }
    for (person, part) in &run.parts {
        if !part.messages.is_empty() {
            nobody.remove(person);
        }
        part.effects.iter().filter_map(sent).for_each(|(person, _)| _ = nobody.remove(person));
    }
    let nobody: Vec<String> = nobody.iter().map(ToString::to_string).collect();
    if !nobody.is_empty() {
        outln!("    nothing for {}: {}", nobody.len(), names(&nobody));
    }
    Ok(())
}

async fn people(home: &Home, id: &PrincipalId) -> CliResult<Vec<PrincipalId>> {
    if id.kind() == mandate_model::PrincipalKind::User {
        return Ok(vec![id.clone()]);
    }
    home.embedded.platform().directory.people(id).await.map_err(CliError::unavailable)
}

fn names(people: &[String]) -> String {
    let shown = people.iter().take(NAMES).map(|name| name.trim_start_matches("user:")).collect::<Vec<_>>().join(", ");
    match people.len().checked_sub(NAMES) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}
