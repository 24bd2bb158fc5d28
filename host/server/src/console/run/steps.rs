//! The parts of a run, call by call.

use mandate_model::{Entry, Phase, Verdict};
use mandate_service::{
    Delivered, DeliveryView, EffectState, Ending, HIDDEN, PartKind, PartOfAnother, PartView, Sight, words,
};
use maud::{Markup, html};

use super::{Shown, path::ending};
use crate::console::{inbox, runs::state, time::time};

/// All that are shown.
pub(super) fn parts(shown: &Shown<'_>) -> Markup {
    let run = shown.run;
    html! {
        @for part in &run.parts { (own(shown, part)) }
        @if run.sight == Sight::Happened { p { "It ran. Of what it did you see your own part alone." } }
        @match run.others.get() {
            Some(others) => { @for part in others { (of_another(shown, part)) } }
            None => { section { h2 { "Act part" } p.quiet { (HIDDEN) } } }
        }
        @if !run.revealed.is_empty() {
            h2 { "What others were told" }
            p.quiet { "Shown to you on the record." }
            @for part in &run.revealed { (of_another(shown, part)) }
        }
    }
}

fn title(kind: PartKind, whom: Option<&str>) -> String {
    match (kind, whom) {
        (PartKind::Act, None) => "It acted, as you".to_owned(),
        (PartKind::Act, Some(name)) => format!("It acted, as {name}"),
        (PartKind::Notify, None) => "It told you".to_owned(),
        (PartKind::Notify, Some(name)) => format!("It told {name}"),
    }
}

fn own(shown: &Shown<'_>, part: &PartView) -> Markup {
    html! {
        section {
            h2 { (title(part.kind, None)) " " (state(part.state)) }
            ol.timeline {
                (steps(&part.journal))
                @match &part.hidden {
                    Some(hidden) => { li.quiet { (hidden) } }
                    None => { (came_of_it(shown, &ending(part))) }
                }
            }
        }
    }
}

fn of_another(shown: &Shown<'_>, part: &PartOfAnother) -> Markup {
    html! {
        section {
            h2 {
                (title(part.kind, Some(shown.names.get(&part.principal))))
                @if let Some(rest) = part.rest.get() { " " (state(rest.state)) }
            }
            ol.timeline {
                (steps(&part.journal))
                @match part.rest.get() {
                    Some(rest) => { (came_of_it(shown, rest)) }
                    None => { li.quiet { (HIDDEN) } }
                }
            }
        }
    }
}

/// What the guest asked and was told.
pub(in crate::console) fn steps<'e>(journal: impl IntoIterator<Item = &'e Entry>) -> Markup {
    html! {
        @for entry in journal {
            li {
                details {
                    summary {
                        (phase(entry.phase)) ": asked " code { (entry.interface) "." (entry.method) } ": " (verdict(&entry.verdict))
                    }
                    dl.facts {
                        dt { "Asked" } dd { pre tabindex="0" { (entry.arguments) } }
                        dt { "Told" } dd { pre tabindex="0" { (entry.answer) } }
                    }
                }
            }
        }
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Condition => "Condition",
        Phase::Action => "Act",
        Phase::Notification => "Message",
    }
}

fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "answered",
        Verdict::Denied(_) => "denied",
        Verdict::Invalid(_) => "not a right question",
        Verdict::Log(_) => "past the log's limit",
        _ => "not answered",
    }
}

/// What came of a part.
fn came_of_it(shown: &Shown<'_>, ending: &Ending) -> Markup {
    let zone = &shown.me.principal.time_zone;
    html! {
        @if let Some(outcome) = &ending.outcome {
            @if !outcome.is_done() { li.bad { strong { "It ended: " } q { (words::ended(outcome)) } } }
        }
        @if let Some(reason) = &ending.reason { li.bad { "Because " (reason) } }
        @for (finding, outcome) in &ending.findings {
            li { "Found " q { (finding.summary) } @if !outcome.is_done() { ": " q { (words::ended(outcome)) } } }
        }
        @for effect in &ending.effects {
            li class=(colour(effect.state)) {
                q { (words::change(&effect.effect, effect.row_id.as_deref().unwrap_or_default())) } ": "
                strong { (words::state(effect.state)) }
                @if let Some(at) = effect.at { " " (time(at, zone)) }
                @if let Some(reason) = &effect.reason { " (" (reason) ")" }
            }
        }
        @for delivered in &ending.messages { (message(shown, delivered)) }
        @if let Some(at) = ending.ended { li { "It was over " (time(at, zone)) } }
    }
}

fn colour(state: EffectState) -> &'static str {
    match state {
        EffectState::Applied => "good",
        EffectState::Staged | EffectState::Sending => "waits",
        EffectState::Unknown | EffectState::Dead | EffectState::Withheld => "bad",
    }
}

/// A message, and the ways by which it went out.
fn message(shown: &Shown<'_>, delivered: &Delivered) -> Markup {
    let zone = &shown.me.principal.time_zone;
    let own = shown.ways.iter().find(|(id, _)| *id == delivered.id);
    let ways: &[DeliveryView] = own.map_or(&[], |(_, ways)| ways);
    html! {
        li.good {
            "Told " q { (delivered.message.title) } " " (time(delivered.at, zone))
            @if own.is_some() { " " a href={ "/inbox/" (delivered.id) } { "In your inbox" } }
            details { summary { "The message" } pre tabindex="0" { (delivered.message.body) } }
        }
        @for way in ways {
            li { "By " (way.way.as_str()) ": " (inbox::state(way.state)) @if let Some(at) = way.at { " " (time(at, zone)) } }
        }
    }
}
