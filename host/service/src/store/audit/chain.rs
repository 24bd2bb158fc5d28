//! How entries are chained: a hash over the one before it, its number, its time and a commitment to its payload.
//!
//! The commitment is keyed with a salt that goes with the payload: what is purged cannot be guessed from what stays. Whoever may write
//! the file can make a whole new chain; that is found with a head that was kept elsewhere.

use data_encoding::HEXLOWER;
use hmac::digest::Digest;
use mandate_model::Secret;
use sha2::Sha256;

/// Bytes of a hash, of a commitment and of a salt.
pub(crate) const BYTES: usize = 32;
/// What the first entry follows.
pub(crate) const ORIGIN: [u8; BYTES] = [0; BYTES];
/// Hashes of other things are never taken for those of entries.
const ENTRY: &[u8] = b"mandate audit entry 1\0";
/// Nor commitments to other things.
const PAYLOAD: &str = "mandate audit payload 1";

/// What an entry commits to its payload with.
pub(crate) fn commitment(salt: &[u8; BYTES], payload: &str) -> [u8; BYTES] {
    Secret::from_bytes(*salt).mac(PAYLOAD, &[payload.as_bytes()])
}

/// The hash of an entry.
pub(crate) fn hash(previous: &[u8], number: i64, at: i64, commitment: &[u8]) -> [u8; BYTES] {
    let mut hash = Sha256::new();
    hash.update(ENTRY);
    hash.update(previous);
    hash.update(number.to_be_bytes());
    hash.update(at.to_be_bytes());
    hash.update(commitment);
    hash.finalize().into()
}

/// How far the audit reaches. Kept elsewhere, it shows later that nothing before it was changed or cut off. Written `HASH@NUMBER`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry, from 1.
    pub number: i64,
    /// Its hash, which is over all before it.
    pub hash: [u8; BYTES],
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", HEXLOWER.encode(&self.hash), self.number)
    }
}

impl std::str::FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("`{text}` is no head of an audit: it looks like `HASH@NUMBER`, as `mandate admin verify` prints it")
        };
        let (hash, number) = text.split_once('@').ok_or_else(wrong)?;
        let hash = HEXLOWER.decode(hash.as_bytes()).ok().and_then(|hash| hash.try_into().ok()).ok_or_else(wrong)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        Ok(Self { number, hash })
    }
}

impl serde::Serialize for Head {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Head {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_written_and_nothing_else_is_one() {
        let head = Head { number: 12, hash: [0xab; BYTES] };
        assert_eq!(head.to_string().parse(), Ok(head.clone()));
        let text = head.to_string();
        for wrong in ["", "12", "ab@12", &text.replace("@12", "@0"), &text.replace("@12", "@x"), &text.to_uppercase()] {
            assert!(wrong.parse::<Head>().unwrap_err().contains("`HASH@NUMBER`"), "{wrong}");
        }
    }

    #[test]
    fn everything_counts_in_a_hash_and_the_salt_in_a_commitment() {
        let whole = hash(&ORIGIN, 1, 2, &[3; BYTES]);
        for other in [
            hash(&[1; BYTES], 1, 2, &[3; BYTES]),
            hash(&ORIGIN, 2, 2, &[3; BYTES]),
            hash(&ORIGIN, 1, 3, &[3; BYTES]),
            hash(&ORIGIN, 1, 2, &[4; BYTES]),
        ] {
            assert_ne!(whole, other);
        }
        assert_ne!(commitment(&[1; BYTES], "{}"), commitment(&[2; BYTES], "{}"));
        assert_ne!(commitment(&[1; BYTES], "{}"), commitment(&[1; BYTES], "{ }"));
    }
}
