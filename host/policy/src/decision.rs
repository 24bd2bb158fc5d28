//! Yes, no with a reason, or "cannot decide", which is a no.

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Allow,
    /// They may not; the reason is for journals and for who may know, never for a guest.
    Deny(String),
}

impl Decision {
    /// Whether it is a yes.
    pub fn is_allow(&self) -> bool {
        matches!(self, Self::Allow)
    }

    /// Whether it is a no because the question could not be decided.
    pub fn is_undecided(&self) -> bool {
        matches!(self, Self::Deny(reason) if reason.starts_with("cannot decide: "))
    }
}

/// The question could not be decided (a policy errored, or speaks of what is not there): treat it as a no, and say so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot decide: {0}")]
pub struct Undecidable(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_decided_is_a_no_that_says_so() {
        let undecided = Decision::Deny(Undecidable("`x` is missing".to_owned()).to_string());
        assert!(undecided.is_undecided() && !undecided.is_allow());
        assert!(!Decision::Deny("no policy permits it".to_owned()).is_undecided());
        assert!(!Decision::Allow.is_undecided());
    }
}
