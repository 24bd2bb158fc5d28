//! An allocator for a memory that lives for one call: it hands out bytes one after the other, and takes back only the last.
//!
//! The stock allocator leaves the rest of the first pages alone and asks for a new one before it hands out its first byte;
//! this one begins where the linked data ends, so that a lean guest never grows its memory. What it does not take back is at
//! most what the guest ever asked for; the limit on memory and the fuel of a call bound that. A guest that works through large
//! amounts of data in pieces switches it off: `default-features = false`.

/// Where the next byte goes, and how far the memory reaches.
#[derive(Debug, Clone, Copy)]
struct Arena {
    next: usize,
    end: usize,
}

const PAGE: usize = 65_536;

impl Arena {
    /// Room for `size` bytes, asking `grow` for pages where there is too little; `None` if they are not granted.
    fn take(&mut self, size: usize, align: usize, grow: impl FnOnce(usize) -> bool) -> Option<usize> {
        let start = self.next.checked_next_multiple_of(align)?;
        self.reach(start.checked_add(size)?, grow)?;
        Some(start)
    }

    /// Moves the end of the last block; false if this block is not the last, or there is no room.
    fn resize(&mut self, start: usize, old: usize, new: usize, grow: impl FnOnce(usize) -> bool) -> bool {
        let end = start.checked_add(new);
        start + old == self.next && end.and_then(|end| self.reach(end, grow)).is_some()
    }

    fn reach(&mut self, next: usize, grow: impl FnOnce(usize) -> bool) -> Option<()> {
        let missing = next.saturating_sub(self.end).div_ceil(PAGE);
        if missing > 0 {
            grow(missing).then_some(())?;
            self.end += missing * PAGE;
        }
        self.next = next;
        Some(())
    }
}

#[cfg(target_family = "wasm")]
mod global {
    #![allow(
        unsafe_code,
        reason = "an allocator hands out addresses; a mistake in it harms its own guest's call, nothing else"
    )]

    use std::{
        alloc::{GlobalAlloc, Layout},
        cell::Cell,
        ptr,
    };

    use core::arch::wasm32::{memory_grow, memory_size};

    use super::{Arena, PAGE};

    struct Global(Cell<Option<Arena>>);

    // SAFETY: guests have one thread; the contract has no other.
    unsafe impl Sync for Global {}

    #[global_allocator]
    static GLOBAL: Global = Global(Cell::new(None));

    unsafe extern "C" {
        /// Set by the linker: its address is where stack and data end.
        static __heap_base: u8;
    }

    fn grow(pages: usize) -> bool {
        memory_grow::<0>(pages) != usize::MAX
    }

    impl Global {
        fn with<T>(&self, use_it: impl FnOnce(&mut Arena) -> T) -> T {
            let fresh = || Arena { next: (&raw const __heap_base).addr(), end: memory_size::<0>() * PAGE };
            let mut arena = self.0.get().unwrap_or_else(fresh);
            let result = use_it(&mut arena);
            self.0.set(Some(arena));
            result
        }
    }

    // SAFETY: each block lies between the linked data and the end of the memory, aligned as asked; blocks never overlap, since
    // `next` only moves back to the start of a block that is given back.
    unsafe impl GlobalAlloc for Global {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let taken = self.with(|arena| arena.take(layout.size(), layout.align(), grow));
            taken.map_or(ptr::null_mut::<u8>(), ptr::with_exposed_provenance_mut)
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            self.with(|arena| arena.resize(block.addr(), layout.size(), 0, |_| false));
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            if self.with(|arena| arena.resize(block.addr(), layout.size(), size, grow)) {
                return block;
            }
            let taken = self.with(|arena| arena.take(size, layout.align(), grow));
            let moved = taken.map_or(ptr::null_mut::<u8>(), ptr::with_exposed_provenance_mut);
            if !moved.is_null() {
                // SAFETY: both blocks are at least so long, and a new block never overlaps one that is in use.
                unsafe { ptr::copy_nonoverlapping(block, moved, layout.size().min(size)) };
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: fn(usize) -> bool = |_| false;

    #[test]
    fn blocks_follow_each_other_aligned() {
        let mut arena = Arena { next: 1001, end: PAGE };
        assert_eq!(arena.take(3, 1, FULL), Some(1001));
        assert_eq!(arena.take(8, 8, FULL), Some(1008));
        assert_eq!(arena.next, 1016);
    }

    #[test]
    fn the_last_block_is_resized_in_place_and_given_back() {
        let mut arena = Arena { next: 1000, end: PAGE };
        let (first, last) = (arena.take(10, 1, FULL).unwrap(), arena.take(10, 1, FULL).unwrap());
        assert!(!arena.resize(first, 10, 20, FULL), "another block follows");
        assert!(arena.resize(last, 10, 20, FULL) && arena.next == last + 20);
        assert!(arena.resize(last, 20, 0, FULL) && arena.next == last);
    }

    #[test]
    fn memory_grows_only_when_it_must_and_by_what_it_must() {
        let mut arena = Arena { next: 0, end: PAGE };
        assert_eq!(arena.take(PAGE, 1, FULL), Some(0));
        assert_eq!(arena.take(1, 1, FULL), None);
        assert_eq!(arena.next, PAGE, "a refusal changes nothing");
        assert_eq!(arena.take(2 * PAGE + 1, 1, |pages| pages == 3), Some(PAGE));
        assert_eq!(arena.end, 4 * PAGE);
        assert_eq!(arena.take(usize::MAX, 8, |_| true), None);
    }
}
