//! What was expected of automations themselves against what became of them.

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::Life;
use mandate_model::{AutomationId, AutomationKind, PrincipalId};
use mandate_policy::Act;
use mandate_service::{PowerReach, ReachPreview, RunView, Simulated, Told};

use crate::spec::expect::governance::{Governed, Is, Reached, Shown};

/// What became of automations, by each name that they have or had, and what people are shown of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ObservedGovernance {
    /// The automations that were made.
    pub automations: BTreeMap<String, ObservedAutomation>,
    /// What the people who were looked at see.
    pub seen: BTreeMap<PrincipalId, BTreeSet<AutomationId>>,
    /// What they are shown; without an entry: they do not see it.
    pub shown: BTreeMap<(PrincipalId, String), ObservedShown>,
    /// What they were told of automations.
    pub notices: BTreeMap<PrincipalId, Vec<Told>>,
    /// What they are shown of what ran, the latest first.
    pub histories: BTreeMap<(PrincipalId, String), Vec<RunView>>,
    /// What they are shown of its reach as themself; without an entry: they do not see it.
    pub reaches: BTreeMap<(PrincipalId, String), ReachPreview>,
    /// What they were shown when they revealed that, the last time.
    pub revealed: BTreeMap<(PrincipalId, String), Vec<RunView>>,
    /// What they were shown of dry runs, the last time.
    pub tried: BTreeMap<(PrincipalId, String), Vec<Simulated>>,
}

/// An automation.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedAutomation {
    /// Itself and its consent.
    pub life: Life,
    /// By whom, and what, in order.
    pub happened: Vec<(Option<PrincipalId>, String)>,
}

/// What a person is shown of an automation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ObservedShown {
    /// What they may do.
    pub may: BTreeSet<Act>,
    /// What they lack, and whom it runs as.
    pub lacks: Vec<String>,
    /// The published settings.
    pub live: Option<String>,
}

/// Why an expectation does not hold; `None`: it does.
pub(super) fn failure(expected: &Governed, observed: &ObservedGovernance) -> Option<String> {
    match expected {
        Governed::Automation(name, is) => automation(name, is, observed.automations.get(name)),
        Governed::Sees(who, sees, sees_not) => sight(who, sees, sees_not, observed),
        Governed::May(who, name, shown) => {
            let hidden = ObservedShown::default();
            let found = observed.shown.get(&(who.clone(), name.clone())).unwrap_or(&hidden);
            shown_failure(shown, found).map(|message| format!("`{name}` as `{who}`: {message}"))
        }
        Governed::Notice(to, name, contains, times) => notice(to, name, contains.as_deref(), *times, observed),
        Governed::Reach(who, name, reached) => {
            let found = observed.reaches.get(&(who.clone(), name.clone()));
            reach(reached, found).map(|message| format!("the reach of `{name}` as `{who}`: {message}"))
        }
        Governed::Happened(name, what, by) => happened(name, what, by.as_ref(), observed),
        Governed::History(who, name, ran) => {
            let shown = observed.histories.get(&(who.clone(), name.clone())).map_or(&[][..], Vec::as_slice);
            super::history::failure(who, name, ran, shown)
        }
        Governed::Revealed(who, name, expected) => {
            let shown = observed.revealed.get(&(who.clone(), name.clone())).map(Vec::as_slice);
            super::history::revealed_failure(who, name, expected, shown)
        }
        Governed::Tried(who, name, expected) => {
            let shown = observed.tried.get(&(who.clone(), name.clone())).map_or(&[][..], Vec::as_slice);
            super::history::tried_failure(who, name, expected, shown)
        }
    }
}

fn automation(name: &str, is: &Is, found: Option<&ObservedAutomation>) -> Option<String> {
    match (is.made, found) {
        (false, None) => None,
        (false, Some(_)) => Some(format!("expected that `{name}` was never made; it was")),
        (true, None) => Some(format!("expected `{name}`; it was never made")),
        (true, Some(found)) => misfit(is, &found.life)
            .map(|(what, wanted, came)| format!("expected {what} of `{name}` to be {wanted}; it is {came}")),
    }
}

/// What is other than it should be: its name, what was expected, and what it is.
fn misfit(is: &Is, life: &Life) -> Option<(&'static str, String, String)> {
    let Life { automation, consent } = life;
    let state = if automation.deleted { "deleted" } else { automation.state.as_str() };
    let let_act = consent.as_ref().is_some_and(|consent| Some(&consent.version) == automation.published.as_ref());
    let one = |id: &Option<PrincipalId>| id.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    let said = [
        ("the name", is.called.clone(), automation.name.clone()),
        ("`run_as`", is.run_as.as_ref().map(one), one(&automation.run_as)),
        ("the creator", is.creator.as_ref().map(ToString::to_string), automation.creator.to_string()),
        ("the state", is.state.clone(), state.to_owned()),
        ("the consent", is.consent.map(|consent| consent.to_string()), let_act.to_string()),
        ("the kind", is.kind.map(kind), kind(automation.kind)),
        ("the managers", is.managers.as_ref().map(list), list(&automation.managers)),
        ("the members", is.members.as_ref().map(list), list(&automation.members)),
        ("`offered`", is.offered.as_ref().map(one), one(&automation.offered)),
    ];
    said.into_iter().find_map(|(what, wanted, came)| {
        wanted.filter(|wanted| *wanted != came).map(|wanted| (what, format!("`{wanted}`"), format!("`{came}`")))
    })
}

fn kind(kind: AutomationKind) -> String {
    match kind {
        AutomationKind::Private => "private",
        AutomationKind::Main => "main",
    }
    .to_owned()
}

fn list(ids: &BTreeSet<PrincipalId>) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn sight(
    who: &PrincipalId,
    sees: &BTreeSet<String>,
    sees_not: &BTreeSet<String>,
    observed: &ObservedGovernance,
) -> Option<String> {
    let id = |name: &String| observed.automations.get(name).map(|found| &found.life.automation.id);
    let seen = |name: &String| id(name).is_some_and(|id| observed.seen.get(who).is_some_and(|seen| seen.contains(id)));
    let missed =
        sees.iter().find(|name| !seen(name)).map(|name| format!("expected `{who}` to see `{name}`; they do not"));
    let found = || sees_not.iter().find(|name| seen(name));
    missed.or_else(|| found().map(|name| format!("expected `{who}` not to see `{name}`; they do")))
}

fn shown_failure(expected: &Shown, found: &ObservedShown) -> Option<String> {
    if let Some(act) = expected.may.iter().find(|act| !found.may.contains(act)) {
        return Some(format!("expected that they may {act}; they may not"));
    }
    if let Some(act) = expected.may_not.iter().find(|act| found.may.contains(act)) {
        return Some(format!("expected that they may not {act}; they may"));
    }
    let has = |words: &String| found.lacks.iter().any(|lack| lack.contains(words));
    let came = found.lacks.join("; ");
    if let Some(words) = expected.lacks.iter().find(|words| !has(words)) {
        return Some(format!("expected {words:?} among what is lacking, which is {came:?}"));
    }
    if let Some(words) = expected.lacks_not.iter().find(|words| has(words)) {
        return Some(format!("expected no {words:?} among what is lacking, which is {came:?}"));
    }
    let wanted = expected.live.as_ref()?;
    let live = found.live.as_deref().unwrap_or("nothing");
    (!live.contains(wanted)).then(|| format!("expected {wanted:?} as published, {live:?} is shown"))
}

fn reach(expected: &Reached, found: Option<&ReachPreview>) -> Option<String> {
    let Some(found) = found else { return Some("they are shown none".to_owned()) };
    let words = |which: fn(&PowerReach) -> bool| {
        let powers = found.powers.iter().filter(|power| which(power)).filter_map(|power| power.power.as_ref());
        powers.map(ToString::to_string).collect::<Vec<_>>()
    };
    let (grows, shrinks) = (words(PowerReach::grows), words(PowerReach::shrinks));
    let missing = |wanted: &[String], came: &[String]| wanted.iter().any(|one| !came.iter().any(|it| it.contains(one)));
    let other = expected.same && !(grows.is_empty() && shrinks.is_empty());
    let wrong = other || missing(&expected.grows, &grows) || missing(&expected.shrinks, &shrinks);
    let Reached { grows: wanted, shrinks: unwanted, .. } = expected;
    wrong.then(|| {
        format!("expected that it gains {wanted:?} and loses {unwanted:?}; it gains {grows:?} and loses {shrinks:?}")
    })
}

fn notice(
    to: &PrincipalId,
    name: &str,
    contains: Option<&str>,
    times: Option<usize>,
    observed: &ObservedGovernance,
) -> Option<String> {
    let id = observed.automations.get(name).map(|found| &found.life.automation.id);
    let got: Vec<&str> = observed
        .notices
        .get(to)
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter(|told| Some(&told.automation) == id)
        .map(|told| told.text.as_str())
        .collect();
    let such = got.iter().filter(|text| contains.is_none_or(|words| text.contains(words))).count();
    let fine = times.map_or(such > 0, |times| such == times);
    let wanted = times.map_or("a notice".to_owned(), |times| format!("{times} notices"));
    let words = contains.map(|words| format!(" with {words:?}")).unwrap_or_default();
    (!fine).then(|| format!("expected {wanted} of `{name}` to `{to}`{words}; they got {got:?}"))
}

fn happened(name: &str, what: &str, by: Option<&Option<PrincipalId>>, observed: &ObservedGovernance) -> Option<String> {
    let all = observed.automations.get(name).map_or(&[][..], |found| found.happened.as_slice());
    let fits = |(actor, word): &&(Option<PrincipalId>, String)| word == what && by.is_none_or(|by| by == actor);
    if all.iter().any(|one| fits(&one)) {
        return None;
    }
    let one = |(actor, word): &(Option<PrincipalId>, String)| {
        format!("{word} by {}", actor.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string))
    };
    let by = by.map(|by| format!(" by {}", by.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string)));
    let came: Vec<_> = all.iter().map(one).collect();
    Some(format!("expected {what}{} of `{name}`; there is {}", by.unwrap_or_default(), came.join(", ")))
}
