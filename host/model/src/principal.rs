//! Who can hold authority: a user, a team or a site.

use serde::{Deserialize, Serialize};

use crate::id::IdError;

/// What kind of principal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// A person.
    User,
    /// A team, with grants of its own; never the union of its members' rights (ONE-09).
    Team,
    /// A site as a service principal.
    Site,
}

impl PrincipalKind {
    /// The word before the colon of an id.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Team => "team",
            Self::Site => "site",
        }
    }
}

/// A principal's id: `user:ana`, `team:emea`, `site:acme`. One form everywhere; never a mail address that may change hands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrincipalId {
    kind: PrincipalKind,
    name: String,
}

impl PrincipalId {
    /// Longest name in bytes.
    pub const MAX_NAME: usize = 128;

    /// A principal of `kind`; its name is made of letters, digits and `. _ @ + -`.
    pub fn new(kind: PrincipalKind, name: &str) -> Result<Self, IdError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._@+-".contains(&byte);
        if !name.is_empty() && name.len() <= Self::MAX_NAME && name.bytes().all(allowed) {
            Ok(Self { kind, name: name.to_owned() })
        } else {
            Err(wrong(&format!("{}:{name}", kind.as_str())))
        }
    }

    /// An id as it is written: `user:ana`.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (kind, name) = text.split_once(':').ok_or_else(|| wrong(text))?;
        let kind = match kind {
            "user" => PrincipalKind::User,
            "team" => PrincipalKind::Team,
            "site" => PrincipalKind::Site,
            _ => return Err(wrong(text)),
        };
        Self::new(kind, name)
    }

    /// User, team or site.
    pub fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// The part after the colon.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn wrong(text: &str) -> IdError {
    IdError { text: text.to_owned(), expected: "a principal such as `user:ana`, `team:emea` or `site:acme`" }
}

impl std::fmt::Display for PrincipalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.name)
    }
}

impl TryFrom<String> for PrincipalId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<PrincipalId> for String {
    fn from(id: PrincipalId) -> String {
        id.to_string()
    }
}

/// A principal as a guest and a page may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Its id.
    pub id: PrincipalId,
    /// What it is called, for showing.
    pub name: String,
    /// Its language (BCP 47).
    pub locale: String,
    /// Its time zone (IANA).
    pub time_zone: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_form() {
        let ana = PrincipalId::parse("user:ana").map(|id| (id.kind(), id.to_string()));
        assert_eq!(ana, Ok((PrincipalKind::User, "user:ana".to_owned())));
        for bad in ["ana", "user:", "group:ana", "user:a b", "user:a\"", "user:a:b"] {
            assert!(PrincipalId::parse(bad).is_err(), "{bad}");
        }
    }
}
