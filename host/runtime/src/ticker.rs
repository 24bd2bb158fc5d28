//! The clock behind deadlines: it counts ticks, and knows no time of day.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::sandbox::Sandbox;

/// Ticks as long as it lives.
#[derive(Debug)]
pub struct Ticker {
    stop: Arc<AtomicBool>,
}

impl Ticker {
    /// Ticks the sandbox every `period`: [`Limits::deadline_ticks`](crate::limits::Limits) of them end a guest call.
    pub fn start(sandbox: &Sandbox, period: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (engine, stopped) = (sandbox.engine().clone(), Arc::clone(&stop));
        thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                thread::sleep(period);
                engine.increment_epoch();
            }
        });
        Self { stop }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
