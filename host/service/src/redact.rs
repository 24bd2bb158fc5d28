//! What a person is not told of their own parts: why they were denied. A reason tells a row that is hidden from one that does not
//! exist (R6); it is for the operator, who may know both.

use mandate_model::Verdict;

use crate::history::PartView;

/// What stands in the place of a reason.
const DENIED: &str = "it does not exist, or they may not";

/// Takes the reasons of denials out of a part.
pub(crate) fn redact(part: &mut PartView) {
    for entry in &mut part.journal {
        if let Verdict::Denied(reason) = &mut entry.verdict {
            DENIED.clone_into(reason);
        }
    }
    let reasons = part.effects.iter_mut().filter_map(|effect| effect.reason.as_mut()).chain(part.reason.as_mut());
    for reason in reasons {
        if reason.starts_with("denied:") {
            *reason = format!("denied: {DENIED}");
        }
    }
}

#[cfg(test)]
mod tests {
    use mandate_model::{Entry, Phase};
    use mandate_runtime::part::Usage;

    use super::*;
    use crate::store::part::{PartKind, PartState};

    #[test]
    fn n04_reasons_of_denials_are_not_told_and_others_are() {
        let entry = |verdict| Entry {
            sequence: 0,
            phase: Phase::Condition,
            interface: "rows".to_owned(),
            method: "get".to_owned(),
            arguments: serde_json::Value::Null,
            answer: serde_json::Value::Null,
            verdict,
            labels: vec![],
        };
        let mut part = PartView {
            kind: PartKind::Act,
            state: PartState::Withheld,
            outcome: None,
            reason: Some("denied: no such row".to_owned()),
            findings: vec![],
            effects: vec![],
            messages: vec![],
            journal: vec![entry(Verdict::Denied("no policy".to_owned())), entry(Verdict::Invalid("limit".to_owned()))],
            usage: Usage::default(),
        };
        redact(&mut part);
        assert_eq!(part.reason.as_deref(), Some("denied: it does not exist, or they may not"));
        assert_eq!(part.journal[0].verdict, Verdict::Denied("it does not exist, or they may not".to_owned()));
        assert_eq!(part.journal[1].verdict, Verdict::Invalid("limit".to_owned()));
        part.reason = Some("it was turned off".to_owned());
        redact(&mut part);
        assert_eq!(part.reason.as_deref(), Some("it was turned off"));
    }
}
