//! How far a run came, as a picture that is a list: accepted → condition → act → effects → deliveries. What the viewer may not see
//! says so, whether or not there is any.

use mandate_service::{EffectState, Ending, PartKind, PartState, PartView, RunView, Sight};
use maud::{Markup, html};

use crate::{
    console::{runs::word, time::time},
    guard::Me,
};

/// What stands where something is not the viewer's to see.
const HIDDEN: &str = "Not shown";

/// One stop of the way.
struct Stop {
    class: &'static str,
    word: &'static str,
    at: Option<i64>,
}

impl Stop {
    fn of((class, word): (&'static str, &'static str)) -> Self {
        Self { class, word, at: None }
    }

    fn at(mut self, at: Option<i64>) -> Self {
        self.at = at;
        self
    }
}

/// The act part, as far as it is the viewer's to see.
enum Act {
    Hidden,
    /// One's own, of which no more is shown than where it stands.
    Stands(PartState),
    Whole(Ending),
    None,
}

/// The picture.
pub(super) fn path(me: &Me, run: &RunView) -> Markup {
    let act = act(run);
    let stops =
        [("Accepted", accepted(run)), ("Condition", condition(&act)), ("Act", acted(&act)), ("Effects", effects(&act))];
    html! {
        ol.path aria-label="How far it came" {
            @for (name, stop) in stops.into_iter().chain([("Deliveries", deliveries(run))]) {
                li class=(stop.class) {
                    strong { (name) } " " span { (stop.word) }
                    @if let Some(at) = stop.at { " " (time(at, &me.principal.time_zone)) }
                }
            }
        }
    }
}

/// A part of one's own as what came of it.
pub(super) fn ending(part: &PartView) -> Ending {
    let PartView { state, outcome, reason, findings, effects, messages, usage, ended, .. } = part.clone();
    Ending { state, outcome, reason, findings, effects, messages, usage, ended }
}

fn act(run: &RunView) -> Act {
    let own = run.parts.iter().find(|part| part.kind == PartKind::Act);
    match (own, run.others.get().and_then(|others| others.first())) {
        (Some(part), _) if part.hidden.is_some() => Act::Stands(part.state),
        (Some(part), _) => Act::Whole(ending(part)),
        (None, Some(part)) => part.rest.get().map_or(Act::Hidden, |rest| Act::Whole(rest.clone())),
        (None, None) if run.sight == Sight::Redacted && run.others.get().is_some() => Act::None,
        (None, None) => Act::Hidden,
    }
}

fn accepted(run: &RunView) -> Stop {
    match &run.began {
        Some(began) => Stop::of(("good", "Accepted")).at(Some(began.accepted)),
        None => Stop::of(("off", HIDDEN)),
    }
}

fn condition(act: &Act) -> Stop {
    let Act::Whole(ending) = act else { return unknown(act) };
    Stop::of(match (ending.state, &ending.outcome) {
        (PartState::Pending | PartState::Running, _) => ("waits", "Waiting"),
        (_, None) => ("off", "Not asked"),
        _ if !ending.findings.is_empty() => ("good", "Met"),
        (_, Some(outcome)) if !outcome.is_done() => ("bad", "Failed"),
        _ => ("off", "Not met"),
    })
}

fn acted(act: &Act) -> Stop {
    match act {
        Act::Stands(state) => Stop::of(colour(*state)),
        Act::Whole(ending) => Stop::of(colour(ending.state)).at(ending.ended),
        Act::Hidden | Act::None => unknown(act),
    }
}

fn effects(act: &Act) -> Stop {
    let Act::Whole(ending) = act else { return unknown(act) };
    // The first of these that one of them is, is what one must know of all.
    let order = [
        EffectState::Unknown,
        EffectState::Dead,
        EffectState::Withheld,
        EffectState::Sending,
        EffectState::Staged,
        EffectState::Applied,
    ];
    let states = || ending.effects.iter().map(|effect| effect.state);
    let Some(worst) = order.into_iter().find(|state| states().any(|one| one == *state)) else {
        return Stop::of(("off", "None"));
    };
    let told = match worst {
        EffectState::Applied => ("good", "Done"),
        EffectState::Staged => ("waits", "Still to do"),
        EffectState::Sending => ("waits", "Being tried"),
        EffectState::Unknown => ("bad", "Nobody knows whether they were done"),
        EffectState::Dead => ("bad", "Given up"),
        EffectState::Withheld => ("bad", "Withheld"),
    };
    Stop::of(told).at(ending.effects.iter().filter_map(|effect| effect.at).max())
}

/// One's own alone: those of others do not exist for one.
fn deliveries(run: &RunView) -> Stop {
    let Some(part) = run.parts.iter().find(|part| part.kind == PartKind::Notify) else {
        return Stop::of(("off", "None to you"));
    };
    match part.messages.last() {
        Some(delivered) => Stop::of(("good", "In your inbox")).at(Some(delivered.at)),
        None if part.hidden.is_some() => Stop::of(("off", HIDDEN)),
        None if part.state == PartState::Done => Stop::of(("off", "None to you")),
        None => Stop::of(colour(part.state)),
    }
}

/// What is said of an act part of which nothing is shown.
fn unknown(act: &Act) -> Stop {
    Stop::of(("off", if matches!(act, Act::None) { "None" } else { HIDDEN }))
}

/// Where a part stands: the class of its dot, and the word.
fn colour(state: PartState) -> (&'static str, &'static str) {
    let (class, word) = word(state);
    match class {
        "on" => ("good", word),
        "stopped" => ("bad", word),
        other => (other, word),
    }
}

#[cfg(test)]
mod tests {
    use mandate_model::{AutomationId, Outcome, RunId};
    use mandate_service::Shown;

    use super::*;

    fn run(sight: Sight, others: Shown<Vec<mandate_service::PartOfAnother>>) -> RunView {
        RunView {
            id: RunId::from_bytes([1; 16]),
            automation: AutomationId::parse("aut_aaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap(),
            name: "Large deals".to_owned(),
            version: None,
            at: 0,
            event: Shown::hidden(),
            began: None,
            sight,
            withheld: None,
            parts: vec![],
            others,
            revealed: vec![],
        }
    }

    #[test]
    fn n12_who_is_not_shown_an_act_part_is_not_told_whether_there_is_one() {
        for (sight, others) in [
            (Sight::Own, Shown::Shown(vec![])),
            (Sight::Happened, Shown::Shown(vec![])),
            (Sight::Redacted, Shown::hidden()),
        ] {
            let act = act(&run(sight, others));
            for stop in [condition(&act), acted(&act), effects(&act)] {
                assert_eq!((stop.class, stop.word, stop.at), ("off", HIDDEN, None), "{sight:?}");
            }
        }
        let none = act(&run(Sight::Redacted, Shown::Shown(vec![])));
        assert_eq!(acted(&none).word, "None");
    }

    #[test]
    fn a_condition_is_met_not_met_failed_or_not_asked() {
        let whole = |state, outcome| {
            Act::Whole(Ending {
                state,
                outcome,
                reason: None,
                findings: vec![],
                effects: vec![],
                messages: vec![],
                usage: mandate_runtime::part::Usage::default(),
                ended: Some(7),
            })
        };
        for (state, outcome, word) in [
            (PartState::Pending, None, "Waiting"),
            (PartState::Withheld, None, "Not asked"),
            (PartState::Done, Some(Outcome::Done), "Not met"),
        ] {
            let act = whole(state, outcome);
            assert_eq!((condition(&act).word, effects(&act).word), (word, "None"));
            assert_eq!(acted(&act).at, Some(7));
        }
    }
}
