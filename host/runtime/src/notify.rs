//! The notify part: evaluate and render for one recipient, with nothing but their own view.

use mandate_model::{Cause, Content, Finding, Message, Outcome, Phase, Principal};

use crate::{
    call::Call,
    convert,
    evaluate::{evaluate, failed, settle},
    journal::Recorder,
    limits::Limits,
    part::{Assignment, NotifyReport},
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

/// The message about one finding; a plugin without this phase says the finding's summary.
async fn render(
    sandbox: &Sandbox,
    assignment: &Assignment,
    recipient: &Principal,
    recorder: Recorder,
    finding: &Finding,
) -> (Result<Option<Message>, Outcome>, Recorder) {
    let linked = &assignment.plugin.linked;
    let Some(notification) = &linked.notification else {
        // A title has at least one byte; a key always has.
        let title = if finding.summary.is_empty() { &finding.key } else { &finding.summary };
        let message = Message { title: title.clone(), body: String::new(), attachments: vec![] };
        return (Ok(Some(message)), recorder);
    };
    let call = Call::new(Some(assignment.authority(recipient, Phase::Notification)), recorder, 0);
    let (event, finding) = (convert::event(&assignment.event), convert::finding_out(finding));
    let (answer, call) = sandbox
        .call(linked, call, async |store, instance| {
            let guest = notification.load(&mut *store, instance)?;
            guest.call_render(&mut *store, &event, &finding, Call::view()).await
        })
        .await;
    let message = settle(answer, &call.recorder).and_then(|message| {
        let Some(message) = message else { return Ok(None) };
        let message = convert::message(message).map_err(|why| failed(Cause::Output, why))?;
        check(&message, call.recorder.limits()).map(|()| Some(message))
    });
    (message, call.recorder)
}

fn check(message: &Message, limits: &Limits) -> Result<(), Outcome> {
    let attached = message.attachments.iter().map(|attachment| {
        let Content::Inline(bytes) = &attachment.content;
        attachment.name.len() + attachment.media_type.len() + bytes.len()
    });
    let bytes = message.title.len() + message.body.len() + attached.sum::<usize>();
    let names_fit = message
        .attachments
        .iter()
        .all(|attachment| is_file_name(&attachment.name) && attachment.media_type.len() <= limits.title_bytes);
    if message.title.is_empty() || message.title.len() > limits.title_bytes {
        Err(failed(Cause::Output, &format!("a message's title has 1 to {} bytes", limits.title_bytes)))
    } else if bytes > limits.message_bytes {
        Err(failed(
            Cause::Output,
            &format!("a message with its attachments has at most {} bytes", limits.message_bytes),
        ))
    } else if message.attachments.len() > limits.attachments {
        Err(failed(Cause::Output, &format!("a message has at most {} attachments", limits.attachments)))
    } else if !names_fit {
        Err(failed(Cause::Output, "an attachment's name is a plain file name, without `/`, `\\` or control characters"))
    } else {
        Ok(())
    }
}

/// Whether it is a name that any file system takes and none takes for a path.
fn is_file_name(name: &str) -> bool {
    let plain = |letter: char| !letter.is_control() && !matches!(letter, '/' | '\\');
    !name.is_empty() && name.len() <= 255 && name != "." && name != ".." && name.chars().all(plain)
}
