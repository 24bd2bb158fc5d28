//! Damaged components: refused or accepted, never a panic.

use std::sync::LazyLock;

use mandate_runtime::upload::{CODES, Refused};
use proptest::prelude::*;

use crate::fixtures::{LIKE_RUST, component, lean, says};

fn survives(bytes: &[u8]) {
    if let Err(refused) = lean(bytes) {
        assert!(CODES.contains(&refused.code()));
        says(&refused, refused.code(), &[]);
    }
}

#[test]
fn c04_cut_at_each_byte() {
    let whole = component(LIKE_RUST);
    assert!(lean(&whole).is_ok());
    let exports = crate::fixtures::position(&whole, b"mandate:automation/plugin@0.1.0");
    for length in 0..whole.len() {
        survives(&whole[..length]);
        if length < exports {
            assert!(lean(&whole[..length]).is_err(), "{length} bytes");
        }
    }
    assert_eq!(lean(&whole[..4]).unwrap_err().code(), "M0103");
    assert_eq!(lean(&whole[..3]), Err(Refused::NotWasm));
}

#[test]
fn c04_each_bit_flipped() {
    let whole = component(LIKE_RUST);
    for index in 0..whole.len() * 8 {
        let mut damaged = whole.clone();
        damaged[index / 8] ^= 1 << (index % 8);
        survives(&damaged);
    }
}

/// As many cases as are asked for with `PROPTEST_CASES`, and no fewer than these.
fn cases(least: u32) -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    ProptestConfig { cases: config.cases.max(least), ..config }
}

/// What a Rust guest is built to, whole.
static GUEST: LazyLock<Vec<u8>> = LazyLock::new(|| mandate_test_support::guest("condition_only"));

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn c04_bits_flipped_in_a_guest(flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u32), 1..6)) {
        let mut damaged = GUEST.clone();
        for (index, bit) in flips {
            damaged[index.index(GUEST.len())] ^= 1 << bit;
        }
        survives(&damaged);
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn c04_a_guest_cut_anywhere(length in any::<prop::sample::Index>()) {
        survives(&GUEST[..length.index(GUEST.len())]);
    }
    #[test]
    fn c04_many_bytes_changed(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut damaged = component(LIKE_RUST);
        for (index, byte) in changes {
            let index = index.index(damaged.len());
            damaged[index] = byte;
        }
        survives(&damaged);
    }

    #[test]
    fn c04_pieces_cut_out_and_repeated(from in any::<prop::sample::Index>(), length in 1_usize..64, to in any::<prop::sample::Index>()) {
        let whole = component(LIKE_RUST);
        let from = from.index(whole.len() - 64);
        let piece = whole[from..from + length].to_vec();
        let mut cut = whole.clone();
        cut.drain(from..from + length);
        survives(&cut);
        let to = to.index(cut.len());
        cut.splice(to..to, [piece.clone(), piece].concat());
        survives(&cut);
    }

    #[test]
    fn c04_anything_after_the_header(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&[&b"\0asm\x0d\0\x01\0"[..], &bytes].concat());
    }
}
