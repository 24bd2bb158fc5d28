//! Ids: a prefix that says what it is, then 128 bits in base32. Random, or derived with the store's [`Secret`](crate::Secret);
//! never a sequence, so that an id says nothing about how much else there is.

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};

/// Random bits of an id, in bytes.
pub const ID_BYTES: usize = 16;

/// Lower-case base32 without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes).to_ascii_lowercase()
}

/// What is wrong with an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct IdError {
    /// What was given.
    pub text: String,
    /// What would be right.
    pub expected: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What every such id begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The id of these bytes.
            pub fn from_bytes(bytes: [u8; ID_BYTES]) -> Self {
                Self(format!("{}{}", $prefix, encode(&bytes)))
            }

            /// An id as it was printed or stored.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let well_formed = text.strip_prefix($prefix).is_some_and(|rest| {
                    rest.len() == 26 && rest.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
                });
                if well_formed {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdError { text: text.to_owned(), expected: concat!("an id that begins with `", $prefix, "`") })
                }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// An automation.
    AutomationId, "aut_"
);
id!(
    /// An event, as guests and histories know it: derived from (site, source, id of the source).
    EventId, "evt_"
);
id!(
    /// A run: derived from (automation, event), so that the same event is the same run however often it arrives.
    RunId, "run_"
);

/// A version of an automation: `ver_` and the sha-256, in hex, over everything that runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VersionId(String);

impl VersionId {
    /// The version with this digest.
    pub fn from_digest(digest: &[u8; 32]) -> Self {
        Self(format!("ver_{}", data_encoding::HEXLOWER.encode(digest)))
    }

    /// A version by its name.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match text.strip_prefix("ver_") {
            Some(hex) if hex.len() == 64 && hex.bytes().all(digit) => Ok(Self(text.to_owned())),
            _ => Err(IdError { text: text.to_owned(), expected: "`ver_` and 64 digits of a sha-256 in hex" }),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for VersionId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<VersionId> for String {
    fn from(version: VersionId) -> String {
        version.0
    }
}

impl std::fmt::Display for VersionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A site: the outermost wall between customers. A [name](crate::name::is_name).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteId(String);

impl SiteId {
    /// A site by its name.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if crate::name::is_name(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError { text: text.to_owned(), expected: "a site: lower-case letters, digits and `_`" })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SiteId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<SiteId> for String {
    fn from(site: SiteId) -> String {
        site.0
    }
}

impl std::fmt::Display for SiteId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_have_one_form() {
        let version = super::VersionId::from_digest(&[0xab; 32]);
        assert_eq!(super::VersionId::parse(version.as_str()).as_ref(), Ok(&version));
        for bad in ["", "ver_", "ver_ab", &format!("ver_{}", "A".repeat(64)), &format!("aut_{}", "a".repeat(64))] {
            assert!(super::VersionId::parse(bad).is_err(), "{bad}");
        }
    }

    use super::*;

    #[test]
    fn ids_round_trip_and_refuse_others() {
        let id = RunId::from_bytes([7; 16]);
        assert_eq!(RunId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(id.as_str().len(), 4 + 26);
        assert!(AutomationId::parse(id.as_str()).is_err());
        assert_eq!(
            RunId::parse("run_1").map_err(|error| error.to_string()),
            Err("`run_1` is not an id that begins with `run_`".to_owned())
        );
    }
}
