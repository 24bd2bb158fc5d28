//! The act part: evaluate, then act on each finding, all as the principal that the automation runs as. Where notifications are
//! evaluated as that principal too, what they render is told to people as effects of theirs (ONE-09).

use mandate_model::{Cause, Effect, Finding, Message, Outcome, Phase, Principal};

use crate::{
    call::Call,
    convert,
    evaluate::{evaluate, failed, settle},
    journal::Recorder,
    limits::Limits,
    part::{ActReport, Acted, Assignment},
    render::{render, size},
    sandbox::Sandbox,
};

impl Sandbox {
    /// Evaluates the act part of a run as `run_as`. Never fails: what went wrong is in the report, and nothing was carried out.
    pub async fn act(&self, assignment: &Assignment, run_as: &Principal) -> ActReport {
        let recorder = Recorder::new(assignment.limits).under(&assignment.standing).answered_by(&assignment.answers);
        let (found, mut recorder) = evaluate(self, assignment, run_as, recorder).await;
        let (mut acted, mut effects, mut told) = (vec![], vec![], Told::default());
        let outcome = match found {
            Err(outcome) => outcome,
            Ok(findings) => {
                for (index, finding) in findings.into_iter().enumerate() {
                    let staged;
                    (staged, recorder) = follow(self, assignment, run_as, recorder, index, &finding, &mut told).await;
                    let outcome = staged.map_or_else(
                        |outcome| outcome,
                        |staged| {
                            effects.extend(staged);
                            Outcome::Done
                        },
                    );
                    let void = outcome.voids_part();
                    acted.push(Acted { finding, outcome });
                    if void {
                        break;
                    }
                }
                voided(&acted).unwrap_or(Outcome::Done)
            }
        };
        let outcome = recorder.ended(outcome);
        if outcome.voids_part() {
            effects.clear();
        }
        ActReport { outcome, acted, effects, record: recorder.into_record() }
    }
}

/// A finding that must be done again, or after which the part may not go on, discards the whole part.
fn voided(acted: &[Acted]) -> Option<Outcome> {
    acted.iter().map(|acted| &acted.outcome).find(|outcome| outcome.voids_part()).cloned()
}

/// What follows from one finding: its changes, then its messages; nothing, if either fails. It is rendered once, however many are
/// told, so that nothing of the guest depends on who they are.
async fn follow(
    sandbox: &Sandbox,
    assignment: &Assignment,
    run_as: &Principal,
    recorder: Recorder,
    index: usize,
    finding: &Finding,
    told: &mut Told,
) -> (Result<Vec<Effect>, Outcome>, Recorder) {
    let (staged, recorder) = act_on(sandbox, assignment, run_as, recorder, index, finding).await;
    let mut staged = match staged {
        Ok(staged) if !assignment.tells.is_empty() => staged,
        settled => return (settled, recorder),
    };
    let (message, recorder) = render(sandbox, assignment, run_as, recorder, finding).await;
    let staged = message.and_then(|message| {
        let Some(message) = message else { return Ok(staged) };
        told.count(&message, assignment)?;
        staged.extend(assignment.tells.iter().map(|recipient| Effect::Tell {
            recipient: recipient.clone(),
            finding: finding.key.clone(),
            message: message.clone(),
        }));
        Ok(staged)
    });
    (staged, recorder)
}

/// What acting on one finding stages; nothing, if it fails.
async fn act_on(
    sandbox: &Sandbox,
    assignment: &Assignment,
    run_as: &Principal,
    recorder: Recorder,
    index: usize,
    finding: &Finding,
) -> (Result<Vec<Effect>, Outcome>, Recorder) {
    let linked = &assignment.plugin.linked;
    let Some(action) = &linked.action else { return (Ok(vec![]), recorder) };
    let call = Call::new(Some(assignment.authority(run_as, Phase::Action)), recorder, index);
    let (event, finding) = (convert::event(&assignment.event), convert::finding_out(finding));
    let (answer, call) = sandbox
        .call(linked, call, async |store, instance| {
            let guest = action.load(&mut *store, instance)?;
            guest.call_act(&mut *store, &event, &finding, Call::view(), Call::hand()).await
        })
        .await;
    let Call { recorder, staged, .. } = call;
    (settle(answer, &recorder).map(|()| staged), recorder)
}

/// What a part tells so far. Messages have limits of their own, apart from those of changes: how many people are told is not the
/// guest's doing.
#[derive(Default)]
struct Told {
    messages: usize,
    bytes: usize,
}

impl Told {
    /// Counts a message once for each person who is told; refused, and not counted, where there would be too many.
    fn count(&mut self, message: &Message, assignment: &Assignment) -> Result<(), Outcome> {
        let Limits { tells, tell_bytes, .. } = assignment.limits;
        let people = assignment.tells.len();
        let messages = self.messages.saturating_add(people);
        let bytes = self.bytes.saturating_add(size(message).saturating_mul(people));
        if messages > tells {
            return Err(failed(Cause::Effects, &format!("a part sends at most {tells} messages as whom it runs as")));
        }
        if bytes > tell_bytes {
            let words = format!("the messages that a part sends as whom it runs as have at most {tell_bytes} bytes");
            return Err(failed(Cause::Effects, &words));
        }
        (self.messages, self.bytes) = (messages, bytes);
        Ok(())
    }
}
