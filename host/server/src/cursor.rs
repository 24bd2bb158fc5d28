//! Where a list goes on: sealed for the one who asked and the list that it is of, so that nobody else can use it, read it or make
//! one up (N05, W01).

use mandate_model::PrincipalId;

use crate::{
    problem::{Problem, Trouble},
    seal::Seal,
};

/// What seals cursors.
pub(crate) struct Cursors(Seal);

impl Cursors {
    /// With this key.
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Trouble> {
        Seal::new(key).map(Self)
    }

    /// `place` in the list `list`, for `who` alone. Every seal is another, so that equal places do not show.
    pub(crate) fn seal(&self, who: &PrincipalId, list: &str, place: &str) -> Result<String, Problem> {
        Ok(self.0.seal(&bound(who, list), place.as_bytes())?)
    }

    /// The place of a cursor. Whatever is wrong with it, it is told the same.
    pub(crate) fn open(&self, who: &PrincipalId, list: &str, cursor: &str) -> Result<String, Problem> {
        let place = self.0.open(&bound(who, list), cursor).and_then(|place| String::from_utf8(place).ok());
        place.ok_or_else(|| {
            let detail = "this is no cursor of this list for you: leave it out to begin at the start".to_owned();
            Trouble::Field { field: "cursor".to_owned(), detail }.into()
        })
    }
}

/// No name of a list has a line end, and no id.
fn bound(who: &PrincipalId, list: &str) -> String {
    format!("{list}\n{who}")
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
