//! Rendering: what is said about a finding, to one recipient as themself or to several as run_as.

use mandate_model::{Cause, Content, Finding, Message, Outcome, Phase, Principal};

use crate::{
    call::Call,
    convert,
    evaluate::{failed, settle},
    journal::Recorder,
    limits::Limits,
    part::Assignment,
    sandbox::Sandbox,
};

/// The message about one finding, with nothing but the view of `principal`: a recipient, or whom the automation runs as. `None`: the
/// guest has nothing to say about it. A plugin without this phase says the finding's summary.
pub(crate) async fn render(
    sandbox: &Sandbox,
    assignment: &Assignment,
    principal: &Principal,
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
    let call = Call::new(Some(assignment.authority(principal, Phase::Notification)), recorder, 0);
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

/// Bytes of a message with its attachments.
pub(crate) fn size(message: &Message) -> usize {
    let attached = message.attachments.iter().map(|attachment| {
        let Content::Inline(bytes) = &attachment.content;
        attachment.name.len() + attachment.media_type.len() + bytes.len()
    });
    message.title.len() + message.body.len() + attached.sum::<usize>()
}

fn check(message: &Message, limits: &Limits) -> Result<(), Outcome> {
    let bytes = size(message);
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
