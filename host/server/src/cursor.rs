//! Where a list goes on: sealed for the one who asked and the list that it is of, so that nobody else can use it, read it or make
//! one up (N05, W01).

use data_encoding::BASE64URL_NOPAD;
use mandate_model::PrincipalId;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::problem::{Problem, Trouble};

/// What seals cursors.
pub(crate) struct Cursors(LessSafeKey);

impl Cursors {
    /// With this key.
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Trouble> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| broken())?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// `place` in the list `list`, for `who` alone. Every seal is another, so that equal places do not show.
    pub(crate) fn seal(&self, who: &PrincipalId, list: &str, place: &str) -> Result<String, Problem> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| broken())?;
        let mut sealed = place.as_bytes().to_vec();
        let key = &self.0;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound(who, list)), &mut sealed)
            .map_err(|_| broken())?;
        Ok(BASE64URL_NOPAD.encode(&[nonce.as_slice(), &sealed].concat()))
    }

    /// The place of a cursor. Whatever is wrong with it, it is told the same.
    pub(crate) fn open(&self, who: &PrincipalId, list: &str, cursor: &str) -> Result<String, Problem> {
        self.opened(who, list, cursor).ok_or_else(|| {
            let detail = "this is no cursor of this list for you: leave it out to begin at the start".to_owned();
            Trouble::Field { field: "cursor".to_owned(), detail }.into()
        })
    }

    fn opened(&self, who: &PrincipalId, list: &str, cursor: &str) -> Option<String> {
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let place = self.0.open_in_place(nonce, Aad::from(bound(who, list)), &mut sealed).ok()?;
        String::from_utf8(place.to_vec()).ok()
    }
}

/// No name of a list has a line end, and no id.
fn bound(who: &PrincipalId, list: &str) -> Vec<u8> {
    format!("{list}\n{who}").into_bytes()
}

fn broken() -> Trouble {
    Trouble::Internal("cursors cannot be sealed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n05_a_cursor_is_for_one_person_and_one_list() {
        let cursors = Cursors::new(&[7; 32]).unwrap();
        let (ana, bo) = (PrincipalId::parse("user:ana").unwrap(), PrincipalId::parse("user:bo").unwrap());
        let sealed = cursors.seal(&ana, "automations", "aut_7").unwrap();
        assert_eq!(cursors.open(&ana, "automations", &sealed).unwrap(), "aut_7");
        assert_ne!(cursors.seal(&ana, "automations", "aut_7").unwrap(), sealed);
        assert!(cursors.open(&bo, "automations", &sealed).is_err());
        assert!(cursors.open(&ana, "runs", &sealed).is_err());
        let mut changed = sealed.clone().into_bytes();
        changed[20] ^= 1;
        assert!(cursors.open(&ana, "automations", std::str::from_utf8(&changed).unwrap()).is_err());
        for wrong in ["", "a", "!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(cursors.open(&ana, "automations", wrong).is_err(), "{wrong}");
        }
    }
}
