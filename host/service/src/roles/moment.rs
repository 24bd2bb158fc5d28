//! What is read at one moment: who looks at a page is asked about once for the whole of it, not once for each line.
//!
//! Only readings are answered so. A command asks anew, in the transaction of what it changes, and so does each step of a run.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use mandate_model::{Power, PrincipalId};
use mandate_policy::DataSchema;
use mandate_runtime::platform::Unavailable;

use super::{Extent, Offered, Removal, Roles, Standing};

tokio::task_local! {
    static MOMENT: Moment;
}

/// Reads with what the platform says of people, roles and places at one moment: within `reading`, the same question is asked once.
/// For what is shown; nothing that changes something may be asked for in it. What `reading` spawns is outside of it; a moment within a
/// moment is the same.
pub async fn at_one_moment<T>(reading: impl Future<Output = T>) -> T {
    if MOMENT.try_with(|_| ()).is_ok() { reading.await } else { MOMENT.scope(Moment::default(), reading).await }
}

/// Answers that were given.
#[derive(Default)]
struct Moment {
    standings: Answers<PrincipalId, Option<Standing>>,
    open: Answers<String, Option<bool>>,
    holds: Answers<(PrincipalId, Power), bool>,
    knows: Answers<(PrincipalId, Power), bool>,
    places: Answers<Power, Option<String>>,
    everyone: Answers<(), Vec<PrincipalId>>,
    teams: Answers<(), Vec<PrincipalId>>,
    datasets: Answers<PrincipalId, BTreeMap<String, Offered>>,
}

/// Answers to one kind of question.
struct Answers<Q, A>(Mutex<BTreeMap<Q, A>>);

impl<Q, A> Default for Answers<Q, A> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Q: Ord, A: Clone> Answers<Q, A> {
    fn given(&self, question: &Q) -> Option<A> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(question).cloned()
    }

    fn keep(&self, question: Q, answer: A) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(question, answer);
    }
}

/// The answer that was given at this moment, if there is one; else what `ask` says, which is kept. That it cannot be asked is not.
async fn once<Q: Ord, A: Clone>(
    of: fn(&Moment) -> &Answers<Q, A>,
    question: Q,
    ask: impl Future<Output = Result<A, Unavailable>>,
) -> Result<A, Unavailable> {
    if let Ok(Some(given)) = MOMENT.try_with(|moment| of(moment).given(&question)) {
        return Ok(given);
    }
    let answer = ask.await?;
    // Outside of a moment nothing is kept.
    let _ = MOMENT.try_with(|moment| of(moment).keep(question, answer.clone()));
    Ok(answer)
}

/// Roles whose answers are given once within [`at_one_moment`].
pub(crate) struct Momentary(pub(crate) Arc<dyn Roles>);

#[async_trait]
impl Roles for Momentary {
    async fn standing(&self, person: &PrincipalId) -> Result<Option<Standing>, Unavailable> {
        once(|moment| &moment.standings, person.clone(), self.0.standing(person)).await
    }

    async fn is_open(&self, workspace: &str) -> Result<Option<bool>, Unavailable> {
        once(|moment| &moment.open, workspace.to_owned(), self.0.is_open(workspace)).await
    }

    async fn holds(&self, principal: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        let question = (principal.clone(), power.clone());
        once(|moment| &moment.holds, question, self.0.holds(principal, power)).await
    }

    async fn knows(&self, person: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        // A column is judged by its dataset alone.
        let whole = power.whole();
        once(|moment| &moment.knows, (person.clone(), whole.clone()), self.0.knows(person, &whole)).await
    }

    async fn lies_in(&self, power: &Power) -> Result<Option<String>, Unavailable> {
        let whole = power.whole();
        once(|moment| &moment.places, whole.clone(), self.0.lies_in(&whole)).await
    }

    async fn everyone(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        once(|moment| &moment.everyone, (), self.0.everyone()).await
    }

    async fn without(&self, removal: &Removal) -> Result<Option<Box<dyn Roles>>, Unavailable> {
        self.0.without(removal).await
    }

    async fn teams(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        once(|moment| &moment.teams, (), self.0.teams()).await
    }

    async fn schema(&self) -> Result<DataSchema, Unavailable> {
        self.0.schema().await
    }

    async fn datasets(&self, person: &PrincipalId) -> Result<BTreeMap<String, Offered>, Unavailable> {
        once(|moment| &moment.datasets, person.clone(), self.0.datasets(person)).await
    }

    async fn extent(&self, principal: &PrincipalId, dataset: &str) -> Result<Option<Extent>, Unavailable> {
        self.0.extent(principal, dataset).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Counts what it is asked, and cannot answer the first question.
    #[derive(Default)]
    struct Counted(AtomicU32);

    #[async_trait]
    impl Roles for Counted {
        async fn standing(&self, _: &PrincipalId) -> Result<Option<Standing>, Unavailable> {
            Ok(None)
        }

        async fn is_open(&self, workspace: &str) -> Result<Option<bool>, Unavailable> {
            match self.0.fetch_add(1, Ordering::SeqCst) {
                0 => Err(Unavailable("busy".to_owned())),
                _ => Ok(Some(workspace == "sales")),
            }
        }

        async fn holds(&self, _: &PrincipalId, _: &Power) -> Result<bool, Unavailable> {
            Ok(false)
        }

        async fn knows(&self, _: &PrincipalId, _: &Power) -> Result<bool, Unavailable> {
            Ok(false)
        }

        async fn lies_in(&self, _: &Power) -> Result<Option<String>, Unavailable> {
            Ok(None)
        }

        async fn everyone(&self) -> Result<Vec<PrincipalId>, Unavailable> {
            Ok(vec![])
        }

        async fn schema(&self) -> Result<DataSchema, Unavailable> {
            Err(Unavailable("not asked here".to_owned()))
        }
    }

    /// What the trait answers by itself would be answered so here, too, if it were forgotten.
    #[test]
    fn every_question_is_passed_on() {
        let asked = |text: &'static str, from: &str| {
            let (_, rest) = text.split_once(from).unwrap();
            let (all, _) = rest.split_once("\n}\n").unwrap();
            let names = all.split("async fn ").skip(1).map(|one| one.split('(').next().unwrap());
            names.collect::<std::collections::BTreeSet<_>>()
        };
        let all = asked(include_str!("../roles.rs"), "pub trait Roles");
        assert!(all.len() > 9, "{all:?}");
        assert_eq!(asked(include_str!("moment.rs"), "impl Roles for Momentary"), all);
    }

    #[tokio::test]
    async fn the_same_is_asked_once_at_a_moment_and_anew_at_the_next_and_outside_of_any() {
        let counted = Arc::new(Counted::default());
        let roles = Momentary(counted.clone());
        let asked = || counted.0.load(Ordering::SeqCst);
        at_one_moment(async {
            assert!(roles.is_open("sales").await.is_err(), "it cannot be asked");
            for _ in 0..3 {
                assert_eq!(roles.is_open("sales").await, Ok(Some(true)));
                assert_eq!(roles.is_open("hr").await, Ok(Some(false)));
            }
        })
        .await;
        assert_eq!(asked(), 3);
        let within = || at_one_moment(async { roles.is_open("sales").await.unwrap() });
        at_one_moment(async { (within().await, within().await) }).await;
        assert_eq!(asked(), 4);
        for _ in 0..2 {
            roles.is_open("sales").await.unwrap();
        }
        assert_eq!(asked(), 6);
    }
}
