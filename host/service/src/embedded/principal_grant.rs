//! Rights over a principal: to consent in its name, to see its page, to try things as it.

use std::fmt;

use mandate_model::{PrincipalId, PrincipalKind};

/// What one may do about another principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalRight {
    /// Consent in the name of a team or site.
    ConsentFor,
    /// See the page of a person, or of each person in a team, however deep (VEN-22).
    SeePage,
    /// Try an automation as somebody, without effect.
    SimulateAs,
}

impl PrincipalRight {
    /// Every right.
    pub const ALL: [Self; 3] = [Self::ConsentFor, Self::SeePage, Self::SimulateAs];

    /// The word in fixtures and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConsentFor => "consent-for",
            Self::SeePage => "see-page",
            Self::SimulateAs => "simulate-as",
        }
    }

    /// The right of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.as_str() == text)
    }

    /// Refuses a right that cannot be had over such a principal. The message of an error says whom to name instead.
    pub fn check_over(self, over: &PrincipalId) -> Result<(), String> {
        match (self, over.kind()) {
            (Self::ConsentFor, PrincipalKind::User) => {
                Err(format!("nobody consents for `{over}` but themself: name a team or the site"))
            }
            (Self::SeePage, PrincipalKind::Site) => Err(format!("`{over}` has no page: name a person or a team")),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for PrincipalRight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A right over a principal, held by a person or by a team that they are in, however deep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalGrant {
    /// What.
    pub right: PrincipalRight,
    /// Over whom.
    pub over: PrincipalId,
}

impl fmt::Display for PrincipalGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.right, self.over)
    }
}
