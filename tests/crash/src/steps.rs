//! Durable steps of this process, counted from 1: every commit of any connection, just before it, and every call to the sink, just
//! before it and just after its answer. What lies between two of them changes nothing that survives, so killing the process at
//! each of them is killing it everywhere.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// No step has this number.
const NEVER: u64 = 0;

static KILL: AtomicU64 = AtomicU64::new(NEVER);
static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Counts from now on, and ends the process at step `kill`, if one is given.
pub fn count(kill: Option<u64>) -> anyhow::Result<()> {
    KILL.store(kill.unwrap_or(NEVER), Ordering::SeqCst);
    crate::commits::count()
}

/// A step is about to be made, or was made outside. Does not return if it is the last one of this process.
pub(crate) fn step(name: String) {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    names.push(name);
    if names.len() as u64 == KILL.load(Ordering::SeqCst) {
        std::process::abort();
    }
}

/// The steps so far, in order.
pub fn names() -> Vec<String> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
