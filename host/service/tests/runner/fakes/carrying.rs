//! How the world carries effects out, each key once, and what it has to tell of them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mandate_model::{Change, Effect, Failure, Occurrence, PrincipalId, RowRef, SiteId, Subject};
use mandate_service::{
    apply::{Applied, Apply, NotDone},
    operations::Invocation,
};

use super::World;

#[async_trait]
impl Apply for World {
    async fn apply(
        &self,
        principal: &PrincipalId,
        key: &str,
        effect: &Effect,
        ids: &BTreeMap<String, String>,
    ) -> Result<Applied, Failure> {
        self.point("apply").await;
        let applied = self.carry(principal, key, effect, ids);
        self.point("applied").await;
        applied
    }

    async fn invoke(&self, invocation: &Invocation, _: &BTreeMap<String, String>) -> Result<(), NotDone> {
        self.point("invoke").await;
        let done = self.ping(invocation);
        self.point("invoked").await;
        done
    }

    async fn happened(&self, limit: u32) -> Result<Vec<Occurrence>, Failure> {
        let script = self.script();
        Ok(script.happened.iter().take(limit as usize).cloned().collect())
    }

    async fn taken_over(&self, ids: &[String]) -> Result<(), Failure> {
        self.point("taken over").await;
        self.script().happened.retain(|occurrence| !ids.contains(&occurrence.id));
        Ok(())
    }
}

/// The platform's word of an update.
fn told(key: &str, dataset: &str, at: i64) -> Occurrence {
    Occurrence {
        site: SiteId::parse("acme").unwrap(),
        source: "platform".to_owned(),
        id: key.to_owned(),
        at,
        change: Change::Updated,
        subject: Subject::Row(RowRef { dataset: dataset.to_owned(), id: "d1".to_owned() }),
        changed: None,
        image: None,
        cause: Some(key.to_owned()),
    }
}

impl World {
    fn carry(
        &self,
        principal: &PrincipalId,
        key: &str,
        effect: &Effect,
        ids: &BTreeMap<String, String>,
    ) -> Result<Applied, Failure> {
        let mut script = self.script();
        script.asked.push(key.to_owned());
        if script.carried.iter().any(|(known, _, _)| known == key) {
            return Ok(Applied { id: Some(row_id(key)), before: true });
        }
        let sequence: u32 = key.rsplit('/').next().unwrap().parse().unwrap();
        if let Some(refusals) = script.refusals.get_mut(&sequence)
            && !refusals.is_empty()
        {
            return Err(refusals.remove(0));
        }
        if script.powerless.contains(principal) {
            return Err(Failure::Denied("no grant".to_owned()));
        }
        let effect = with_real_ids(effect, ids);
        if let Effect::Update { dataset, .. } = &effect {
            let occurrence = told(key, dataset, script.now);
            script.happened.push(occurrence);
        }
        script.carried.push((key.to_owned(), principal.clone(), effect));
        Ok(Applied { id: Some(row_id(key)), before: false })
    }
}

/// The id that the platform gives to a row: not the placeholder.
fn row_id(key: &str) -> String {
    format!("row-{}", key.rsplit('/').next().unwrap())
}

fn with_real_ids(effect: &Effect, ids: &BTreeMap<String, String>) -> Effect {
    match effect {
        Effect::Remove { dataset, id } => {
            Effect::Remove { dataset: dataset.clone(), id: ids.get(id).unwrap_or(id).clone() }
        }
        other => other.clone(),
    }
}

impl World {
    fn ping(&self, invocation: &Invocation) -> Result<(), NotDone> {
        let mut script = self.script();
        script.invoked.push(invocation.clone());
        if script.powerless.contains(&invocation.principal) {
            return Err(NotDone::Refused(Failure::Denied("no grant".to_owned())));
        }
        if invocation.again && !script.idempotent {
            return Err(NotDone::Perhaps { reason: "the host ended".to_owned(), again: false });
        }
        let answer = if script.not_done.is_empty() { Ok(()) } else { Err(script.not_done.remove(0)) };
        if !matches!(answer, Ok(()) | Err(NotDone::Perhaps { .. })) {
            return answer;
        }
        let key = invocation.key.clone();
        if !script.idempotent || !script.pinged.contains(&key) {
            script.pinged.push(key);
        }
        answer
    }
}
