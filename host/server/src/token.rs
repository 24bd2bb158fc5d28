//! Tokens: what a program sends in place of a session. A token never carries more than its person does.

use std::collections::BTreeSet;

use mandate_model::PrincipalId;
use mandate_service::is_own_source;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::guard::Scope;

/// What every token begins with, so that scanners for lost secrets know it.
pub(crate) const PREFIX: &str = "mdt_";
/// Most days that a token counts.
pub(crate) const MOST_DAYS: u16 = 365;
/// Microseconds of a day.
pub(crate) const DAY: i64 = 24 * 3_600_000_000;
/// Most letters of a name; most bytes of a source.
const LONGEST: usize = 100;

/// What a person's token is for. None of them brings another with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenScope {
    /// Reading.
    Read,
    /// Changing something.
    Write,
    /// What only a site's administrators do.
    Admin,
}

impl TokenScope {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        self.scope().as_str()
    }

    /// The scope of a word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// As routes ask for it.
    pub(crate) fn scope(self) -> Scope {
        match self {
            Self::Read => Scope::Read,
            Self::Write => Scope::Write,
            Self::Admin => Scope::Admin,
        }
    }
}

/// Who asks with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A person, for these.
    Person(PrincipalId, BTreeSet<TokenScope>),
    /// A source of events, such as `https://shop.example/orders`; it sends events of that source and does nothing else.
    Source(String),
}

/// A token that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Its id, which is no secret.
    pub(crate) id: String,
    /// Who asks with it.
    pub(crate) holder: Holder,
    /// What it is called.
    pub(crate) name: String,
    /// When it was made.
    pub(crate) made: i64,
    /// By whom.
    pub(crate) made_by: PrincipalId,
    /// Until when it counts.
    pub(crate) expires: i64,
    /// When it was last used, to the minute.
    pub(crate) used: Option<i64>,
}

/// What is asked of the name of a token.
pub(crate) fn name(text: &str) -> Result<&str, String> {
    let text = text.trim();
    let shown = text.chars().all(|letter| !letter.is_control());
    if shown && (1..=LONGEST).contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(format!("give it a name of 1 to {LONGEST} letters, by which you know it again"))
    }
}

/// What is asked of a source.
pub(crate) fn source(text: &str) -> Result<&str, String> {
    if is_own_source(text) {
        Err(format!("`{text}` is the host's own: name the system that sends"))
    } else if (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text)
    } else {
        Err(format!("a source is 1 to {LONGEST} letters, digits and signs without a space, as its events name it"))
    }
}

/// When a token expires that counts for so many days.
pub(crate) fn expires(days: u16, now: i64) -> Result<i64, String> {
    if (1..=MOST_DAYS).contains(&days) {
        Ok(now.saturating_add(i64::from(days) * DAY))
    } else {
        Err(format!("a token counts for 1 to {MOST_DAYS} days"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_names_sources_and_days() {
        for fine in ["x", " nightly export ", &"é".repeat(100)] {
            assert_eq!(name(fine), Ok(fine.trim()));
        }
        for wrong in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert_eq!(name(wrong), Err("give it a name of 1 to 100 letters, by which you know it again".to_owned()));
        }
        assert_eq!(source("https://shop.example/orders"), Ok("https://shop.example/orders"));
        for wrong in ["", "a b", "a\n", "é", &"x".repeat(101)] {
            assert!(source(wrong).is_err(), "{wrong}");
        }
        for own in ["mandate", "mandate:run-now", "schedule", "embedded"] {
            assert_eq!(source(own), Err(format!("`{own}` is the host's own: name the system that sends")));
        }
        assert_eq!((expires(1, 5), expires(365, 0)), (Ok(86_400_000_005), Ok(31_536_000_000_000)));
        assert_eq!((expires(0, 0), expires(366, 0)), (expires(0, 0), expires(0, 0)));
        assert_eq!(expires(0, 0), Err("a token counts for 1 to 365 days".to_owned()));
    }
}
