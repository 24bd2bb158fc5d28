//! What a person is not told of their own parts: why they were denied, and what was not seen as them. A reason tells a row that is
//! hidden from one that does not exist (R6); it is for the operator, who may know both.
//!
//! A message that an act part tells is an effect like any other: whom it ran as sees what it says and to whom, as far as all that it was
//! made of was seen as them.

use mandate_model::{Outcome, PrincipalId, Verdict};

use crate::{executor::invoke::OPERATION, history::PartView};

/// What stands in the place of a reason.
const DENIED: &str = "it does not exist, or they may not";
/// What stands in the place of what was said by who carries an operation out.
const ANSWER: &str = "it was not carried out, or nobody knows: the operator can see why";
/// What stands in the place of words that depend on what is not theirs.
const HIDDEN: &str = "not shown: it depends on what is not theirs to see";

/// Takes out of a part what its labels do not show to be the viewer's, and the reasons of denials.
pub(crate) fn redact(viewer: &PrincipalId, part: &mut PartView) {
    keep_own(viewer, part);
    for entry in &mut part.journal {
        if let Verdict::Denied(reason) = &mut entry.verdict {
            DENIED.clone_into(reason);
        }
    }
    let reasons = part.effects.iter_mut().filter_map(|effect| effect.reason.as_mut()).chain(part.reason.as_mut());
    for reason in reasons {
        if reason.starts_with("denied:") {
            *reason = format!("denied: {DENIED}");
        } else if reason.starts_with(OPERATION) {
            *reason = format!("{OPERATION}{ANSWER}");
        }
    }
}

/// Keeps the journal up to the first entry that another's labels, or none, are on. What the guest said after it depends on it: later
/// arguments, and all that it returned.
fn keep_own(viewer: &PrincipalId, part: &mut PartView) {
    let own = part.journal.iter().take_while(|entry| entry.labels.are_of(viewer)).count();
    if own == part.journal.len() {
        return;
    }
    part.journal.truncate(own);
    part.findings.clear();
    part.effects.clear();
    part.messages.clear();
    if let Some(Outcome::Failed { detail, .. } | Outcome::Retry { detail }) = &mut part.outcome {
        HIDDEN.clone_into(detail);
    }
}

#[cfg(test)]
mod tests {
    use mandate_model::{Cause, Effect, Entry, Finding, Labels, Message, Phase, Resource};
    use mandate_runtime::part::Usage;

    use super::*;
    use crate::store::{
        effect::{EffectState, StagedEffect},
        part::{PartKind, PartState},
    };

    fn who(id: &str) -> PrincipalId {
        PrincipalId::parse(id).unwrap()
    }

    fn entry(verdict: Verdict, labels: Labels) -> Entry {
        Entry {
            sequence: 0,
            phase: Phase::Condition,
            interface: "rows".to_owned(),
            method: "get".to_owned(),
            arguments: serde_json::Value::Null,
            answer: serde_json::Value::Null,
            verdict,
            labels,
        }
    }

    fn part(journal: Vec<Entry>) -> PartView {
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
            journal,
            usage: Usage::default(),
        }
    }

    /// A message to somebody else, as an effect.
    fn told() -> StagedEffect {
        let message = Message { title: "CANARY".to_owned(), body: String::new(), attachments: vec![] };
        StagedEffect {
            sequence: 0,
            effect: Effect::Tell { recipient: who("user:bo"), finding: "k".to_owned(), message },
            state: EffectState::Withheld,
            row_id: None,
            reason: Some("denied: no such row".to_owned()),
        }
    }

    #[test]
    fn n04_reasons_of_denials_are_not_told_and_others_are() {
        let ana = who("user:ana");
        let own = |verdict| entry(verdict, Labels::of(&ana, Resource::Profile));
        let verdicts = [Verdict::Denied("no policy".to_owned()), Verdict::Invalid("limit".to_owned())];
        let mut part = part(verdicts.map(own).into());
        redact(&ana, &mut part);
        assert_eq!(part.reason.as_deref(), Some("denied: it does not exist, or they may not"));
        assert_eq!(part.journal[0].verdict, Verdict::Denied("it does not exist, or they may not".to_owned()));
        assert_eq!(part.journal[1].verdict, Verdict::Invalid("limit".to_owned()));
        assert_eq!(part.findings.len(), 1);
        let shown = StagedEffect { reason: Some("denied: it does not exist, or they may not".to_owned()), ..told() };
        assert_eq!(part.effects, [shown], "whom it ran as sees whom it tells what");
        part.reason = Some("it was turned off".to_owned());
        redact(&ana, &mut part);
        assert_eq!(part.reason.as_deref(), Some("it was turned off"));
    }

    #[test]
    fn n04_what_has_no_label_or_anothers_is_not_shown_and_nothing_that_came_of_it() {
        let ana = who("user:ana");
        let own = || Labels::of(&ana, Resource::Settings);
        let others = Labels::of(&who("user:bo"), Resource::Settings);
        let none: Labels = serde_json::from_str("[]").unwrap();
        for hidden in [none, others.clone(), own().and(&others)] {
            let mut part = part(vec![
                entry(Verdict::Allowed, own()),
                entry(Verdict::Allowed, hidden.clone()),
                entry(Verdict::Allowed, own()),
            ]);
            redact(&ana, &mut part);
            assert_eq!(part.journal, [entry(Verdict::Allowed, own())], "{hidden:?}");
            assert!(!format!("{part:?}").contains("CANARY"), "{part:?}");
        }
    }
}
