//! Staging: an effect is checked at once, against the powers and then against the principal's rights, and carried out later.

use mandate_model::{Effect, Failure, Field};
use serde_json::Value as Json;

use super::{column_within, columns_within};
use crate::{
    authority::Authority,
    call::Call,
    journal::{Answer, Question},
    refusal::Refusal,
};

/// Stages an effect that is permitted now. More than the part's limit ends the call: half of what an act meant is never done.
pub(super) async fn stage(
    call: &mut Call,
    authority: &Authority,
    question: Question,
    effect: Effect,
) -> Result<(), Refusal> {
    call.recorder.count_effect()?;
    let labels = question.about.clone();
    let answer = async {
        permitted(authority, &effect, &call.staged).await?;
        Ok(Answer { value: (), json: Json::Null, size: 0, labels })
    };
    call.recorder.ask(question, answer).await?;
    call.staged.push(effect);
    Ok(())
}

async fn permitted(authority: &Authority, effect: &Effect, before: &[Effect]) -> Result<(), Failure> {
    match effect {
        Effect::Create { dataset, fields, .. } | Effect::Update { dataset, fields, .. } => {
            writable(authority, dataset, fields)?;
        }
        Effect::Remove { dataset, .. } => writable(authority, dataset, &[])?,
        Effect::Invoke { operation, arguments } => {
            if !authority.powers.operations.contains(operation) {
                return Err(Failure::Denied(format!("`{operation}` is not among the automation's operations")));
            }
            return authority.operations.check(&authority.principal.id, operation, arguments).await;
        }
        // The sandbox makes these itself, of what `render` answers; there is no function that asks for one.
        Effect::Tell { .. } => return Err(Failure::Denied("a guest tells nobody itself".to_owned())),
    }
    authority.data.check(effect, before).await
}

fn writable(authority: &Authority, dataset: &str, fields: &[Field]) -> Result<(), Failure> {
    let within = columns_within(&authority.powers.writes, dataset, "write")?;
    if fields.iter().any(|field| !field.value.is_finite()) {
        return Err(Failure::Invalid("a number must be finite".to_owned()));
    }
    fields.iter().try_for_each(|field| column_within(within, dataset, &field.name, "write"))
}
