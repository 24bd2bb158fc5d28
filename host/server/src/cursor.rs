//! Where a list goes on: sealed for the one who asked and the list that it is of, so that nobody else can use it, read it or make
//! one up (N05, W01).

use mandate_model::{PrincipalId, SiteId};

use crate::{
    problem::{Problem, Trouble},
    seal::Seal,
};

/// What seals cursors of a site.
pub(crate) struct Cursors {
    seal: Seal,
    site: SiteId,
}

impl Cursors {
    /// With this key, which sites of one store share.
    pub(crate) fn new(key: &[u8; 32], site: &SiteId) -> Result<Self, Trouble> {
        Ok(Self { seal: Seal::new(key)?, site: site.clone() })
    }

    /// `place` in the list `list`, for `who` alone. Every seal is another, so that equal places do not show.
    pub(crate) fn seal(&self, who: &PrincipalId, list: &str, place: &str) -> Result<String, Problem> {
        Ok(self.seal.seal(&self.bound(who, list), place.as_bytes())?)
    }

    /// The place of a cursor. Whatever is wrong with it, it is told the same.
    pub(crate) fn open(&self, who: &PrincipalId, list: &str, cursor: &str) -> Result<String, Problem> {
        let place = self.seal.open(&self.bound(who, list), cursor).and_then(|place| String::from_utf8(place).ok());
        place.ok_or_else(refused)
    }

    /// No name of a list has a line end, and no id.
    fn bound(&self, who: &PrincipalId, list: &str) -> String {
        format!("{}\n{list}\n{who}", self.site)
    }
}

/// A cursor that leads nowhere.
pub(crate) fn refused() -> Problem {
    let detail = "this is no cursor of this list for you: leave it out to begin at the start".to_owned();
    Trouble::Field { field: "cursor".to_owned(), detail }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n05_a_cursor_is_for_one_person_one_list_and_one_site() {
        let of = |site| Cursors::new(&[7; 32], &SiteId::parse(site).unwrap()).unwrap();
        let cursors = of("acme");
        let (ana, bo) = (PrincipalId::parse("user:ana").unwrap(), PrincipalId::parse("user:bo").unwrap());
        let sealed = cursors.seal(&ana, "automations", "aut_7").unwrap();
        assert_eq!(cursors.open(&ana, "automations", &sealed).unwrap(), "aut_7");
        assert_ne!(cursors.seal(&ana, "automations", "aut_7").unwrap(), sealed);
        assert!(cursors.open(&bo, "automations", &sealed).is_err());
        assert!(cursors.open(&ana, "runs", &sealed).is_err());
        assert!(of("globex").open(&ana, "automations", &sealed).is_err());
        let mut changed = sealed.clone().into_bytes();
        changed[20] ^= 1;
        assert!(cursors.open(&ana, "automations", std::str::from_utf8(&changed).unwrap()).is_err());
        for wrong in ["", "a", "!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(cursors.open(&ana, "automations", wrong).is_err(), "{wrong}");
        }
    }
}
