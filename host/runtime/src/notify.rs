//! The notify part: evaluate and render for one recipient, with nothing but their own view.

use mandate_model::{Outcome, Principal};

use crate::{
    evaluate::evaluate,
    journal::Recorder,
    part::{Assignment, NotifyReport},
    render::render,
    sandbox::Sandbox,
};

impl Sandbox {
    /// Evaluates the notify part of a run for `recipient`. Never fails: what went wrong is in the report. Whether the recipient
    /// may know of the event at all is asked before, by whoever plans the run
    /// ([`DataAs::witnesses`](crate::platform::DataAs::witnesses)).
    pub async fn notify(&self, assignment: &Assignment, recipient: &Principal) -> NotifyReport {
        let recorder = Recorder::new(assignment.limits).under(&assignment.standing).answered_by(&assignment.answers);
        let (found, mut recorder) = evaluate(self, assignment, recipient, recorder).await;
        let (mut outcome, mut messages) = (Outcome::Done, vec![]);
        match found {
            Err(broken) => outcome = broken,
            Ok(findings) => {
                for finding in findings {
                    let rendered;
                    (rendered, recorder) = render(self, assignment, recipient, recorder, &finding).await;
                    match rendered {
                        Ok(message) => messages.extend(message.map(|message| (finding.key, message))),
                        Err(broken) => outcome = first(outcome, broken),
                    }
                }
            }
        }
        let outcome = recorder.ended(outcome);
        if outcome.voids_part() {
            messages.clear();
        }
        NotifyReport { outcome, messages, record: recorder.into_record() }
    }
}

/// The first failure, but rather one after which nothing of the part counts.
fn first(before: Outcome, now: Outcome) -> Outcome {
    if before.is_done() || (now.voids_part() && !before.voids_part()) { now } else { before }
}
