//! What a person is not told of their own parts: why they were denied, and what was not seen as them. A reason tells a row that is
//! hidden from one that does not exist (R6); it is for the operator, who may know both.
//!
//! A message that an act part tells is an effect like any other: whom it ran as sees what it says and to whom, as far as all that it was
//! made of was seen as them.

use mandate_model::{Entry, Outcome, Verdict};

use crate::{
    executor::invoke::OPERATION,
    history::{HIDDEN, PartView},
};

/// What stands in the place of a reason.
const DENIED: &str = "it does not exist, or they may not";
/// What stands in the place of what was said by who carries an operation out.
const ANSWER: &str = "it was not carried out, or nobody knows: the operator can see why";

/// Leaves the first entries of their own part, and what came of it only if that is all there is; and no reason of a denial.
pub(crate) fn redact(part: &mut PartView, seen: usize) {
    if seen < part.journal.len() {
        cut(part, seen);
    }
    untold(part);
}

/// Takes the reasons of denials out of a journal.
pub(crate) fn without_reasons(journal: &mut [Entry]) {
    for entry in journal {
        if let Verdict::Denied(reason) = &mut entry.verdict {
            DENIED.clone_into(reason);
        }
    }
}

/// Takes the reasons of denials out of a part.
pub(crate) fn untold(part: &mut PartView) {
    without_reasons(&mut part.journal);
    let reasons = part.effects.iter_mut().filter_map(|effect| effect.reason.as_mut()).chain(part.reason.as_mut());
    for reason in reasons {
        if reason.starts_with("denied:") {
            *reason = format!("denied: {DENIED}");
        } else if reason.starts_with(OPERATION) {
            *reason = format!("{OPERATION}{ANSWER}");
        }
    }
}

/// What the guest said after an entry that is not shown depends on it: later arguments, and all that it returned.
fn cut(part: &mut PartView, seen: usize) {
    part.journal.truncate(seen);
    part.findings.clear();
    part.effects.clear();
    part.messages.clear();
    part.ended = None;
    if let Some(Outcome::Failed { detail, .. } | Outcome::Retry { detail }) = &mut part.outcome {
        HIDDEN.clone_into(detail);
    }
    if let Some(reason) = &mut part.reason {
        // Such as why its guest wants it done again.
        HIDDEN.clone_into(reason);
    }
    part.hide();
}

#[cfg(test)]
mod tests {
    use mandate_model::{Cause, Effect, Finding, Labels, Message, Phase, PrincipalId, Resource};
    use mandate_runtime::part::Usage;

    use super::*;
    use crate::store::{
        effect::{EffectState, StagedEffect},
        part::{PartKind, PartState},
    };

    fn entry(verdict: Verdict) -> Entry {
        Entry {
            sequence: 0,
            phase: Phase::Condition,
            interface: "rows".to_owned(),
            method: "get".to_owned(),
            arguments: serde_json::Value::Null,
            answer: serde_json::Value::Null,
            verdict,
            labels: Labels::of(&PrincipalId::parse("user:ana").unwrap(), Resource::Profile),
        }
    }

    fn part(verdicts: [Verdict; 2]) -> PartView {
        PartView {
            kind: PartKind::Act,
            state: PartState::Withheld,
            outcome: Some(Outcome::Failed { cause: Cause::Failed, detail: "CANARY".to_owned() }),
            reason: Some("denied: no such row".to_owned()),
            findings: vec![(
                Finding { key: "k".to_owned(), summary: "CANARY".to_owned(), data: vec![] },
                Outcome::Done,
            )],
            effects: vec![told()],
            messages: vec![],
            journal: verdicts.map(entry).into(),
            usage: Usage::default(),
            ended: Some(7),
            hidden: None,
        }
    }

    /// A message to somebody else, as an effect.
    fn told() -> StagedEffect {
        let message = Message { title: "CANARY".to_owned(), body: String::new(), attachments: vec![] };
        StagedEffect {
            sequence: 0,
            effect: Effect::Tell {
                recipient: PrincipalId::parse("user:bo").unwrap(),
                finding: "k".to_owned(),
                message,
            },
            state: EffectState::Withheld,
            row_id: None,
            reason: Some("denied: no such row".to_owned()),
            at: None,
        }
    }

    #[test]
    fn n04_reasons_of_denials_are_not_told_and_others_are() {
        let mut part = part([Verdict::Denied("no policy".to_owned()), Verdict::Invalid("limit".to_owned())]);
        redact(&mut part, 2);
        assert_eq!(part.reason.as_deref(), Some("denied: it does not exist, or they may not"));
        assert_eq!(part.journal[0].verdict, Verdict::Denied("it does not exist, or they may not".to_owned()));
        assert_eq!(part.journal[1].verdict, Verdict::Invalid("limit".to_owned()));
        assert_eq!((part.findings.len(), &part.hidden), (1, &None));
        let shown = StagedEffect { reason: Some("denied: it does not exist, or they may not".to_owned()), ..told() };
        assert_eq!(part.effects, [shown], "whom it ran as sees whom it tells what");
        part.reason = Some("it was turned off".to_owned());
        redact(&mut part, 2);
        assert_eq!(part.reason.as_deref(), Some("it was turned off"));
    }

    #[test]
    fn n04_of_what_is_not_shown_nothing_is_that_came_of_it() {
        let mut part = part([Verdict::Allowed, Verdict::Allowed]);
        part.reason = Some("CANARY".to_owned());
        redact(&mut part, 1);
        assert_eq!(part.journal, [entry(Verdict::Allowed)]);
        assert_eq!(part.hidden.as_deref(), Some(HIDDEN));
        assert!(!format!("{part:?}").contains("CANARY"), "{part:?}");
    }
}
