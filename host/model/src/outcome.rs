//! How a part ended.

use serde::{Deserialize, Serialize};

/// Why a part could not be finished: the sandbox's limits and the guest's own words, each a cause of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Too many instructions.
    Fuel,
    /// Too long by the clock.
    Deadline,
    /// Too much memory, or too many table elements.
    Memory,
    /// Calls nested too deep.
    Stack,
    /// Too many bytes over the boundary.
    Hostcall,
    /// Too many host calls.
    Calls,
    /// Too many effects staged.
    Effects,
    /// What it returned breaks a rule: too large, two findings with one key, an attachment that cannot be.
    Output,
    /// A trap: a panic, a division by zero, a forged handle.
    Trap,
    /// The guest itself said `failed` or `other`.
    Failed,
    /// The automation was turned off, revoked, handed over or deleted while it ran.
    Withdrawn,
    /// In a replay: it asks something else than its journal has.
    Diverged,
}

impl Cause {
    /// The word for it, the same in store, JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fuel => "fuel",
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::Stack => "stack",
            Self::Hostcall => "hostcall",
            Self::Calls => "calls",
            Self::Effects => "effects",
            Self::Output => "output",
            Self::Trap => "trap",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
            Self::Diverged => "diverged",
        }
    }
}

/// How a part, or one finding of an act part, ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// Finished.
    Done,
    /// Trying again will not help.
    Failed {
        /// Why, as a word.
        cause: Cause,
        /// Why, as a sentence; only for who may see this part's journal.
        detail: String,
    },
    /// Nothing of it counts; it is done again later.
    Retry {
        /// Why, as a sentence; only for who may see this part's journal.
        detail: String,
    },
}

impl Outcome {
    /// Whether it finished.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }

    /// Whether nothing of the part counts, also what succeeded before: it is done again, or may not go on.
    pub fn voids_part(&self) -> bool {
        matches!(self, Self::Retry { .. } | Self::Failed { cause: Cause::Withdrawn | Cause::Diverged, .. })
    }
}
