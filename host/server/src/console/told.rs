//! What the service tells in plain text, as a person reads it: ids between backticks become names, and what starts an automation a
//! sentence.

use std::collections::BTreeSet;

use mandate_model::{Change, PrincipalId, Recipient, Trigger};
use maud::{Markup, html};

use super::names::Names;

/// How much of a version's digest tells it from others.
const SHORT: usize = 8;

/// Text in which things stand between backticks.
pub(super) fn told(text: &str, names: &Names) -> Markup {
    html! {
        @for (at, piece) in text.split('`').enumerate() {
            @if at % 2 == 0 { (piece) } @else { (thing(piece, names)) }
        }
    }
}

/// A line that may end with whom it is about, such as `tells user:ana`.
pub(super) fn about(line: &str, names: &Names) -> Markup {
    let (before, last) = line.rsplit_once(' ').unwrap_or(("", line));
    let id = PrincipalId::parse(last).ok();
    html! {
        @match id.as_ref().and_then(|id| names.known(id)) {
            Some(name) => { (before) " " (name) }
            None => { (told(line, names)) }
        }
    }
}

/// One thing. Only who is named on the page anyway is called by name: what somebody typed asks the directory nothing.
fn thing(text: &str, names: &Names) -> Markup {
    let id = PrincipalId::parse(text).ok();
    let name = id.as_ref().and_then(|id| names.known(id));
    let version = text.strip_prefix("ver_").and_then(|digest| digest.get(..SHORT));
    html! {
        @if let Some(name) = name { (name) }
        @else if let Some(short) = version { "version " code title=(text) { (short) } }
        @else { q { (text) } }
    }
}

/// What starts it, as the beginning of a sentence.
pub(super) fn when(trigger: &Trigger) -> String {
    let own = if trigger.hears_own_effects() { ", also by itself" } else { "" };
    match trigger {
        Trigger::Row { dataset, change, columns, only, .. } => {
            let changes = change.iter().map(|change| word(*change));
            let columns = if columns.is_empty() { String::new() } else { format!(" in {}", one_of(columns)) };
            let only = if only.is_empty() { "" } else { " and is as its set-up says" };
            format!("When a row of {dataset} {}{columns}{only}{own}", one_of(changes))
        }
        Trigger::Schedule { cron, time_zone } => format!("By the clock ({cron}, {time_zone})"),
        Trigger::Event { event_type, .. } => format!("When the platform tells of {event_type}{own}"),
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "is added",
        Change::Updated => "is updated",
        Change::Removed => "is removed",
        Change::Due => "comes due",
        Change::Other => "is told of",
        Change::Manual => "is run by hand",
    }
}

/// Whom it tells.
pub(super) fn whom(recipients: &BTreeSet<Recipient>, names: &Names) -> String {
    let name = |recipient: &Recipient| match recipient {
        Recipient::Principal(id) => names.get(id).to_owned(),
        Recipient::Column(column) => format!("whom {column} names"),
    };
    joined(recipients.iter().map(name), "and")
}

fn one_of<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    joined(all, "or")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn joined<T: ToString>(all: impl IntoIterator<Item = T>, last: &str) -> String {
    let all: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
    match all.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        Some((end, _)) => end.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use mandate_model::{PrincipalId, Trigger};

    use super::{joined, told, when};
    use crate::console::names::Names;

    #[test]
    fn ids_are_read_as_names_only_of_who_is_known_on_the_page() {
        let names = Names::from([(PrincipalId::parse("user:ana").unwrap(), "Ana & Co".to_owned())]);
        let text = |text: &str| told(text, &names).into_string();
        let version = format!("ver_{}", "7343a02d".repeat(8));
        assert_eq!(
            text(&format!("`user:ana` lets `{version}` act for them")),
            format!("Ana &amp; Co lets version <code title=\"{version}\">7343a02d</code> act for them")
        );
        assert_eq!(text("it is called `<b>`, by `user:bo`"), "it is called <q>&lt;b&gt;</q>, by <q>user:bo</q>");
        assert_eq!(text("`ver_ä`"), "<q>ver_ä</q>");
        assert_eq!(text("no end `here"), "no end <q>here</q>");
        let line = |line: &str| super::about(line, &names).into_string();
        assert_eq!(line("tells user:ana"), "tells Ana &amp; Co");
        assert_eq!(line("tells user:bo"), "tells user:bo");
        assert_eq!(line("asks to read `deals`"), "asks to read <q>deals</q>");
    }

    #[test]
    fn what_starts_it_is_a_sentence() {
        let said = |json: &str| when(&serde_json::from_str::<Trigger>(json).unwrap());
        assert_eq!(said(r#"{ "on": "row", "dataset": "deals", "change": ["added"] }"#), "When a row of deals is added");
        assert_eq!(
            said(
                r#"{ "on": "row", "dataset": "deals", "change": ["added", "updated", "removed"], "columns": ["a", "b"], "own_effects": true,
                    "where": [{ "column": "status", "is": "equal", "value": "open" }] }"#
            ),
            "When a row of deals is added, is updated or is removed in a or b and is as its set-up says, also by itself"
        );
        assert_eq!(
            said(r#"{ "on": "schedule", "cron": "0 9 * * MON", "time_zone": "Europe/Paris" }"#),
            "By the clock (0 9 * * MON, Europe/Paris)"
        );
        assert_eq!(said(r#"{ "on": "event", "type": "order.paid" }"#), "When the platform tells of order.paid");
    }

    #[test]
    fn lists_are_read_aloud() {
        assert_eq!(joined(["a"], "and"), "a");
        assert_eq!(joined(["a", "b"], "and"), "a and b");
        assert_eq!(joined(["a", "b", "c"], "or"), "a, b or c");
        assert_eq!(joined(Vec::<String>::new(), "and"), "");
    }
}
