//! What the host and its compiling process say to each other: one message each, a head in JSON and a body of plain bytes, with
//! the lengths of both before them.

use std::collections::BTreeSet;

use mandate_model::{Manifest, Phase};
use serde::{Deserialize, Serialize};

use crate::limits::Limits;

/// Bytes of the lengths.
pub(super) const PREFIX: usize = 12;
/// Most bytes of a head: a manifest as large as the guest may hand over, in JSON.
pub(super) const HEAD: u64 = 16 << 20;
/// Most bytes of a body: a component, or its code.
pub(super) const BODY: u64 = 64 << 20;

/// What is asked for; the body is the component, scanned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ask {
    /// Seconds of processor time.
    pub(super) processor: u64,
    /// Bytes of address space.
    pub(super) memory: u64,
    /// What the plugin may use while it is asked what it is, and the settings of the engine.
    pub(super) limits: Limits,
    /// What it exports.
    pub(super) phases: BTreeSet<Phase>,
}

/// What is answered; the body is the code, if there is any.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// It is compiled, and says this of itself.
    Compiled(Manifest),
    /// The compiler could not compile it.
    Compile(String),
    /// It does not fit the contract.
    Link(String),
    /// It could not be asked.
    Describe(String),
    /// There was not enough memory.
    Memory,
}

/// The lengths of a head and a body; `None` if either is too long to be sent.
pub(super) fn prefix(head: &[u8], body: &[u8]) -> Option<[u8; PREFIX]> {
    let (head, body) = (u32::try_from(head.len()).ok()?, body.len() as u64);
    if u64::from(head) > HEAD || body > BODY {
        return None;
    }
    let mut prefix = [0; PREFIX];
    let (first, second) = prefix.split_at_mut(4);
    first.copy_from_slice(&head.to_be_bytes());
    second.copy_from_slice(&body.to_be_bytes());
    Some(prefix)
}

/// The lengths that a prefix says, if they are within bounds.
pub(super) fn lengths(prefix: [u8; PREFIX]) -> Option<(u64, u64)> {
    let (head, body) = prefix.split_first_chunk::<4>()?;
    let head = u64::from(u32::from_be_bytes(*head));
    let body = u64::from_be_bytes(body.try_into().ok()?);
    (head <= HEAD && body <= BODY).then_some((head, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_come_back_and_are_bounded() {
        let prefix = prefix(b"head", b"a body").unwrap();
        assert_eq!(prefix, [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 6]);
        assert_eq!(lengths(prefix), Some((4, 6)));
        assert_eq!(lengths([1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0]), Some((16 << 20, 64 << 20)));
        assert_eq!(lengths([1, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0]), None, "a longer head");
        assert_eq!(lengths([1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 1]), None, "a longer body");
        assert_eq!(lengths([0xff; PREFIX]), None);
        assert_eq!(super::prefix(b"", &vec![0; (64 << 20) + 1]), None);
    }
}
