//! The condition, for either kind of part: what did this principal find?

use std::{collections::BTreeSet, sync::Arc};

use mandate_model::{Cause, Change, Event, Finding, Outcome, Phase, Principal, Subject};

use crate::{
    authority::Authority,
    bindings::mandate::automation::types,
    call::{Call, size},
    convert,
    journal::{Recorder, cut},
    limits::Limits,
    part::Assignment,
    sandbox::Sandbox,
};

/// Bytes of a guest's own words that are kept.
const WORDS: usize = 4_096;

impl Assignment {
    /// The authority of one phase's call.
    pub(crate) fn authority(&self, principal: &Principal, phase: Phase) -> Authority {
        Authority {
            principal: Arc::new(principal.clone()),
            phase,
            powers: Arc::clone(&self.powers),
            settings: Arc::clone(&self.settings),
            run: self.run.as_str().into(),
            data: self.platform.data.open(&principal.id),
            operations: Arc::clone(&self.platform.operations),
        }
    }
}

/// What the condition finds for this principal; a plugin without one finds the event itself.
pub(crate) async fn evaluate(
    sandbox: &Sandbox,
    assignment: &Assignment,
    principal: &Principal,
    recorder: Recorder,
) -> (Result<Vec<Finding>, Outcome>, Recorder) {
    let linked = &assignment.plugin.linked;
    let Some(condition) = &linked.condition else { return (Ok(vec![the_event(&assignment.event)]), recorder) };
    let call = Call::new(Some(assignment.authority(principal, Phase::Condition)), recorder, 0);
    let event = convert::event(&assignment.event);
    let (answer, call) = sandbox
        .call(linked, call, async |store, instance| {
            let guest = condition.load(&mut *store, instance)?;
            guest.call_evaluate(&mut *store, &event, Call::view()).await
        })
        .await;
    let found = settle(answer, &call.recorder).and_then(|findings| {
        let findings: Vec<Finding> = findings.into_iter().map(convert::finding).collect();
        check(&findings, call.recorder.limits()).map(|()| findings)
    });
    (found, call.recorder)
}

/// The guest's answer as an outcome. A part that was not answered once is done again, whatever the guest made of it.
pub(crate) fn settle<T>(answer: Result<Result<T, types::Problem>, Outcome>, recorder: &Recorder) -> Result<T, Outcome> {
    if let Some(why) = &recorder.tainted {
        return Err(Outcome::Retry { detail: why.clone() });
    }
    match answer? {
        Ok(value) => Ok(value),
        Err(types::Problem::Retry(words)) => Err(Outcome::Retry { detail: cut(&words, WORDS).to_owned() }),
        Err(types::Problem::Failed(words) | types::Problem::Other(Some(words))) => Err(failed(Cause::Failed, &words)),
        Err(types::Problem::Other(None)) => Err(failed(Cause::Failed, "the plugin failed without saying why")),
    }
}

/// A failure with a sentence, cut to what is kept.
pub(crate) fn failed(cause: Cause, words: &str) -> Outcome {
    Outcome::Failed { cause, detail: cut(words, WORDS).to_owned() }
}

fn check(findings: &[Finding], limits: &Limits) -> Result<(), Outcome> {
    let output = |words: String| Err(failed(Cause::Output, &words));
    if findings.len() > limits.findings {
        return output(format!("more than {} findings", limits.findings));
    }
    let mut keys = BTreeSet::new();
    for finding in findings {
        if finding.key.is_empty()
            || finding.key.len() > limits.title_bytes
            || finding.summary.len() > limits.title_bytes
        {
            return output(format!("a finding's key and summary have 1 to {} bytes", limits.title_bytes));
        }
        if !keys.insert(&finding.key) {
            return output(format!("two findings have the key `{}`", finding.key));
        }
        if finding.data.iter().any(|field| !field.value.is_finite()) {
            return output("a finding's data has a number that is not finite".to_owned());
        }
        let data = serde_json::to_value(&finding.data).map_or(usize::MAX, |data| size(&data));
        if data > limits.message_bytes {
            return output(format!("a finding's data has more than {} bytes", limits.message_bytes));
        }
    }
    Ok(())
}

/// The finding of a plugin without a condition.
fn the_event(event: &Event) -> Finding {
    let what = match event.change {
        Change::Added => "added",
        Change::Updated => "updated",
        Change::Removed => "removed",
        Change::Due => "due",
        Change::Manual => "run now",
        Change::Other => "happened",
    };
    let subject = match &event.subject {
        Subject::Row(row) => format!("{}/{}", row.dataset, row.id),
        Subject::File(path) => path.clone(),
        Subject::Schedule(name) => name.clone(),
        Subject::Custom(custom) => custom.event_type.clone(),
    };
    Finding { key: "event".to_owned(), summary: format!("{subject} {what}"), data: vec![] }
}
