//! What compiling one component may take.

use std::time::Duration;

/// Limits of the process that compiles one component and asks it what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompileLimits {
    /// Seconds of processor time, at least 1.
    pub processor: u64,
    /// Bytes of address space. While the plugin is asked what it is, what the sandbox reserves for it comes on top.
    pub memory: u64,
    /// How long it may take in all, from the start of the process on.
    pub time: Duration,
    /// Components that may be compiled at the same time, never two of one site.
    pub at_once: usize,
    /// Components that may wait for their turn.
    pub waiting: usize,
    /// Components of one site that may wait.
    pub waiting_of_site: usize,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            processor: 20,
            memory: 2 << 30,
            time: Duration::from_mins(2),
            at_once: 2,
            waiting: 32,
            waiting_of_site: 8,
        }
    }
}
