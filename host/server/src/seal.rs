//! Sealing: what is given out or kept so that nobody else can read it, change it, or use it in another place than it was sealed for.

use data_encoding::BASE64URL_NOPAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::problem::Trouble;

/// What seals.
pub(crate) struct Seal(LessSafeKey);

impl Seal {
    /// With this key.
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Trouble> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| broken())?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// `plain` as text, for the place `bound` alone. Every seal is another, so that equal texts do not show.
    pub(crate) fn seal(&self, bound: &str, plain: &[u8]) -> Result<String, Trouble> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| broken())?;
        let mut sealed = plain.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound.as_bytes()), &mut sealed)
            .map_err(|_| broken())?;
        Ok(BASE64URL_NOPAD.encode(&[nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed for `bound`; `None`, whatever is wrong with it.
    pub(crate) fn open(&self, bound: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(bound.as_bytes()), &mut sealed).ok()?;
        Some(plain.to_vec())
    }
}

fn broken() -> Trouble {
    Trouble::Internal("nothing can be sealed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_where_it_belongs_and_unchanged() {
        let seal = Seal::new(&[7; 32]).unwrap();
        let sealed = seal.seal("here", b"\xffa").unwrap();
        assert_eq!(seal.open("here", &sealed).as_deref(), Some(b"\xffa".as_slice()));
        assert_ne!(seal.seal("here", b"\xffa").unwrap(), sealed);
        assert_eq!(seal.open("there", &sealed), None);
        assert_eq!(Seal::new(&[8; 32]).unwrap().open("here", &sealed), None);
        let mut changed = sealed.into_bytes();
        changed[20] ^= 1;
        assert_eq!(seal.open("here", std::str::from_utf8(&changed).unwrap()), None);
        for wrong in ["", "a", "!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(seal.open("here", wrong), None, "{wrong}");
        }
    }
}
