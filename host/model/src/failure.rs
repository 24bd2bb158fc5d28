//! Why a host call was not answered.

use serde::{Deserialize, Serialize};

/// A refusal. The reason of a denial goes to the journal; the guest learns only that it is `denied`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The principal may not, or it does not exist, or it is no longer as `if-revision` says.
    #[error("denied: {0}")]
    Denied(String),
    /// The arguments are wrong, whoever asks.
    #[error("invalid: {0}")]
    Invalid(String),
    /// A published limit was reached.
    #[error("limit: {0}")]
    Limit(String),
    /// The platform cannot answer now: the whole part is discarded and done again later.
    #[error("unavailable: {0}")]
    Unavailable(String),
}
