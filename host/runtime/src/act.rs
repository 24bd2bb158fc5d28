//! The act part: evaluate, then act on each finding, all as the principal that the automation runs as.

use mandate_model::{Effect, Finding, Outcome, Phase, Principal};

use crate::{
    call::Call,
    convert,
    evaluate::{evaluate, settle},
    journal::Recorder,
    part::{ActReport, Acted, Assignment},
    sandbox::Sandbox,
};

impl Sandbox {
    /// Evaluates the act part of a run as `run_as`. Never fails: what went wrong is in the report, and nothing was carried out.
    pub async fn act(&self, assignment: &Assignment, run_as: &Principal) -> ActReport {
        let recorder = Recorder::new(assignment.limits).under(&assignment.standing).answered_by(&assignment.answers);
        let (found, mut recorder) = evaluate(self, assignment, run_as, recorder).await;
        let (mut acted, mut effects) = (vec![], vec![]);
        let outcome = match found {
            Err(outcome) => outcome,
            Ok(findings) => {
                for (index, finding) in findings.into_iter().enumerate() {
                    let staged;
                    (staged, recorder) = act_on(self, assignment, run_as, recorder, index, &finding).await;
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
