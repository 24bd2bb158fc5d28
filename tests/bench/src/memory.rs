//! How much memory a process has, and for what: what the machine gave it, what Rust code holds of that, and what SQLite holds. The rest is
//! the program itself, its sandboxes, its threads, and what the allocator keeps for later.
#![allow(unsafe_code, reason = "an allocator that counts, and SQLite's own counters; this is a benchmark")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context as _, Result};
use libsqlite3_sys as sqlite;

static HELD: AtomicUsize = AtomicUsize::new(0);

/// The machine's allocator, which counts the bytes that are held.
pub struct Counting;

// SAFETY: everything is the machine's allocator's; beside it, a number is changed.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: as promised to this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, bytes: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as promised to this function.
        unsafe { System.dealloc(bytes, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: as promised to this function.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, bytes: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        HELD.fetch_add(size, Ordering::Relaxed);
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as promised to this function.
        unsafe { System.realloc(bytes, layout, size) }
    }
}

/// Bytes that are held now.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// By the process, as the machine sees it: not counting files that it reads.
    pub resident: u64,
    /// By Rust code.
    pub rust: u64,
    /// By SQLite, for whatever.
    pub sqlite: u64,
    /// By SQLite, for pages of files: of `sqlite`.
    pub pages: u64,
}

impl Held {
    /// Now, in a process whose allocator is [`Counting`].
    pub fn now() -> Result<Self> {
        // SAFETY: SQLite's counters may be asked for at any time, by any thread.
        let sqlite = unsafe { sqlite::sqlite3_memory_used() };
        let (mut pages, mut most) = (0, 0);
        // SAFETY: both numbers live longer than the call.
        unsafe { sqlite::sqlite3_status64(sqlite::SQLITE_STATUS_PAGECACHE_OVERFLOW, &raw mut pages, &raw mut most, 0) };
        Ok(Self {
            resident: resident()?,
            rust: HELD.load(Ordering::Relaxed) as u64,
            sqlite: sqlite.unsigned_abs(),
            pages: pages.unsigned_abs(),
        })
    }
}

/// Bytes in MiB, short.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub fn mib(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / f64::from(1 << 20))
}

#[allow(clippy::disallowed_methods, reason = "only the machine's file says it")]
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("only Linux tells a process its memory")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).context("no RssAnon")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib << 10)
}
