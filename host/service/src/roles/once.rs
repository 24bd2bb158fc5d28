//! Questions that one page asks of the platform, each once: a list asks the same of many automations, and is made at one moment.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use mandate_model::{Power, PrincipalId};
use mandate_runtime::platform::Unavailable;

use super::{Roles, Standing};

/// What was answered, by what was asked.
type Answers<K, V> = Mutex<BTreeMap<K, V>>;

/// The platform's roles, for the making of one page. Never kept beyond it.
pub(crate) struct Once<'a> {
    roles: &'a dyn Roles,
    standings: Answers<PrincipalId, Option<Standing>>,
    open: Answers<String, Option<bool>>,
    holds: Answers<(PrincipalId, Power), bool>,
    knows: Answers<(PrincipalId, Power), bool>,
    lies_in: Answers<Power, Option<String>>,
}

impl<'a> Once<'a> {
    /// Nothing was asked yet.
    pub(crate) fn new(roles: &'a dyn Roles) -> Self {
        Self {
            roles,
            standings: Answers::default(),
            open: Answers::default(),
            holds: Answers::default(),
            knows: Answers::default(),
            lies_in: Answers::default(),
        }
    }
}

async fn once<K: Ord + Send, V: Clone + Send>(
    answers: &Answers<K, V>,
    question: K,
    ask: impl Future<Output = Result<V, Unavailable>> + Send,
) -> Result<V, Unavailable> {
    let known = answers.lock().unwrap_or_else(PoisonError::into_inner).get(&question).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let answer = ask.await?;
    answers.lock().unwrap_or_else(PoisonError::into_inner).insert(question, answer.clone());
    Ok(answer)
}

#[async_trait]
impl Roles for Once<'_> {
    async fn standing(&self, person: &PrincipalId) -> Result<Option<Standing>, Unavailable> {
        once(&self.standings, person.clone(), self.roles.standing(person)).await
    }

    async fn is_open(&self, workspace: &str) -> Result<Option<bool>, Unavailable> {
        once(&self.open, workspace.to_owned(), self.roles.is_open(workspace)).await
    }

    async fn holds(&self, principal: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        once(&self.holds, (principal.clone(), power.clone()), self.roles.holds(principal, power)).await
    }

    async fn knows(&self, person: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        once(&self.knows, (person.clone(), power.clone()), self.roles.knows(person, power)).await
    }

    async fn lies_in(&self, power: &Power) -> Result<Option<String>, Unavailable> {
        once(&self.lies_in, power.clone(), self.roles.lies_in(power)).await
    }

    async fn everyone(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        self.roles.everyone().await
    }
}
