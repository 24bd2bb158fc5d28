//! Secrets that are handed out once: random text, of which only the digest is kept, and what is derived from it.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest as _, Sha256};

/// The machine gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes: {0}")]
pub struct NoRandom(String);

/// Random bytes.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| NoRandom(error.to_string()))?;
    Ok(bytes)
}

/// 32 random bytes as text.
pub(crate) fn random() -> Result<String, NoRandom> {
    Ok(BASE64URL_NOPAD.encode(&random_bytes::<32>()?))
}

/// A random id with this prefix. It is no secret: it names what belongs to one.
pub(crate) fn id(prefix: &str) -> Result<String, NoRandom> {
    Ok(format!("{prefix}{}", BASE32_NOPAD.encode(&random_bytes::<16>()?).to_ascii_lowercase()))
}

/// What is kept of a secret. It has 256 random bits, so that nothing slower is needed.
pub(crate) fn digest(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(secret.as_bytes()))
}

/// Another secret for `purpose`, from which neither the first nor that for another purpose is found.
pub(crate) fn derived(purpose: &str, secret: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(format!("mandate {purpose}\n{secret}").as_bytes()))
}

/// Whether two texts are the same; all bytes are compared, so that the time tells nothing.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let differ = a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    a.len() == b.len() && differ == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_eq!((one.len(), other.len()), (43, 43));
        assert_ne!(one, other);
        assert_ne!(derived("a", &one), derived("b", &one));
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn only_the_same_text_is_the_same() {
        assert!(same("", "") && same("abc", "abc"));
        for other in ["", "ab", "abd", "abcd", "bbc"] {
            assert!(!same("abc", other), "{other}");
        }
    }
}
