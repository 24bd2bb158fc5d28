//! Why the compiling process gave no answer.

/// Why there is no compiled code, although nothing was found to be wrong with the component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompilerFault {
    /// Its processor time was over.
    #[error("compiling took more than {seconds} s of processor time: give it fewer or smaller functions")]
    Processor {
        /// How much it had.
        seconds: u64,
    },
    /// It was given no more memory.
    #[error("compiling took more than {} of memory: give it fewer or smaller functions", size(*bytes))]
    Memory {
        /// How much it had.
        bytes: u64,
    },
    /// It took too long by the clock.
    #[error("compiling took longer than {seconds} s by the clock: try again when the host has less to do")]
    Time {
        /// How long it might.
        seconds: u64,
    },
    /// It ended without an answer.
    #[error("the compiler broke off; nothing was kept: try again, and tell the operator if it breaks off again")]
    BrokeOff,
    /// Too many wait already.
    #[error("too many plugins are waiting to be compiled: try again in a minute")]
    Busy,
    /// There is no such program, or the machine starts no more processes.
    #[error("the compiler cannot be started: {0}; tell the operator")]
    NotStarted(String),
    /// Its code is for another engine.
    #[error(
        "the compiler made code that this host cannot load: tell the operator that it must be of the same build as the host"
    )]
    Foreign,
}

impl CompilerFault {
    /// The public code of the error.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Processor { .. } => "M0156",
            Self::Memory { .. } => "M0157",
            Self::Time { .. } => "M0158",
            Self::BrokeOff => "M0159",
            Self::Busy => "M0160",
            Self::NotStarted(_) => "M0161",
            Self::Foreign => "M0162",
        }
    }

    /// Whether the same component may well be compiled later: what failed is the host's affair.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::Processor { .. } | Self::Memory { .. })
    }
}

/// Bytes, for people.
fn size(bytes: u64) -> String {
    match bytes {
        _ if bytes.is_multiple_of(1 << 30) => format!("{} GiB", bytes >> 30),
        _ => format!("{} MiB", bytes >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_is_told_the_limit_and_what_to_do() {
        for (fault, code, words) in [
            (
                CompilerFault::Processor { seconds: 20 },
                "M0156",
                "compiling took more than 20 s of processor time: give",
            ),
            (CompilerFault::Memory { bytes: 2 << 30 }, "M0157", "compiling took more than 2 GiB of memory: give"),
            (CompilerFault::Memory { bytes: 1536 << 20 }, "M0157", "more than 1536 MiB of memory"),
            (CompilerFault::Time { seconds: 120 }, "M0158", "longer than 120 s by the clock: try again"),
            (CompilerFault::BrokeOff, "M0159", "the compiler broke off; nothing was kept: try again"),
            (CompilerFault::Busy, "M0160", "waiting to be compiled: try again in a minute"),
            (CompilerFault::NotStarted("no".to_owned()), "M0161", "cannot be started: no; tell the operator"),
            (CompilerFault::Foreign, "M0162", "of the same build as the host"),
        ] {
            assert_eq!(fault.code(), code);
            assert!(fault.to_string().contains(words), "{fault}");
        }
    }
}
