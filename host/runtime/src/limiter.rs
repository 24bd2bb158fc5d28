//! Memory of one instance: wasmtime's own limits are per memory, these are over all of them.

use wasmtime::{ResourceLimiter, Result};

/// Adds up what all memories and tables of one store take.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_left: usize,
    table_elements: usize,
    /// Whether something was refused: a trap after that is a lack of memory, whatever the guest calls it.
    pub(crate) refused: bool,
}

/// Core instances of a lean component: the module itself and its adapters.
const INSTANCES: usize = 20;
/// Tables of all instances together.
const TABLES: usize = 4;
/// Memories of all instances together.
const MEMORIES: usize = 2;

impl Limiter {
    pub(crate) fn new(memory: usize, table_elements: usize) -> Self {
        Self { memory_left: memory, table_elements, refused: false }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        match self.memory_left.checked_sub(desired.saturating_sub(current)) {
            Some(left) => self.memory_left = left,
            None => self.refused = true,
        }
        Ok(!self.refused)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let fits = desired <= self.table_elements;
        self.refused |= !fits;
        Ok(fits)
    }

    fn instances(&self) -> usize {
        INSTANCES
    }

    fn tables(&self) -> usize {
        TABLES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s02_memories_are_added_up() {
        let mut limiter = Limiter::new(100, 10);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(!limiter.memory_growing(0, 60, None).unwrap(), "the second memory alone would fit");
        assert!(limiter.refused);
    }

    #[test]
    fn s09_tables_are_bounded() {
        let mut limiter = Limiter::new(100, 10);
        assert!(limiter.table_growing(0, 10, None).unwrap() && !limiter.refused);
        assert!(!limiter.table_growing(10, 11, None).unwrap() && limiter.refused);
    }
}
