//! What the kernel says of this process. Each test has a process of its own.
#![allow(clippy::disallowed_methods, reason = "only the kernel knows")]

use std::fs;

/// Memory and handles of this process now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    /// Bytes of memory in use.
    pub(crate) rss: usize,
    /// The most bytes of memory since [`Process::forget_peak`].
    pub(crate) peak: usize,
    pub(crate) threads: usize,
    pub(crate) files: usize,
}

impl Process {
    pub(crate) fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let number = |name: &str| -> usize {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        Self {
            rss: number("VmRSS:") << 10,
            peak: number("VmHWM:") << 10,
            threads: number("Threads:"),
            files: fs::read_dir("/proc/self/fd").unwrap().count(),
        }
    }

    /// Begins to look for a new peak; as it is now.
    pub(crate) fn forget_peak() -> Self {
        fs::write("/proc/self/clear_refs", "5").unwrap();
        Self::now()
    }
}
