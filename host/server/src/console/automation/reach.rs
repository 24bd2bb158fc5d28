//! What an automation reaches as somebody, and what that is against now: before it comes to run as them (FIL-21).

use mandate_service::{DatasetReach, PowerReach, ReachPreview};
use maud::{Markup, html};

use super::Shared;
use crate::console::told::told;

/// All of it. `None`: it cannot be shown.
pub(super) fn reaches(shared: &Shared<'_>, reach: Option<&ReachPreview>) -> Markup {
    let Some(reach) = reach else {
        return html! { section aria-labelledby="reach" { h2 #reach { "What it reaches" } p.quiet { "That cannot be shown to you." } } };
    };
    let mine = reach.person == *shared.me.id();
    let whom = if mine { "you" } else { shared.names.get(&reach.person) };
    let moves = reach.run_as.as_ref().filter(|now| **now != reach.person);
    html! {
        section aria-labelledby="reach" {
            h2 #reach { @if mine { "With your rights it reaches today" } @else { "With the rights of " (whom) " it reaches today" } }
            @if moves.is_some() { p { "If it ran as " (whom) ", " (reach.summary()) "." } }
            ul {
                @for one in &reach.powers { (power(shared, one, mine, whom)) }
                @for one in &reach.datasets { (dataset(one, moves.is_some())) }
            }
            @if !mine && !reach.datasets.is_empty() { p.quiet { "Only rows that you may see are counted." } }
            @if let Some(now) = moves { (as_now(shared, reach, shared.names.get(now))) }
        }
    }
}

fn power(shared: &Shared<'_>, one: &PowerReach, mine: bool, whom: &str) -> Markup {
    let word = one.power.as_ref().map_or_else(|| "something that you may not know of".to_owned(), ToString::to_string);
    html! {
        li {
            (told(&word, shared.names)) ": "
            strong {
                @if one.held { "yes" } @else if one.power.is_none() { "not for you to see" }
                @else if mine { "no, you lack it" } @else { "no, " (whom) " lacks it" }
            }
            @if one.grows() { " " span.badge { "more than now" } }
            @if one.shrinks() { " " span.badge.waits { "less than now" } }
        }
    }
}

/// How many rows, some of them, and what is other than now where it `moves`.
fn dataset(one: &DatasetReach, moves: bool) -> Markup {
    html! {
        li {
            b { (one.dataset) } ": " (one.rows.count) @if one.rows.more { " or more" } @if one.rows.count == 1 && !one.rows.more { " row" } @else { " rows" }
            @if let Some(extent) = &one.extent { " (" (extent.reads) ")" }
            @if !one.examples.is_empty() { ", such as " @for (at, id) in one.examples.iter().enumerate() { @if at > 0 { ", " } q { (id) } } }
            @if moves {
                @match (one.same, one.rows.new) {
                    (Some(true), _) => { "; the same as now" }
                    (_, Some(new)) if new > 0 => { "; " strong { (new) " of them new to it" } }
                    (Some(false), Some(_)) => { "; " strong { "not the same as now: none is new, so it sees fewer rows or other columns" } }
                    (Some(false), None) => { "; " strong { "not the same as now" } ", and too many to say what is new" }
                    (None, _) => {}
                }
            }
        }
    }
}

/// What it reaches as whom it runs as now, of what the viewer may know: rows that only that one sees are not for others to count.
fn as_now(shared: &Shared<'_>, reach: &ReachPreview, name: &str) -> Markup {
    html! {
        h3 { "As " (name) " it reaches now" }
        ul {
            @for one in &reach.powers {
                @let word = one.power.as_ref().map_or_else(|| "something that you may not know of".to_owned(), ToString::to_string);
                li {
                    (told(&word, shared.names)) ": "
                    strong { @match one.now { Some(true) => { "yes" } Some(false) => { "no, " (name) " lacks it" } None => { "not for you to see" } } }
                }
            }
            @for one in &reach.datasets {
                li {
                    b { (one.dataset) } ": "
                    @match one.rows.new {
                        _ if one.rows.count == 0 => { "no row that you may see" }
                        Some(new) => { (one.rows.count.saturating_sub(new)) " of the rows above" }
                        None => { "too many rows to compare" }
                    }
                }
            }
        }
        @if !reach.datasets.is_empty() { p.quiet { "It may reach rows there that you may not see: those are not for you to count." } }
    }
}
