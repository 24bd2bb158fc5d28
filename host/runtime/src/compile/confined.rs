//! What the compiling process may use: it takes all else from itself before it looks at anything.

use std::io;

use super::wire::Ask;

/// Files that it may have open: three streams, and one for the image of a guest's memory.
const FILES: u64 = 16;
/// What the sandbox reserves for one guest, of which it may touch little: addresses for 4 GiB of memory, the guards around
/// them, and its stack.
const GUEST: u64 = (4 << 30) + (256 << 20);

/// Limits that are in force.
pub(super) struct Confined {
    memory: u64,
    image: u64,
}

impl Confined {
    /// Limits this process for as long as it lives. Without them nothing is compiled.
    pub(super) fn new(ask: &Ask) -> io::Result<Self> {
        let confined = Self { memory: ask.memory.saturating_add(GUEST), image: ask.limits.memory as u64 };
        kernel::limit(ask, &confined)?;
        Ok(confined)
    }

    /// Lets the plugin be instantiated: its memory is addresses, and the image of it counts as a file, though it has no name.
    pub(super) fn room_for_a_guest(&self) -> io::Result<()> {
        kernel::raise(self)
    }
}

#[cfg(unix)]
mod kernel {
    use std::io;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    use super::{Ask, Confined, FILES};

    pub(super) fn limit(ask: &Ask, later: &Confined) -> io::Result<()> {
        set(Resource::Core, 0, 0)?;
        set(Resource::Nofile, FILES, FILES)?;
        set(Resource::Fsize, 0, later.image)?;
        set(Resource::As, ask.memory, later.memory)?;
        // The signal of the first is told apart from any other end; the second is for whoever ignores it.
        set(Resource::Cpu, ask.processor, ask.processor.saturating_add(1))
    }

    pub(super) fn raise(later: &Confined) -> io::Result<()> {
        set(Resource::Fsize, later.image, later.image)?;
        set(Resource::As, later.memory, later.memory)
    }

    /// Where the operator allows less than that, it stays less.
    fn set(resource: Resource, now: u64, most: u64) -> io::Result<()> {
        let most = getrlimit(resource).maximum.map_or(most, |allowed| allowed.min(most));
        Ok(setrlimit(resource, Rlimit { current: Some(now.min(most)), maximum: Some(most) })?)
    }
}

#[cfg(not(unix))]
mod kernel {
    use std::io;

    use super::{Ask, Confined};

    pub(super) fn limit(_: &Ask, _: &Confined) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    pub(super) fn raise(_: &Confined) -> io::Result<()> {
        Ok(())
    }
}
