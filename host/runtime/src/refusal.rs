//! Why a host call did not answer: a failure that the guest is told, or a limit that ends its part.

use mandate_model::{Cause, Failure};

/// What a host function returns instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum Refusal {
    /// The guest is told, without the reason of a denial.
    #[error(transparent)]
    Told(#[from] Failure),
    /// The guest is ended.
    #[error(transparent)]
    Ended(#[from] LimitReached),
}

/// A limit whose end is a trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("limit reached: {}", .0.as_str())]
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct LimitReached(pub Cause);
