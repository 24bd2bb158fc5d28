//! Carrying an effect out: the one place where a platform changes anything for an automation.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mandate_model::{Effect, Failure, Occurrence, PrincipalId};

use crate::operations::Invocation;

/// A platform's side of effects.
#[async_trait]
pub trait Apply: Send + Sync {
    /// Carries `effect` out as `principal`, once for each `key` whatever is asked how often, rights judged now. `ids` maps the
    /// placeholders of rows created earlier in the same plan to their real ids.
    ///
    /// Errors: `Denied` (the right is gone, or `if_revision` no longer holds), `Invalid`, or `Unavailable` (nothing happened,
    /// or the same key will say so: try again with the same key).
    async fn apply(
        &self,
        principal: &PrincipalId,
        key: &str,
        effect: &Effect,
        ids: &BTreeMap<String, String>,
    ) -> Result<Applied, Failure>;

    /// Carries a named operation out, rights and arguments judged now; `ids` as for [`Apply::apply`]. It was noted before that this
    /// is asked: where the answer is lost, it is asked [again](Invocation::again).
    async fn invoke(&self, invocation: &Invocation, _ids: &BTreeMap<String, String>) -> Result<(), NotDone> {
        let none = format!("there is no operation `{}`", invocation.operation);
        Err(NotDone::Refused(Failure::Denied(none)))
    }

    /// What happened, by effects (then with their key as its `cause`) or else, and was not taken over yet: the oldest first, at
    /// most `limit`, until [`Apply::taken_over`]. The service takes it over whenever it looks for something to do, so that what
    /// automations cause is an event in its turn. A platform that sends all its events itself has nothing to tell here.
    async fn happened(&self, _limit: u32) -> Result<Vec<Occurrence>, Failure> {
        Ok(vec![])
    }

    /// The service has stored the occurrences with these ids; unknown ones were taken over before.
    async fn taken_over(&self, _ids: &[String]) -> Result<(), Failure> {
        Ok(())
    }
}

/// What came of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The id of the row that was created, changed or removed.
    pub id: Option<String>,
    /// Whether the key had been carried out before, and nothing happened now.
    pub before: bool,
}

/// Why nobody can say that an operation was carried out. What is said of who carries it out is for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDone {
    /// It was not: the principal may not, the arguments do not fit, or the platform cannot say now.
    Refused(Failure),
    /// It was not and will not be: who carries it out said no.
    Never(String),
    /// It was not; it may be another time.
    Later(String),
    /// It may have been.
    Perhaps {
        /// What happened.
        reason: String,
        /// Whether the same key can be asked for again without doing anything twice.
        again: bool,
    },
}
